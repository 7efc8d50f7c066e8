#include "timing/probe/attribution.h"

namespace m2sim::timing {

InstBooks& Attribution::add(std::uint64_t pc, std::uint64_t space) {
  insts_.push_back({pc, space, 0, {}});
  if (2 * insts_.size() > places_.size()) {
    grow();
  } else {
    std::size_t at = place_of(pc, space);
    while (places_[at].inst != UINT32_MAX) at = (at + 1) & places_mask_;
    places_[at] = {pc, space, static_cast<std::uint32_t>(insts_.size() - 1)};
  }
  return insts_.back();
}

void Attribution::grow() {
  places_.assign(2 * places_.size(), {});
  places_mask_ = places_.size() - 1;
  for (std::uint32_t i = 0; i < insts_.size(); ++i) {
    std::size_t at = place_of(insts_[i].pc, insts_[i].space);
    while (places_[at].inst != UINT32_MAX) at = (at + 1) & places_mask_;
    places_[at] = {insts_[i].pc, insts_[i].space, i};
  }
}

void Attribution::begin_blocks(const CrackTable& blocks) {
  executions_.clear();
  blocks.each([&](const CrackTable::Executed& block) {
    if (block.id >= executions_.size()) executions_.resize(block.id + 1);
    executions_[block.id] = block.executions;
  });
}

void Attribution::end_blocks(const CrackTable& blocks) {
  const std::uint64_t space = space_;
  blocks.each([&](const CrackTable::Executed& block) {
    const std::uint64_t before = block.id < executions_.size() ? executions_[block.id] : 0;
    if (block.executions == before) return;
    space_ = block.space;
    book_block(block.cracked, block.executions - before);
  });
  space_ = space;
  executions_.clear();
}

void Attribution::dropping(const CrackTable& blocks) {
  if (listening_) end_blocks(blocks);
}

void Attribution::book_block(const CrackedBlock& block, std::uint64_t executions) {
  for (unsigned i = 0; i < block.inst_count; ++i) {
    const std::uint64_t pc = block.pc + 4 * std::uint64_t{i};
    InstBooks& books = books_of(pc);
    books.insts += static_cast<std::int64_t>(executions);
  }
  const UopInfo* const end = block.uops + block.first_uop[block.inst_count];
  for (const UopInfo* uop = block.uops; uop != end; ++uop) {
    if (uop->slots != 0) use(block.pc + 4 * std::uint64_t{uop->inst}, executions * uop->slots);
  }
}

void Attribution::insts_retired(std::uint64_t insts) {
  auto left = static_cast<std::int64_t>(insts);
  for (const InstBooks& books : insts_) left -= books.insts;
  if (left != 0) books_of(0).insts += left;
}

}  // namespace m2sim::timing
