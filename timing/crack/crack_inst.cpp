#include "timing/crack/crack_inst.h"

#include <algorithm>
#include <array>
#include <bit>
#include <span>
#include <tuple>

#include "insts/encoding.h"

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

constexpr std::uint8_t u8(unsigned value) { return static_cast<std::uint8_t>(value); }

Imm imm_kind(const Inst& inst) { return insts::encoding_of(inst.op).imm; }

void add_source(UopInfo& uop, Source source) {
  if (uop.source_count < kMaxSources) uop.sources[uop.source_count++] = source;
}

void add_dest(UopInfo& uop, RegId reg) {
  if (uop.dest_count == kMaxDests) return;
  uop.dests[uop.dest_count++] = reg;
  if (reg >= insts::kRegCount) return;  // values inside an instruction live in no architectural register
  uop.needs += kRenameEntry;
  uop.needs += insts::is_vector(reg) ? kFpRegister : reg == insts::kNzcv ? kFlagRegister : kIntRegister;
}

// Destinations other than the updated base address.
std::span<const RegId> results_of(const Operands& operands) {
  return operands.written().first(operands.writes - (operands.writes_base ? 1U : 0U));
}

bool reads(const Operands& operands, RegId reg) {
  const auto sources = operands.read();
  return std::any_of(sources.begin(), sources.end(), [reg](Source s) { return s.reg == reg; });
}

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

// The latencies of division go by the width of its elements. Its rows have no letter for a size today, so
// every one of them counts as single.
StepTiming divide_step(StepTiming step, const DivideConfig& divide, const Inst& inst, TimingClass c) {
  const bool half = inst.size() == 3;
  const bool wide = inst.size() == 1;
  const auto of = [&](std::uint32_t h, std::uint32_t s, std::uint32_t d) {
    return u8(half ? h : wide ? d : s);
  };
  if (c == TimingClass::kFpDiv) step.latency = of(divide.fp_half, divide.fp_single, divide.fp_double);
  if (c == TimingClass::kFpSqrt) step.latency = of(divide.sqrt_half, divide.sqrt_single, divide.sqrt_double);
  return step;
}

}  // namespace

TimingClass effective_class(const Inst& inst) {
  const TimingClass c = insts::timing_class_of(inst.op);
  if (c == TimingClass::kAluShift && shifts_nothing(inst)) return TimingClass::kAlu;
  if (c == TimingClass::kAluFlagsShift && shifts_nothing(inst)) return TimingClass::kAluFlags;
  if (c == TimingClass::kMadd && inst.ra == kZeroRegister) return TimingClass::kMul;
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
  switch (operands.memory.kind) {
    case insts::Access::kLoad:
    case insts::Access::kPrefetch:
      load(inst, operands, c);
      break;
    case insts::Access::kStore:
      store(inst, operands, c);
      break;
    case insts::Access::kLoadStore:
      atomic(operands, c);
      break;
    case insts::Access::kNone:
      arithmetic(inst, operands, c);
      break;
  }
  for (std::size_t i = begin; i < out_.size(); ++i) {
    out_[i].inst = u8(index);
    if (out_[i].is(kUopLoad)) out_[i].expected_latency = u8(out_[i].latency + config_.l1d.load_to_use);
    if (c == TimingClass::kLoadAcquire) out_[i].flags |= kUopAcquire;
    if (c == TimingClass::kStoreRelease) out_[i].flags |= kUopRelease;
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

void InstCracker::arithmetic(const Inst& inst, const Operands& operands, TimingClass c) {
  const OpTiming& row = op_timing(c);
  std::array<StepTiming, 5> steps{};
  unsigned count = 0;
  for (const StepTiming& step : row.steps) {
    if (step.capabilities != 0) steps[count++] = divide_step(step, config_.divide, inst, c);
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
  } else if (c == TimingClass::kSimdTable && operands.reads > 3) {
    const unsigned want = operands.reads - 2U;  // measured: forms TBL, TBX: a uop a register beyond two
    while (count < std::min<unsigned>(want, 4)) steps[count++] = row.steps[0];
    uops = count;
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
  const bool split = count > 1 && c != TimingClass::kSimdTable && operands.reads > 1;
  for (unsigned k = 0; k < count; ++k) {
    UopInfo uop = make(steps[k]);
    uop.slots = k == 0 ? u8(uops) : u8(0);
    const bool last = k + 1 == count;
    for (unsigned s = 0; s < sources.size(); ++s) {
      const bool late = c == TimingClass::kBitfieldIns ? s == 0 : insts::is_vector(sources[s].reg);
      const bool here = split ? late == last : c == TimingClass::kSimdTable ? s % count == k : k == 0;
      if (here) add_source(uop, sources[s]);
    }
    if (k != 0) add_source(uop, {static_cast<RegId>(kTemp0 + (k - 1) % 2), Role::kData});
    if (last) {
      for (const RegId reg : results_of(operands)) add_dest(uop, reg);
    } else {
      add_dest(uop, static_cast<RegId>(kTemp0 + k % 2));
    }
    // Measured: an addend that comes from another multiply-add is needed only in its last cycle.
    if (c == TimingClass::kMadd) uop.addend_sooner = u8(steps[k].latency - 1U);
    push(uop);
  }
}

void InstCracker::update_base(const Operands& operands, const StepTiming& step) {
  if (!operands.writes_base) return;
  UopInfo uop = make(step.capabilities != 0 ? step : op_timing(TimingClass::kAlu).steps[0]);
  for (const Source& source : operands.read()) {
    if (source.role == Role::kBase || source.role == Role::kIndex) add_source(uop, {source.reg, Role::kData});
  }
  add_dest(uop, operands.written().back());
  push(uop);
}

// ldraa checks its base first. guess: as the two instructions that it combines
void InstCracker::authenticate_base(const Operands& operands) {
  UopInfo uop = make(op_timing(TimingClass::kPac).steps[0]);
  uop.slots = 1;
  for (const Source& source : operands.read()) {
    if (source.role == Role::kBase) add_source(uop, {source.reg, Role::kData});
  }
  add_dest(uop, kTemp0);
  push(uop);
}

void InstCracker::load(const Inst& inst, const Operands& operands, TimingClass c) {
  const OpTiming& row = op_timing(c);
  const auto results = results_of(operands);
  const unsigned bytes = std::max(1U, operands.memory.bytes());
  const unsigned most = config_.lsq.access_bytes;
  const unsigned pieces = (bytes + most - 1) / most;
  const bool permuted = insts::traits_of(inst.op).permutes;
  const unsigned per_piece = permuted ? 0 : static_cast<unsigned>((results.size() + pieces - 1) / pieces);
  unsigned loaded = 0;
  unsigned slots = 0;
  const bool authenticated = insts::traits_of(inst.op).authenticated;
  if (authenticated) authenticate_base(operands);
  for (unsigned p = 0; p < pieces; ++p) {
    UopInfo uop = make(row.steps[0]);
    uop.flags |= operands.memory.kind == insts::Access::kLoad ? kUopLoad : kUopPrefetch;
    uop.flags |= kUopStartsGroup;
    if (p == 0) uop.flags |= kUopFirstAccess;
    uop.bytes = u8(std::min(bytes - p * most, most));
    uop.offset = u8(p * most);
    for (const Source& source : operands.read()) {
      if (source.role != Role::kBase && source.role != Role::kIndex) continue;
      add_source(uop, authenticated ? Source{kTemp0, source.role} : source);
    }
    for (unsigned r = 0; r < per_piece && loaded < results.size(); ++r) add_dest(uop, results[loaded++]);
    if (permuted) add_dest(uop, static_cast<RegId>(kTemp0 + p % kTempCount));
    if (!results.empty() && insts::is_vector(results[0])) {
      uop.latency = u8(config_.l1d.load_to_fp - config_.l1d.load_to_use);
    }
    uop.slots = u8(std::max(1U, rename_entries(uop.needs)));
    if (p == 0 && row.uops == 1 && c != TimingClass::kLoadVec) uop.slots = 1;
    slots += uop.slots;
    push(uop);
  }
  if (permuted) permute(operands, row.steps[1]);
  update_base(operands, c == TimingClass::kLoadVec ? StepTiming{} : row.steps[1]);
  if (operands.writes_base && c != TimingClass::kLoadVec) {
    out_.back().slots = u8(row.uops > slots ? row.uops - slots : 0U);
  }
}

void InstCracker::permute(const Operands& operands, const StepTiming& step) {
  const auto results = results_of(operands);
  for (std::size_t r = 0; r < results.size(); ++r) {
    UopInfo uop = make(step);
    uop.slots = 1;
    for (unsigned t = 0; t < std::min<std::size_t>(results.size(), 2); ++t) {
      add_source(uop, {static_cast<RegId>(kTemp0 + t), Role::kData});
    }
    if (reads(operands, results[r])) add_source(uop, {results[r], Role::kData});
    add_dest(uop, results[r]);
    push(uop);
  }
}

void InstCracker::store(const Inst& inst, const Operands& operands, TimingClass c) {
  const OpTiming& row = op_timing(c);
  const unsigned bytes = std::max(1U, operands.memory.bytes());
  // A block zeroing store is one operation however wide.
  const unsigned most = config_.lsq.access_bytes;
  const unsigned pieces = c == TimingClass::kCacheOp ? 1 : (bytes + most - 1) / most;
  const bool permuted = insts::traits_of(inst.op).permutes;
  std::array<Source, std::tuple_size_v<decltype(operands.read_store)>> data_store{};
  const auto data_end = std::copy_if(
      operands.read().begin(), operands.read().end(), data_store.begin(),
      [](const Source& source) { return source.role != Role::kBase && source.role != Role::kIndex; });
  const std::span<const Source> data(data_store.begin(), data_end);
  if (permuted) {
    for (std::size_t r = 0; r < data.size(); ++r) {
      UopInfo uop = make(row.steps[1]);
      uop.slots = 1;
      for (std::size_t s = 0; s < std::min<std::size_t>(data.size(), 2); ++s) {
        add_source(uop, {data[(r + s) % data.size()].reg, Role::kData});
      }
      add_dest(uop, static_cast<RegId>(kTemp0 + r % kTempCount));
      push(uop);
    }
  }
  const std::size_t per_piece = (data.size() + pieces - 1) / pieces;
  std::size_t taken = 0;
  for (unsigned p = 0; p < pieces; ++p) {
    UopInfo uop = make(row.steps[0]);
    uop.flags |= kUopStore | kUopStartsGroup;
    if (p == 0) uop.flags |= kUopFirstAccess;
    uop.bytes = u8(std::min(bytes - p * most, pieces == 1 ? bytes : most));
    uop.offset = u8(p * most);
    uop.slots = u8(p == 0 && row.uops > pieces ? row.uops - pieces + 1 : 1U);
    for (const Source& source : operands.read()) {
      if (source.role == Role::kBase || source.role == Role::kIndex) add_source(uop, source);
    }
    for (std::size_t r = 0; r < per_piece && taken < data.size(); ++r, ++taken) {
      const RegId reg = permuted ? static_cast<RegId>(kTemp0 + taken % kTempCount) : data[taken].reg;
      add_source(uop, {reg, Role::kStoreData});
    }
    if (p == 0) {
      for (const RegId reg : results_of(operands)) add_dest(uop, reg);  // a store exclusive's status
    }
    push(uop);
  }
  update_base(operands, c == TimingClass::kStoreVec ? StepTiming{} : row.steps[1]);
}

void InstCracker::atomic(const Operands& operands, TimingClass c) {
  const OpTiming& row = op_timing(c);
  const unsigned bytes = operands.memory.bytes();
  UopInfo read = make(row.steps[0]);
  read.flags |= kUopLoad | kUopStartsGroup | kUopFirstAccess;
  read.bytes = u8(bytes);
  read.slots = u8(row.uops - 1U);
  UopInfo write = make(row.steps[1]);
  write.flags |= kUopStore | kUopStartsGroup;
  write.bytes = u8(bytes);
  write.slots = 1;
  for (const Source& source : operands.read()) {
    if (source.role == Role::kBase) {
      add_source(read, source);
      add_source(write, source);
    }
  }
  for (const RegId reg : operands.written()) add_dest(read, reg);
  if (read.dest_count < kMaxDests) add_dest(read, kTemp0);
  add_source(write, {read.dests[read.dest_count - 1U], Role::kStoreData});
  for (const Source& source : operands.read()) {
    if (source.role != Role::kBase) add_source(write, {source.reg, Role::kStoreData});
  }
  push(read);
  push(write);
}

}  // namespace m2sim::timing
