// Which registers an instruction reads and writes, and which memory it touches, from its row's roles.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "insts/inst.h"
#include "insts/timing_class.h"

namespace m2sim::insts {

// One flat numbering of everything renamed: x0..x30 = 0..30, sp = 31, nzcv = 32, v0..v31 = 33..64.
// The zero register has no number: reads and writes of it are left out.
using RegId = std::uint8_t;
inline constexpr RegId kSp = 31;
inline constexpr RegId kNzcv = 32;
inline constexpr RegId kV0 = 33;
inline constexpr RegId kRegCount = 65;

constexpr bool is_vector(RegId r) { return r >= kV0; }

enum class Access : std::uint8_t { kNone, kLoad, kStore, kLoadStore, kPrefetch };

struct MemoryAccess {
  Access kind = Access::kNone;
  std::uint8_t bytes_log2 = 0;  // of one register's access
  std::uint8_t registers = 0;   // accesses of that size, at consecutive addresses
  constexpr unsigned bytes() const { return unsigned{registers} << bytes_log2; }
};

// What a source register is for: a core forwards to an address earlier or later than to data.
enum class Role : std::uint8_t { kData, kAddend, kBase, kIndex, kStoreData };

struct Source {
  RegId reg;
  Role role;
};

struct Operands {
  std::array<Source, 8> read_store{};
  std::array<RegId, 6> written_store{};
  std::uint8_t reads = 0;
  std::uint8_t writes = 0;
  bool writes_base = false;  // the last register written is the updated base address
  MemoryAccess memory{};

  // Spans of this object: asking a temporary for them, in the head of a loop say, does not compile.
  std::span<const Source> read() const& { return {read_store.data(), reads}; }
  std::span<const RegId> written() const& { return {written_store.data(), writes}; }
  std::span<const Source> read() const&& = delete;
  std::span<const RegId> written() const&& = delete;
};

// Every memory instruction has exactly one effective address in the retired log: its lowest one.
Operands operands_of(const Inst& inst);

TimingClass timing_class_of(Op op);
const char* mnemonic_of(Op op);  // the row's own; aliases are the disassembler's business

// What a register field of a row means, for who resolves register numbers ahead of execution.
enum class FieldKind : std::uint8_t {
  kNone,     // the row has no such register
  kGprOrZr,  // number 31 is the zero register
  kGprOrSp,  // number 31 is the stack pointer
  kVector,
};

struct FieldRoles {
  FieldKind kind = FieldKind::kNone;
  bool read = false;
  bool written = false;
  std::uint8_t count = 0;  // consecutive registers from the field's number on (modulo 32); 0: absent
};

struct RowRoles {
  FieldRoles d, n, m, a;  // Inst::rd, rn, rm, ra
  bool has_imm = false;   // the row has an Imm kind: Inst::imm and Inst::aux are meaningful
  bool reads_flags = false;
  bool writes_flags = false;
  bool writes_base = false;  // n is a base address that is written back
};

// Constant-time table look-up. Op::kUndefined has no roles.
const RowRoles& roles_of(Op op);

enum class Flow : std::uint8_t {
  kNone,
  kJump,          // b
  kConditional,   // b.cond, cbz, tbz
  kCall,          // bl
  kIndirect,      // br and its authenticated forms
  kIndirectCall,  // blr
  kReturn,        // ret
  kSystem,        // svc, brk, udf, isb and what must end a block
};
Flow flow_of(Op op);

// Where b, bl, b.cond, cbz and tbz lead to, of an instruction at `pc`.
std::optional<std::uint64_t> direct_target(const Inst& inst, std::uint64_t pc);

// What else the table's marks say of a row (see encodings.inc).
struct Traits {
  bool authenticated = false;
  bool fuses = false;
  bool zeroes = false;
  bool lanes = false;
  bool permutes = false;
  bool one_element = false;
  bool fills_in = false;
  bool acquire = false;  // of the sequentially consistent kind: ldapr has none
  bool release = false;
};
const Traits& traits_of(Op op);

// What some of the cores that are modelled have and others have not. kNone: every one executes it.
enum class Extension : std::uint8_t { kNone, kBf16, kI8mm };
Extension extension_of(Op op);

}  // namespace m2sim::insts
