#include "tests/rows/place.h"

#include <string_view>

#include "insts/operands.h"
#include "tests/rows/random_state.h"

namespace m2sim::rows {
namespace {

using insts::Encoding;
using insts::FieldKind;
using insts::Imm;
using insts::Inst;
using insts::TimingClass;

bool place_index(const Inst& inst, Random& random, Sample& sample) {
  if (inst.rm == 31) return true;
  if (inst.rm == inst.rn) return false;
  const std::uint64_t high = random() << 32U;
  std::uint64_t index = random() % 16;
  if (inst.aux == 6 || inst.aux == 7) index -= 8;
  if (inst.aux == 2 || inst.aux == 6) index = high | (index & UINT32_MAX);
  sample.x[inst.rm] = index;
  return true;
}

}  // namespace

bool must_be_aligned(TimingClass timing) {
  return timing == TimingClass::kAtomic || timing == TimingClass::kSwap || timing == TimingClass::kCas ||
         timing == TimingClass::kCasPair || timing == TimingClass::kLoadExclusive ||
         timing == TimingClass::kStoreExclusive || timing == TimingClass::kLoadAcquire ||
         timing == TimingClass::kStoreRelease;
}

bool is_predictable_access(const Inst& inst) {
  const insts::RowRoles& roles = insts::roles_of(inst.op);
  const bool general = roles.d.kind == FieldKind::kGprOrZr;
  const bool pair = roles.a.kind != FieldKind::kNone;
  const insts::TimingClass timing = insts::timing_class_of(inst.op);
  if (pair && roles.a.written && inst.rd == inst.ra) return false;
  if (timing == TimingClass::kStoreExclusive) {
    const bool status_is_data = inst.rm == inst.rd || (pair && inst.rm == inst.ra);
    return !status_is_data && (inst.rm != inst.rn || inst.rn == 31);
  }
  const bool base_is_data = inst.rn != 31 && (inst.rn == inst.rd || (pair && inst.rn == inst.ra));
  return !(roles.writes_base && general && base_is_data);
}

bool has_memory_offset(const Encoding& row) {
  return row.imm == Imm::kMemU12 || row.imm == Imm::kMemS9 || row.imm == Imm::kMemS7 ||
         row.imm == Imm::kMemS10;
}

bool place_access(const Encoding& row, const Inst& inst, Random& random, Sample& sample) {
  if (!is_predictable_access(inst)) return false;
  if (row.imm == Imm::kMemReg && !place_index(inst, random, sample)) return false;
  const bool post = std::string_view(insts::name_of(inst.op)).find("_post") != std::string_view::npos;
  const bool has_offset = has_memory_offset(row);
  const insts::TimingClass timing = insts::timing_class_of(inst.op);
  std::uint64_t target = one_in(random, 16) ? kUnmapped : kMiddle;
  const bool aligned = must_be_aligned(timing) || inst.rn == 31;
  if (!aligned) target += random() % 64;
  if (has_offset && !post) target -= static_cast<std::uint64_t>(inst.imm);
  if (inst.rn == 31 && target % 16 != 0) return false;  // a SIGBUS here, nothing under QEMU
  if (must_be_aligned(timing) && has_offset) {
    const std::uint64_t bytes = insts::operands_of(inst).memory.bytes();
    if ((target + static_cast<std::uint64_t>(inst.imm)) % bytes != 0) return false;
  }
  // The top byte of an address is a tag, and ignored.
  if (one_in(random, 8)) target |= random() << 56U;
  base_register(sample, inst.rn) = target;
  return true;
}

}  // namespace m2sim::rows
