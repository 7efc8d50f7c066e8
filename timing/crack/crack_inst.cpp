#include "timing/crack/crack_inst.h"

#include <algorithm>
#include <array>
#include <bit>
#include <span>
#include <tuple>

#include "insts/encoding.h"
#include "insts/system_register.h"
#include "timing/crack/uop_parts.h"

namespace m2sim::timing {
namespace {

using insts::Imm;
using insts::Inst;
using insts::Op;
using insts::Operands;
using insts::RegId;
using insts::Role;
using insts::Source;
using insts::TimingClass;

constexpr unsigned kZeroRegister = 31;

Imm imm_kind(const Inst& inst) { return insts::encoding_of(inst.op).imm; }

bool shifts_nothing(const Inst& inst) {
  if (imm_kind(inst) != Imm::kExtend) return inst.imm == 0;
  // Extending a register from its own width changes nothing: uxtw and sxtw of a w form, uxtx and sxtx of an x
  // form.
  const unsigned option = inst.aux & 3U;
  return inst.imm == 0 && option == (inst.wide() ? 3U : 2U);
}

// What the work of a step and the wait for its port are charged to.
struct Reasons {
  StallReason work;
  StallReason port;
};
Reasons reasons_of(const StepTiming& step) {
  using enum StallReason;
  const std::uint32_t what = step.capabilities;
  const auto any = [what](std::uint32_t of) { return (what & of) != 0; };
  if (any(kCapLoad)) return {kMemoryL1, any(kCapStore) ? kPortStore : kPortLoad};
  if (any(kCapStore)) return {kDependInteger, kPortStore};
  if (any(kCapBranch | kCapIndirect)) return {kDependInteger, kPortBranch};
  if (any(kCapDiv)) return {kDependDivide, kPortMultiply};
  if (any(kCapMul | kCapMadd)) return {kDependMultiply, kPortMultiply};
  if (any(kCapCrcBfm)) return {step.latency > 1 ? kDependMultiply : kDependInteger, kPortMultiply};
  if (any(kCapIntToFp)) return {kDependFp, kPortLoad};
  if (any(kCapFpDivide)) return {kDependDivide, kPortFp};
  if (any(kCapAlu | kCapFlags | kCapAdr | kCapSysReg | kCapPac | kCapIntFromFp))
    return {kDependInteger, kPortInteger};
  return {kDependFp, kPortFp};
}

// Its whole cost is the order that it keeps.
bool is_order(TimingClass c) {
  return c == TimingClass::kBarrier || c == TimingClass::kBarrierSync || c == TimingClass::kStoreExclusive;
}

// The latencies of division are the configuration's.
StepTiming divide_step(StepTiming step, const DivideConfig& divide, TimingClass c) {
  switch (c) {
    case TimingClass::kFpDivHalf:
      step.latency = u8(divide.fp_half);
      break;
    case TimingClass::kFpDivSingle:
      step.latency = u8(divide.fp_single);
      break;
    case TimingClass::kFpDivDouble:
      step.latency = u8(divide.fp_double);
      break;
    case TimingClass::kFpSqrtHalf:
      step.latency = u8(divide.sqrt_half);
      break;
    case TimingClass::kFpSqrtSingle:
      step.latency = u8(divide.sqrt_single);
      break;
    case TimingClass::kFpSqrtDouble:
      step.latency = u8(divide.sqrt_double);
      break;
    default:
      break;
  }
  return step;
}

// Measured: an addend of a multiply-add, and the accumulator of a hash step, is needed late if it comes from
// another one.
unsigned addend_sooner(TimingClass c, unsigned latency) {
  switch (c) {
    case TimingClass::kMadd:
      return latency - 1U;
    case TimingClass::kCryptoSha:
    case TimingClass::kCryptoSha1:
    case TimingClass::kCryptoSha512:
      return 1;
    default:
      return 0;
  }
}

bool is_hash(TimingClass c) { return c != TimingClass::kMadd && addend_sooner(c, 1) != 0; }

}  // namespace

TimingClass effective_class(const Inst& inst) {
  const TimingClass c = insts::timing_class_of(inst.op);
  if (c == TimingClass::kAluShift && shifts_nothing(inst)) return TimingClass::kAlu;
  if (c == TimingClass::kAluFlagsShift && shifts_nothing(inst)) return TimingClass::kAluFlags;
  if (c == TimingClass::kMadd && inst.ra == kZeroRegister) return TimingClass::kMul;
  if (c == TimingClass::kSysWrite || c == TimingClass::kSysRead) {
    const Operands operands = insts::operands_of(inst);
    const auto written = operands.written();
    const bool flags = reads(operands, insts::kNzcv) ||
                       std::find(written.begin(), written.end(), insts::kNzcv) != written.end();
    if (flags) return TimingClass::kSysFlags;
    if (c == TimingClass::kSysRead && inst.imm == insts::kFpsr) return TimingClass::kSysReadFpsr;
    if (c == TimingClass::kSysWrite && inst.imm == insts::kFpcr) return TimingClass::kSysWriteFpcr;
    return c;
  }
  // ror #imm, an extract from one register twice.
  if (imm_kind(inst) == Imm::kExtract && inst.rn == inst.rm) return TimingClass::kAlu;
  return c;
}

Elimination elimination_of(const Inst& inst) {
  if (inst.op == Op::kUndefined) return Elimination::kNone;
  const TimingClass c = insts::timing_class_of(inst.op);
  const bool first_is_zero = inst.rn == kZeroRegister;
  if (c == TimingClass::kNop || c == TimingClass::kBranch) return Elimination::kNothing;
  if (c == TimingClass::kMoveImm) {
    return inst.imm == 0 && inst.op == Op::kMOVZ ? Elimination::kZero : Elimination::kImmediate;
  }
  if (inst.op == Op::kORR_imm && first_is_zero) return Elimination::kImmediate;
  if (inst.op == Op::kORR_shift && first_is_zero && inst.imm == 0) {
    // mov x, xzr executes: measured.
    return inst.wide() && inst.rm != kZeroRegister ? Elimination::kMove : Elimination::kNone;
  }
  if (inst.op == Op::kADD_imm && inst.imm == 0 && inst.wide()) {
    return first_is_zero || inst.rd == kZeroRegister ? Elimination::kMove : Elimination::kNone;
  }
  if (c == TimingClass::kFpMoveImm && inst.imm == 0 && insts::traits_of(inst.op).zeroes)
    return Elimination::kZero;
  if (inst.op == Op::kORR_v && inst.wide() && inst.rn == inst.rm) return Elimination::kVectorMove;
  return Elimination::kNone;
}

bool can_fuse(const Inst& first, const Inst& branch) {
  if (imm_kind(first) == Imm::kExtend) return false;
  const TimingClass c = effective_class(first);
  const Operands operands = insts::operands_of(first);
  if (branch.op == Op::kB_cond) {
    const auto written = operands.written();
    return c == TimingClass::kAluFlags && !reads(operands, insts::kNzcv) &&
           std::find(written.begin(), written.end(), insts::kNzcv) != written.end();
  }
  if (branch.op != Op::kCBZ && branch.op != Op::kCBNZ) return false;
  if (c != TimingClass::kAlu || operands.writes != 1) return false;
  if (branch.rd == kZeroRegister || operands.written_store[0] != branch.rd) return false;
  return insts::traits_of(first.op).fuses;
}

// Measured: forms AESE + AESMC, AESD + AESIMC; m2_core 3: the second overwrites what the first made.
bool can_fuse_simd(const Inst& first, const Inst& second) {
  if (second.rd != first.rd) return false;
  const bool aes = first.op == Op::kAESE || first.op == Op::kAESD;
  const bool product = first.op == Op::kPMULL_vd || first.op == Op::kPMULL2_vd;
  if (second.op == Op::kAESMC) return first.op == Op::kAESE && second.rn == first.rd;
  if (second.op == Op::kAESIMC) return first.op == Op::kAESD && second.rn == first.rd;
  // One of the two is the other operand.
  return (aes || product) && second.op == Op::kEOR_v && second.wide() &&
         (second.rn == first.rd) != (second.rm == first.rd);
}

UopInfo InstCracker::make(const StepTiming& step) const {
  UopInfo uop;
  uop.latency = step.latency;
  uop.occupancy = step.occupancy;
  uop.expected_latency = step.latency;
  const Reasons reasons = reasons_of(step);
  uop.work = reasons.work;
  uop.port_reason = reasons.port;
  uop.issues = step.occupancy == 2 && (step.capabilities & (kCapAlu | kCapFlags)) != 0 ? 2 : 1;
  for (unsigned p = 0; p < config_.ports.size(); ++p) {
    if ((config_.ports[p].capabilities & step.capabilities) != step.capabilities) continue;
    uop.ports = uop.ports | 1U << p;
    uop.queues = u8(uop.queues | 1U << config_.schedulers[config_.ports[p].scheduler].queue);
  }
  if (uop.queues == 0) return uop;
  uop.queue = u8(static_cast<unsigned>(std::countr_zero(unsigned{uop.queues})));
  for (unsigned q = 0; q < config_.dispatch_queues.size(); ++q)
    uop.local_ports |= layout_[q].local(uop.ports) << (4 * q);
  return uop;
}

void InstCracker::crack(const Inst& inst, unsigned index) {
  const std::size_t begin = out_.size();
  const Operands operands = insts::operands_of(inst);
  const TimingClass c = effective_class(inst);
  const insts::Traits& traits = insts::traits_of(inst.op);
  switch (operands.memory.kind) {
    case insts::Access::kLoad:
    case insts::Access::kPrefetch:
      load(inst, operands, c);
      break;
    case insts::Access::kStore:
      store(inst, operands, c);
      break;
    case insts::Access::kLoadStore:
      atomic(inst, operands, c);
      break;
    case insts::Access::kNone:
      arithmetic(inst, operands, c);
      break;
  }
  for (std::size_t i = begin; i < out_.size(); ++i) {
    out_[i].inst = u8(index);
    if (out_[i].is(kUopLoad)) out_[i].expected_latency = u8(out_[i].latency + config_.l1d.load_to_use);
    if (out_[i].is(kUopLoad) && traits.acquire) {
      out_[i].flags |= kUopAcquire;
      out_[i].flags &= ~kUopForetold;
    }
    if (out_[i].is(kUopStore) && traits.release) out_[i].flags |= kUopRelease;
    if (is_order(c)) out_[i].work = out_[i].port_reason = StallReason::kOrder;
  }
  out_.back().insts = 1;
  if (insts::flow_of(inst.op) == insts::Flow::kConditional) out_.back().flags |= kUopEndsGroup;
}

void InstCracker::crack_eliminated(const Inst& inst, unsigned index, Elimination how) {
  const Operands operands = insts::operands_of(inst);
  UopInfo uop;
  uop.slots = 1;
  uop.inst = u8(index);
  uop.insts = 1;
  for (const RegId reg : operands.written()) add_dest(uop, reg);
  // The register file already holds the value or never needs to: only the retire entry is taken.
  uop.needs = rename_entries(uop.needs);
  if (how == Elimination::kMove || how == Elimination::kVectorMove) {
    uop.flags |= kUopCopy;
    add_source(uop, {operands.read_store[0].reg, Role::kData});
  }
  push(uop);
}

void InstCracker::crack_fused(const Inst& first, const Inst& branch, unsigned index) {
  const Operands operands = insts::operands_of(first);
  const auto& step = op_timing(insts::timing_class_of(branch.op)).steps[0];
  UopInfo uop = make(step);
  uop.slots = 2;
  uop.inst = u8(index);
  uop.insts = 2;
  uop.flags |= kUopEndsGroup;
  for (const Source& source : operands.read()) add_source(uop, source);
  for (const RegId reg : operands.written()) add_dest(uop, reg);
  push(uop);
}

void InstCracker::crack_fused_simd(const Inst& first, const Inst& second, unsigned index) {
  const Operands operands = insts::operands_of(first);
  const Operands rest = insts::operands_of(second);
  UopInfo uop = make(op_timing(insts::timing_class_of(first.op)).steps[0]);
  uop.slots = 2;
  uop.inst = u8(index);
  uop.insts = 2;
  for (const Source& source : operands.read()) add_source(uop, source);
  for (const Source& source : rest.read()) {
    if (source.reg != operands.written_store[0]) add_source(uop, source);
  }
  add_dest(uop, operands.written_store[0]);
  push(uop);
}

void InstCracker::arithmetic(const Inst& inst, const Operands& operands, TimingClass c) {
  const OpTiming& row = op_timing(c);
  std::array<StepTiming, 5> steps{};
  unsigned count = 0;
  for (const StepTiming& step : row.steps) {
    if (step.capabilities != 0) steps[count++] = divide_step(step, config_.divide, c);
  }
  unsigned uops = row.uops;
  if (insts::traits_of(inst.op).lanes) {
    steps[count++] =
        op_timing(TimingClass::kFpMove).steps[0];  // measured: forms INS and DUP (general): 2 uops
    ++uops;
  } else if (c == TimingClass::kBitfieldIns && imm_kind(inst) == Imm::kExtract) {
    steps[count++] = steps[0];  // measured: forms EXTR: 2 uops, [1;2]
    steps[0].capabilities = kCapAlu;
    ++uops;
  } else if (c == TimingClass::kSimdTable) {
    return table_lookup(inst, operands, row);
  } else if (insts::traits_of(inst.op).authenticated) {
    steps[count++] = steps[0];  // guess: the two instructions that it combines
    steps[0] = op_timing(TimingClass::kPac).steps[0];
    ++uops;
  }
  if (count == 0) {
    UopInfo uop;
    uop.slots = u8(uops);
    uop.latency = row.steps[0].latency;
    if (row.steps[0].latency != 0) uop.flags = kUopSerialize | kUopStartsGroup;
    for (const RegId reg : results_of(operands)) add_dest(uop, reg);
    push(uop);
    return;
  }
  const auto sources = operands.read();
  // The other operand of a chain that begins with a move between register files or a shift comes in last.
  const bool split = count > 1 && operands.reads > 1;
  for (unsigned k = 0; k < count; ++k) {
    UopInfo uop = make(steps[k]);
    uop.slots = k == 0 ? u8(uops) : u8(0);
    const bool last = k + 1 == count;
    for (unsigned s = 0; s < sources.size(); ++s) {
      const bool late = c == TimingClass::kBitfieldIns ? s == 0 : insts::is_vector(sources[s].reg);
      const bool here = split ? late == last : k == 0;
      if (here) add_source(uop, s == 0 && is_hash(c) ? Source{sources[s].reg, Role::kAddend} : sources[s]);
    }
    if (k != 0) add_source(uop, {static_cast<RegId>(kTemp0 + (k - 1) % 2), Role::kData});
    if (last) {
      for (const RegId reg : results_of(operands)) add_dest(uop, reg);
    } else {
      add_dest(uop, static_cast<RegId>(kTemp0 + k % 2));
    }
    uop.addend_sooner = u8(addend_sooner(c, steps[k].latency));
    push(uop);
  }
}

// Measured: forms TBL, TBX. A lookup in one or two registers is one uop; each further register is another
// one, which fills in what it has; tbx takes one register a uop from two on. Four registers of tbl are two
// lookups and a merge.
void InstCracker::table_lookup(const Inst& inst, const Operands& operands, const OpTiming& row) {
  const bool extends = insts::traits_of(inst.op).fills_in;
  const auto sources = operands.read();
  const Source index = sources.back();
  const auto table = sources.subspan(extends ? 1 : 0, sources.size() - (extends ? 2 : 1));
  const auto lookup = [&](std::span<const Source> registers) {
    UopInfo uop = make(row.steps[0]);
    uop.slots = 1;
    for (const Source& source : registers) add_source(uop, source);
    add_source(uop, index);
    return uop;
  };
  const std::size_t first = extends && table.size() > 1 ? 1 : std::min<std::size_t>(table.size(), 2);
  UopInfo uop = lookup(table.first(first));
  if (extends) add_source(uop, sources.front());
  RegId temp = kTemp0;
  if (!extends && table.size() == 4) {
    add_dest(uop, temp);
    push(uop);
    uop = lookup(table.last(2));
    add_dest(uop, ++temp);
    push(uop);
    uop = make(row.steps[0]);
    uop.slots = 1;
    add_source(uop, {kTemp0, Role::kData});
    add_source(uop, {temp, Role::kData});
  } else {
    for (std::size_t r = first; r < table.size(); ++r, ++temp) {
      add_dest(uop, temp);
      push(uop);
      uop = lookup(table.subspan(r, 1));
      add_source(uop, {temp, Role::kData});
    }
  }
  add_dest(uop, operands.written_store[0]);
  push(uop);
}

}  // namespace m2sim::timing
