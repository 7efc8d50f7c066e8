#include "timing/pipe/warming.h"

#include <algorithm>
#include <span>

namespace m2sim::timing {

Warming::Warming(Parts& parts)
    : parts_(parts), load_to_use_(parts.memory.load_to_use()), line_bytes_(parts.memory.code_line_bytes()) {}

void Warming::consume(const emu::RetiredBatch& batch) {
  if (parts_.begin(batch)) {
    ++parts_.counts.context_switches;
    forget_address_space();
  }
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
}

void Warming::blocks_cleared() {
  blocks_.clear();
  accesses_.clear();
  pieces_.clear();
}

inline Cycle Warming::consume(const emu::Record& record, Cycle now) {
  KnownBlock& block = known(*record.block);
  ++now;
  if (block.quiet_since != code_changes_) now = fetch(block, now);
  const std::uint64_t* address = record.addresses;
  for (const Access& each : std::span(accesses_).subspan(block.accesses, block.access_count)) {
    if (!parts_.memory.is_quiet(*address, each.bytes, each.writes)) now = access(each, *address, now);
    ++address;
  }
  if (block.has_branch && record.has_next()) {
    const std::uint64_t target = record.next_pc();
    const bool taken = block.branch != BranchKind::kConditional || target != block.branch_pc + 4;
    parts_.predictor.learn({block.branch_pc, block.branch}, taken, target);
  }
  return now;
}

Cycle Warming::fetch(KnownBlock& block, Cycle now) {
  const std::uint64_t first = parts_.context.locate(block.pc);
  const std::uint64_t last = first + block.bytes - 4;
  const std::uint64_t changes = code_changes_;
  for (std::uint64_t line = first & ~(line_bytes_ - 1); line <= last; line += line_bytes_) {
    if (parts_.memory.fetches_at_once(line, now)) continue;
    ++code_changes_;
    now = parts_.memory.fetch(line, now);
  }
  // What it has changed the next one sees.
  if (code_changes_ == changes) block.quiet_since = changes;
  return now;
}

Cycle Warming::access(const Access& access, std::uint64_t address, Cycle now) {
  const std::uint64_t located = parts_.context.locate(address);
  for (const Piece& piece : std::span(pieces_).subspan(access.piece, access.pieces))
    now = this->access(piece, located + piece.offset, now);
  const std::uint64_t to_last = access.bytes - 1U;
  parts_.memory.note_quiet(address, located, now);
  if (parts_.memory.data_line(located) != parts_.memory.data_line(located + to_last))
    parts_.memory.note_quiet(address + to_last, located + to_last, now);
  return now;
}

inline Cycle Warming::access(const Piece& piece, std::uint64_t address, Cycle now) {
  switch (piece.kind) {
    case Kind::kLoad:
      return parts_.memory.load(piece.pc, address, piece.bytes, now).ready - load_to_use_;
    case Kind::kStore:
      return parts_.memory.store(piece.pc, address, piece.bytes, now) - 1;
    case Kind::kPrefetch:
      return parts_.memory.prefetch(address, now);
  }
  return now;
}

Warming::KnownBlock& Warming::get_to_know(const emu::Block& block) {
  if (block.id >= blocks_.size()) blocks_.resize(block.id + std::size_t{1});
  const CrackedBlock& cracked = parts_.table.lookup(block);
  KnownBlock& known = blocks_[block.id];
  known.pc = cracked.pc;
  known.branch_pc = cracked.branch_pc();
  known.bytes = static_cast<std::uint16_t>(4 * cracked.inst_count);
  known.branch = cracked.branch;
  known.has_branch = cracked.has_branch;
  known.accesses = static_cast<std::uint32_t>(accesses_.size());
  for (const UopInfo& uop : std::span(cracked.uops, cracked.first_uop[cracked.inst_count])) {
    if (uop.memory()) add(cracked.pc + 4 * std::uint64_t{uop.inst}, uop);
  }
  known.access_count = static_cast<std::uint16_t>(accesses_.size() - known.accesses);
  return known;
}

void Warming::add(std::uint64_t pc, const UopInfo& uop) {
  const Kind kind = uop.is(kUopLoad) ? Kind::kLoad : uop.is(kUopStore) ? Kind::kStore : Kind::kPrefetch;
  if (uop.is(kUopFirstAccess)) accesses_.push_back({static_cast<std::uint32_t>(pieces_.size()), 0, 0, 0});
  Access& access = accesses_.back();
  ++access.pieces;
  access.bytes = std::max(access.bytes, static_cast<std::uint8_t>(uop.offset + uop.bytes));
  if (kind == Kind::kStore) access.writes = 1;
  pieces_.push_back({pc, kind, uop.offset, uop.bytes});
}

}  // namespace m2sim::timing
