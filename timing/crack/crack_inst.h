// One instruction into uops: the part of crack that knows instructions; crack.cpp knows blocks.
#pragma once

#include <cstdint>
#include <vector>

#include "insts/inst.h"
#include "insts/operands.h"
#include "timing/config/config.h"
#include "timing/config/port_layout.h"
#include "timing/crack/op_timing.h"
#include "timing/crack/uop.h"

namespace m2sim::timing {

// What rename may do with an instruction, apart from executing it.
enum class Elimination : std::uint8_t {
  kNone,
  kNothing,     // writes nothing (nop, b)
  kZero,        // mov #0: always
  kImmediate,   // mov #imm: a limited number a cycle
  kMove,        // 64-bit register move
  kVectorMove,  // full-width vector move; not of another eliminated one
};

Elimination elimination_of(const insts::Inst& inst);

// The class that decides the cost: a shifted operand with nothing to shift is a plain one.
insts::TimingClass effective_class(const insts::Inst& inst);

// May be fused with the conditional branch behind it.
bool can_fuse(const insts::Inst& first, const insts::Inst& branch);

// May be fused with the vector instruction behind it, as one operation.
bool can_fuse_simd(const insts::Inst& first, const insts::Inst& second);

class InstCracker {
 public:
  InstCracker(const CoreConfig& config, const QueueLayout& layout, std::vector<UopInfo>& out)
      : config_(config), layout_(layout), out_(out) {}

  void crack(const insts::Inst& inst, unsigned index);
  void crack_eliminated(const insts::Inst& inst, unsigned index, Elimination how);
  void crack_fused(const insts::Inst& first, const insts::Inst& branch, unsigned index);
  void crack_fused_simd(const insts::Inst& first, const insts::Inst& second, unsigned index);

 private:
  UopInfo make(const StepTiming& step) const;
  void arithmetic(const insts::Inst& inst, const insts::Operands& operands, insts::TimingClass c);
  void authenticate_base(const insts::Operands& operands);
  void load(const insts::Inst& inst, const insts::Operands& operands, insts::TimingClass c);
  void store(const insts::Inst& inst, const insts::Operands& operands, insts::TimingClass c);
  void table_lookup(const insts::Inst& inst, const insts::Operands& operands, const OpTiming& row);
  void shift_index(const insts::Operands& operands);
  static unsigned arrangements(const insts::Inst& inst, std::size_t registers, unsigned pieces);
  void atomic(const insts::Inst& inst, const insts::Operands& operands, insts::TimingClass c);
  void update_base(const insts::Operands& operands, const StepTiming& step);
  void permute(const insts::Inst& inst, const insts::Operands& operands, const StepTiming& step);
  void push(const UopInfo& uop) { out_.push_back(uop); }

  const CoreConfig& config_;
  const QueueLayout& layout_;
  std::vector<UopInfo>& out_;
};

}  // namespace m2sim::timing
