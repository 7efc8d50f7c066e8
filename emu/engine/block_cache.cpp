#include "emu/engine/block_cache.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

namespace m2sim::emu {
namespace {

// A uop may take three slots (a constant and successors behind it); more for the counter and the
// fall-through.
constexpr std::size_t kMostBlockBytes = sizeof(Block) + sizeof(Uop) * (3 * kMaxBlockInsts + 3);
constexpr std::size_t kMostInstBytes = sizeof(insts::Inst) * kMaxBlockInsts;

// In the place of a block that is gone: no guest address is odd.
constexpr Block kGone{1, 0, 0, 0, nullptr, UINT64_MAX};

}  // namespace

BlockCache::BlockCache(const void* near)
    : uops_(kUopBytes, near),
      table_memory_((kTableMask + 1) * sizeof(const Block*)),
      table_(reinterpret_cast<const Block**>(table_memory_.take((kTableMask + 1) * sizeof(const Block*)))),
      lists_memory_((kPages + 2 * kMostBlocks) * sizeof(std::uint32_t) + kMostLinks * sizeof(Link)),
      pages_(reinterpret_cast<std::uint32_t*>(lists_memory_.take(kPages * sizeof(std::uint32_t)))),
      next_in_page_(
          reinterpret_cast<std::uint32_t*>(lists_memory_.take(kMostBlocks * sizeof(std::uint32_t)))),
      links_to_(reinterpret_cast<std::uint32_t*>(lists_memory_.take(kMostBlocks * sizeof(std::uint32_t)))),
      links_(reinterpret_cast<Link*>(lists_memory_.take(kMostLinks * sizeof(Link)))) {
  by_id_.reserve(kMostBlocks);
  std::fill_n(pages_, kPages, kNone);
}

bool BlockCache::has_room() const {
  return by_id_.size() < kMostBlocks && uops_.used() + kMostBlockBytes <= kUopBytes &&
         insts_.used() + kMostInstBytes <= kInstBytes;
}

const Block* BlockCache::add(std::uint64_t pc, std::uint64_t space, std::span<const insts::Inst> insts,
                             std::uint16_t mem_count, std::span<const Uop> uops, bool findable) {
  assert(has_room() && insts.size() <= kMaxBlockInsts);
  auto* inst_data = reinterpret_cast<insts::Inst*>(insts_.take(insts.size_bytes()));
  std::copy(insts.begin(), insts.end(), inst_data);
  auto* block = reinterpret_cast<Block*>(uops_.take(sizeof(Block) + uops.size_bytes()));
  *block = Block{pc,
                 static_cast<std::uint32_t>(by_id_.size()),
                 static_cast<std::uint16_t>(insts.size()),
                 mem_count,
                 inst_data,
                 space};
  std::copy(uops.begin(), uops.end(), reinterpret_cast<Uop*>(block + 1));
  by_id_.push_back(block);
  links_to_[block->id] = kNone;
  std::uint32_t& head = pages_[page_slot(pc >> kPageShift, space)];
  next_in_page_[block->id] = findable ? std::exchange(head, block->id) : kNone;
  if (findable) {
    std::size_t i = slot_of(pc, space);
    while (table_[i] != nullptr && table_[i] != &kGone) i = (i + 1) & kTableMask;
    table_[i] = block;
  }
  return block;
}

const Block* BlockCache::containing(const Uop* uop) const {
  if (!uops_.contains(uop)) return nullptr;
  // Blocks lie in the arena in the order of their ids.
  const auto after = std::upper_bound(by_id_.begin(), by_id_.end(), uop, [](const Uop* u, const Block* b) {
    return static_cast<const void*>(u) < static_cast<const void*>(b);
  });
  return after == by_id_.begin() ? nullptr : *(after - 1);
}

std::vector<BlockCache::Trapped>::iterator BlockCache::trapped_at(const Uop* first) {
  return std::lower_bound(trapped_.begin(), trapped_.end(), first,
                          [](const Trapped& t, const Uop* u) { return t.first < u; });
}

void BlockCache::set_trap(const Block& block, Handler trap) {
  if (has_trap(block)) return;
  trap_ = trap;
  Uop* const first = uops_of(block);
  trapped_.insert(trapped_at(first), {first, first->handler});
  first->handler = trap;
}

void BlockCache::set_first(const Block& block, Handler handler) {
  if (has_trap(block)) {
    trapped_at(block.uops())->handler = handler;
  } else {
    uops_of(block)->handler = handler;
  }
}

void BlockCache::link(const Block** at, const Block* target) {
  // Each place is filled once, but for those that were cut: these may find no room again, and stay open.
  if (link_count_ == kMostLinks) return;
  *at = target;
  std::uint32_t& last = links_to_[target->id];
  links_[link_count_] = {at, std::exchange(last, link_count_)};
  ++link_count_;
}

void BlockCache::unlink(const Block& block) {
  std::size_t i = slot_of(block.pc, block.space);
  while (table_[i] != nullptr && table_[i] != &block) i = (i + 1) & kTableMask;
  if (table_[i] == &block) table_[i] = &kGone;
  for (std::uint32_t link = links_to_[block.id]; link != kNone; link = links_[link].next) {
    if (*links_[link].at == &block) *links_[link].at = nullptr;
  }
}

void BlockCache::clear() {
  std::fill_n(pages_, kPages, kNone);
  link_count_ = 0;
  trapped_.clear();
  uops_.clear();
  insts_.clear();
  by_id_.clear();
  std::memset(static_cast<void*>(table_), 0, (kTableMask + 1) * sizeof(const Block*));
}

}  // namespace m2sim::emu
