// Loads, stores and atomics as uops.
#include <algorithm>
#include <array>
#include <span>
#include <tuple>

#include "insts/encoding.h"
#include "timing/crack/crack_inst.h"
#include "timing/crack/uop_parts.h"

namespace m2sim::timing {

using insts::Imm;
using insts::Inst;
using insts::Operands;
using insts::RegId;
using insts::Role;
using insts::Source;
using insts::TimingClass;

namespace {

constexpr unsigned kReleaseInterval = 7;  // measured: forms STADDL, SWPL, CASL: one in 7 cycles

bool shifts_index_far(const Inst& inst) {
  return insts::encoding_of(inst.op).imm == Imm::kMemReg && inst.imm == 4;
}

}  // namespace

void InstCracker::update_base(const Operands& operands, const StepTiming& step) {
  if (!operands.writes_base) return;
  UopInfo uop = make(step.capabilities != 0 ? step : op_timing(TimingClass::kAlu).steps[0]);
  for (const Source& source : operands.read()) {
    if (source.role == Role::kBase || source.role == Role::kIndex) add_source(uop, {source.reg, Role::kData});
  }
  add_dest(uop, operands.written().back());
  push(uop);
}

// Measured: forms LDR (register, lsl, Q); a shift by the 16 bytes of a vector is an operation of its own.
void InstCracker::shift_index(const Operands& operands) {
  UopInfo uop = make({kCapAlu, 2, 1});
  uop.slots = 1;
  for (const Source& source : operands.read()) {
    if (source.role == Role::kIndex) add_source(uop, {source.reg, Role::kData});
  }
  add_dest(uop, kTemp0);
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
  const bool shifted = shifts_index_far(inst);
  if (authenticated) authenticate_base(operands);
  if (shifted) shift_index(operands);
  for (unsigned p = 0; p < pieces; ++p) {
    UopInfo uop = make(row.steps[0]);
    uop.flags |= operands.memory.kind == insts::Access::kLoad ? kUopLoad : kUopPrefetch;
    uop.flags |= kUopStartsGroup;
    if (p == 0) uop.flags |= kUopFirstAccess;
    if (p == 0 && uop.is(kUopLoad)) uop.flags |= kUopForetold;
    uop.bytes = u8(std::min(bytes - p * most, most));
    uop.offset = u8(p * most);
    for (const Source& source : operands.read()) {
      if (source.role != Role::kBase && source.role != Role::kIndex) continue;
      const bool made = authenticated || (shifted && source.role == Role::kIndex);
      add_source(uop, made ? Source{kTemp0, source.role} : source);
    }
    // A register of several pieces is there with the last of them.
    const std::size_t complete =
        pieces > results.size() ? results.size() * (p + 1) / pieces : loaded + per_piece;
    while (loaded < std::min(complete, results.size()) && !permuted) add_dest(uop, results[loaded++]);
    if (permuted) add_dest(uop, static_cast<RegId>(kTemp0 + p % kTempCount));
    if (!results.empty() && insts::is_vector(results[0])) {
      uop.latency = u8(config_.l1d.load_to_fp - config_.l1d.load_to_use);
    }
    uop.slots = u8(std::max(1U, rename_entries(uop.needs)));
    if (p == 0 && row.uops == 1 && c != TimingClass::kLoadVec) uop.slots = 1;
    slots += uop.slots;
    push(uop);
  }
  if (permuted) permute(inst, operands, row.steps[1]);
  update_base(operands, c == TimingClass::kLoadVec ? StepTiming{} : row.steps[1]);
  if (operands.writes_base && c != TimingClass::kLoadVec) {
    out_.back().slots = u8(row.uops > slots ? row.uops - slots : 0U);
  }
}

// Measured: forms LD1 to LD4 (an operation a register; two where four whole vectors come apart).
void InstCracker::permute(const Inst& inst, const Operands& operands, const StepTiming& step) {
  const auto results = results_of(operands);
  const bool twice =
      results.size() == 4 && !insts::traits_of(inst.op).one_element && operands.memory.bytes() == 64;
  for (std::size_t r = 0; r < results.size(); ++r) {
    UopInfo uop = make(step);
    uop.slots = 1;
    for (unsigned t = 0; t < std::min<std::size_t>(results.size(), 2); ++t) {
      add_source(uop, {static_cast<RegId>(kTemp0 + t), Role::kData});
    }
    if (reads(operands, results[r])) add_source(uop, {results[r], Role::kData});
    if (twice) {
      UopInfo other = uop;
      add_dest(other, kTemp0 + 3);
      push(other);
    }
    add_dest(uop, results[r]);
    push(uop);
  }
}

// The operations that bring a store's registers into the order of memory, before it goes out in pieces.
// Measured: forms ST1 to ST4, STP (D).
unsigned InstCracker::arrangements(const Inst& inst, std::size_t registers, unsigned pieces) {
  const insts::Traits& traits = insts::traits_of(inst.op);
  if (!traits.permutes)
    return registers > pieces ? static_cast<unsigned>(registers) - pieces : 0;  // stp of 8 bytes
  const unsigned each = registers == 4 ? 2 : 1;
  return traits.one_element ? std::max(pieces, each) : pieces * each;
}

void InstCracker::store(const Inst& inst, const Operands& operands, TimingClass c) {
  const OpTiming& row = op_timing(c);
  const unsigned bytes = std::max(1U, operands.memory.bytes());
  // A block zeroing store is one operation however wide.
  const unsigned most = config_.lsq.access_bytes;
  const unsigned pieces = c == TimingClass::kCacheOp ? 1 : (bytes + most - 1) / most;
  std::array<Source, std::tuple_size_v<decltype(operands.read_store)>> data_store{};
  const auto data_end = std::copy_if(
      operands.read().begin(), operands.read().end(), data_store.begin(),
      [](const Source& source) { return source.role != Role::kBase && source.role != Role::kIndex; });
  const std::span<const Source> data(data_store.begin(), data_end);
  const bool vectors = !data.empty() && insts::is_vector(data.front().reg);
  const unsigned arranged = vectors ? arrangements(inst, data.size(), pieces) : 0;
  for (unsigned r = 0; r < arranged; ++r) {
    UopInfo uop = make(op_timing(TimingClass::kSimdAlu).steps[0]);
    uop.slots = 1;
    for (std::size_t d = 0; d < std::min<std::size_t>(data.size(), 2); ++d) {
      add_source(uop, {data[(r + d) % data.size()].reg, Role::kData});
    }
    add_dest(uop, static_cast<RegId>(kTemp0 + r % kTempCount));
    push(uop);
  }
  const bool shifted = shifts_index_far(inst);
  if (shifted) shift_index(operands);
  const std::size_t per_piece = (data.size() + pieces - 1) / pieces;
  std::size_t taken = 0;
  for (unsigned p = 0; p < pieces; ++p) {
    UopInfo uop = make(row.steps[0]);
    uop.flags |= kUopStore | kUopStartsGroup;
    if (p == 0) uop.flags |= kUopFirstAccess;
    uop.bytes = u8(std::min(bytes - p * most, pieces == 1 ? bytes : most));
    uop.offset = u8(p * most);
    uop.slots = 1;
    for (const Source& source : operands.read()) {
      if (source.role == Role::kIndex && shifted) {
        add_source(uop, {kTemp0, source.role});
      } else if (source.role == Role::kBase || source.role == Role::kIndex) {
        add_source(uop, source);
      }
    }
    if (arranged != 0) {
      add_source(uop, {static_cast<RegId>(kTemp0 + p % std::min(arranged, kTempCount)), Role::kStoreData});
    } else if (pieces > data.size() && !data.empty()) {
      add_source(uop, {data[p * data.size() / pieces].reg, Role::kStoreData});
    } else {
      for (std::size_t d = 0; d < per_piece && taken < data.size(); ++d, ++taken) {
        add_source(uop, {data[taken].reg, Role::kStoreData});
      }
    }
    if (p == 0) {
      for (const RegId reg : results_of(operands)) add_dest(uop, reg);  // a store exclusive's status
    }
    push(uop);
  }
  update_base(operands, c == TimingClass::kStoreVec ? StepTiming{} : row.steps[1]);
}

// Reads, computes and writes. What swp writes does not depend on what it reads.
void InstCracker::atomic(const Inst& inst, const Operands& operands, TimingClass c) {
  const OpTiming& row = op_timing(c);
  const unsigned bytes = operands.memory.bytes();
  const bool computes = row.steps[2].capabilities != 0;
  const StepTiming& writing = row.steps[computes ? 2 : 1];
  UopInfo read = make(row.steps[0]);
  read.flags |= kUopLoad | kUopStartsGroup | kUopFirstAccess;
  read.bytes = u8(bytes);
  read.slots = u8(row.uops - (computes ? 2U : 1U));
  UopInfo compute = make(row.steps[1]);
  compute.slots = 1;
  UopInfo write = make(writing);
  write.flags |= kUopStore | kUopStartsGroup;
  write.bytes = u8(bytes);
  write.slots = 1;
  if (insts::traits_of(inst.op).release)
    write.occupancy = u8(std::max(unsigned{write.occupancy}, kReleaseInterval));
  for (const Source& source : operands.read()) {
    if (source.role != Role::kBase) continue;
    add_source(read, source);
    add_source(write, source);
  }
  for (const RegId reg : operands.written()) add_dest(read, reg);
  if (read.dest_count < kMaxDests) add_dest(read, kTemp0);
  const Source value{read.dests[read.dest_count - 1U], Role::kStoreData};
  UopInfo& consumer = computes ? compute : write;
  if (c != TimingClass::kSwap) add_source(consumer, value);
  for (const Source& source : operands.read()) {
    if (source.role != Role::kBase) add_source(consumer, {source.reg, Role::kStoreData});
  }
  if (computes) {
    add_dest(compute, kTemp0 + 1);
    add_source(write, {kTemp0 + 1, Role::kStoreData});
  }
  push(read);
  if (computes) push(compute);
  if (c == TimingClass::kCas || c == TimingClass::kCasPair) {
    // guess: the second of the two addresses that are counted
    UopInfo check = make(row.steps[0]);
    for (const Source& source : operands.read()) {
      if (source.role == Role::kBase) add_source(check, source);
    }
    add_dest(check, kTemp0 + 1);
    push(check);
  }
  push(write);
}

}  // namespace m2sim::timing
