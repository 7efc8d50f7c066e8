// A decoded instruction: what the word says, with immediates already expanded.
#pragma once

#include <cstdint>
#include <type_traits>

#include "insts/op.h"

namespace m2sim::insts {

// Register fields are the raw 5-bit numbers of the encoding at their architectural places; what
// number 31 means (zero register, stack pointer, v31) is the row's operand roles' business
// (operands.h). Fields a row does not have are zero.
struct Inst {
  Op op = Op::kUndefined;
  std::uint8_t rd = 0;     // bits 4:0   (Rd, Rt)
  std::uint8_t rn = 0;     // bits 9:5   (Rn)
  std::uint8_t rm = 0;     // bits 20:16 (Rm, Rs); by-element forms: the register, index bits removed
  std::uint8_t ra = 0;     // bits 14:10 (Ra, Rt2)
  std::uint8_t shape = 0;  // bit 0: the row's `z` letter (sf or Q); bits 2:1: its `y` letters
  std::uint8_t aux = 0;    // second immediate; meaning set by the row's Imm kind (imm_kind.h)
  std::int64_t imm = 0;    // first immediate, fully expanded: scaled, sign-extended, bit mask unfolded

  bool operator==(const Inst&) const = default;
  constexpr bool wide() const { return (shape & 1U) != 0; }          // 64-bit general / 128-bit vector form
  constexpr unsigned size() const { return unsigned{shape} >> 1U; }  // `y` letters: element size or ftype
};

static_assert(sizeof(Inst) == 16 && std::is_trivially_copyable_v<Inst>);

}  // namespace m2sim::insts
