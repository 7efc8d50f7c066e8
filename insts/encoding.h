// A row of encodings.inc, parsed: what decoder, operands and disassembler are made from.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "insts/imm_kind.h"
#include "insts/op.h"
#include "insts/operands.h"
#include "insts/timing_class.h"

namespace m2sim::insts {

enum class RegField : std::uint8_t { kD, kN, kM, kA, kFixed, kFlags };

enum class RegClass : std::uint8_t {
  kX,  // general, 31 is the zero register, width by `z`
  kW,  // general, 31 is the zero register, always named w
  kS,  // general, 31 is the stack pointer
  kVector,
};

// One token of the roles column.
struct RegRole {
  RegField field = RegField::kD;
  RegClass reg_class = RegClass::kX;
  Role use = Role::kData;
  bool read = false;
  bool written = false;
  std::uint8_t count = 1;
  std::uint8_t number = 0;  // kFixed only
};

// How bytes_log2 of the memory column is found.
enum class AccessSize : std::uint8_t { kFixed, kWidePlus2, kWidePlus3, kSizeField };

struct MemorySpec {
  Access kind = Access::kNone;
  AccessSize size = AccessSize::kFixed;
  std::uint8_t bytes_log2 = 0;  // kFixed only
  std::uint8_t registers = 0;
};

inline constexpr unsigned kMaxRoles = 8;

struct Encoding {
  const char* mnemonic = "";
  std::uint32_t mask = 0;                  // the fixed bits
  std::uint32_t match = 0;                 // their values
  std::uint32_t letters = 0;               // bits of immediates
  std::array<std::uint8_t, 4> reg_mask{};  // of d, n, m, a, shifted down to bit 0
  std::uint8_t wide_shift = 0;             // place of `z`
  std::uint8_t wide_mask = 0;              // 1 where the row has `z`
  std::uint8_t size_shift = 0;             // place of `y`
  std::uint8_t size_mask = 0;              // 0, 1 or 3
  std::uint8_t imm_shift = 0;              // place of the lowest immediate letter
  Imm imm = Imm::kNone;
  TimingClass timing = TimingClass::kNop;
  Flow flow = Flow::kNone;
  Traits traits{};
  Extension extension = Extension::kNone;
  MemorySpec memory{};
  std::uint8_t role_count = 0;
  std::array<RegRole, kMaxRoles> role_store{};

  constexpr std::span<const RegRole> roles() const { return {role_store.data(), role_count}; }
  constexpr bool matches(std::uint32_t word) const { return (word & mask) == match; }
};

// Indexed by Op; kOpCount rows.
std::span<const Encoding> encodings();
// Op::kUndefined has one too: a trap that has no operands.
const Encoding& encoding_of(Op op);

// What decides which row a word belongs to, most specific row (most fixed bits) first, so that the first
// match is the refinement that wins.
struct Pattern {
  std::uint32_t mask = 0;
  std::uint32_t match = 0;
  Op op = Op::kUndefined;
};
std::span<const Pattern> patterns();

// The enumerator's name without its k, as in the table's first column; "undefined" for Op::kUndefined.
const char* name_of(Op op);

MemoryAccess memory_of(const Encoding& row, const Inst& inst);

}  // namespace m2sim::insts
