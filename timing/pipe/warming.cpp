#include "timing/pipe/warming.h"

#include <algorithm>
#include <span>

namespace m2sim::timing {

Warming::Warming(Parts& parts)
    : parts_(parts), load_to_use_(parts.memory.load_to_use()), line_bytes_(parts.memory.code_line_bytes()) {}

void Warming::consume(const emu::RetiredBatch& batch) {
  if (parts_.begin(batch)) ++parts_.counts.context_switches;
  Cycle now = now_;
  for (const emu::Record& record : emu::records(batch)) {
    parts_.foresight.step(parts_.context, parts_.memory);
    now = consume(record, now);
  }
  now_ = now;
}

void Warming::end() {
  parts_.ledger.advance(std::max(now_, parts_.ledger.now() + 1), StallReason::kDrain);
  parts_.fetch.restart(parts_.ledger.now());
  line_ = UINT64_MAX;
}

void Warming::blocks_cleared() {
  blocks_.clear();
  accesses_.clear();
}

inline Cycle Warming::consume(const emu::Record& record, Cycle now) {
  const KnownBlock& block = known(*record.block);
  const std::uint64_t location = parts_.context.locate(block.pc);
  now = fetch(location, location + block.bytes - 4, now + 1);
  const std::uint64_t* next = record.addresses;
  std::uint64_t address = 0;
  for (const Access& each : std::span(accesses_).subspan(block.accesses, block.access_count)) {
    if (each.first) address = parts_.context.locate(*next++);
    now = access(each, address + each.offset, now);
  }
  if (block.has_branch && record.has_next()) {
    const std::uint64_t target = record.next_pc();
    const bool taken = block.branch != BranchKind::kConditional || target != block.branch_pc + 4;
    parts_.predictor.observe({block.branch_pc, block.branch}, taken, target);
  }
  return now;
}

inline Cycle Warming::fetch(std::uint64_t first, std::uint64_t last, Cycle now) {
  for (std::uint64_t line = first & ~(line_bytes_ - 1); line <= last; line += line_bytes_) {
    if (line == line_) continue;
    line_ = line;
    if (!parts_.memory.fetches_at_once(line, now)) now = parts_.memory.fetch(line, now);
  }
  return now;
}

inline Cycle Warming::access(const Access& access, std::uint64_t address, Cycle now) {
  switch (access.kind) {
    case Kind::kLoad:
      return parts_.memory.load(access.pc, address, access.bytes, now).ready - load_to_use_;
    case Kind::kStore:
      return parts_.memory.store(access.pc, address, access.bytes, now) - 1;
    case Kind::kPrefetch:
      return parts_.memory.prefetch(address, now);
  }
  return now;
}

const Warming::KnownBlock& Warming::get_to_know(const emu::Block& block) {
  if (block.id >= blocks_.size()) blocks_.resize(block.id + std::size_t{1});
  const CrackedBlock& cracked = parts_.table.lookup(block);
  KnownBlock& known = blocks_[block.id];
  known.pc = cracked.pc;
  known.branch_pc = cracked.branch_pc();
  known.accesses = static_cast<std::uint32_t>(accesses_.size());
  known.bytes = static_cast<std::uint16_t>(4 * cracked.inst_count);
  known.branch = cracked.branch;
  known.has_branch = cracked.has_branch;
  const UopInfo* const end = cracked.uops + cracked.first_uop[cracked.inst_count];
  for (const UopInfo* uop = cracked.uops; uop != end; ++uop) {
    if (!uop->memory()) continue;
    const Kind kind = uop->is(kUopLoad) ? Kind::kLoad : uop->is(kUopStore) ? Kind::kStore : Kind::kPrefetch;
    accesses_.push_back(
        {cracked.pc + 4 * std::uint64_t{uop->inst}, kind, uop->is(kUopFirstAccess), uop->offset, uop->bytes});
  }
  known.access_count = static_cast<std::uint16_t>(accesses_.size() - known.accesses);
  return known;
}

}  // namespace m2sim::timing
