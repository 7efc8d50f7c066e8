// Decoded blocks by guest address: decode once, find by hash, drop all at once.
//
// All memory comes from pools reserved at start-up; when one is full, clear() drops every block and ids start
// again at 0. Where code changes, forget() drops the blocks of a range: they are found no more and no block
// leads to them, but they and their ids stay, as a log may still name them. Blocks are immutable but for the
// successor links in their last uop, which link() fills in as edges are first taken, and for traps.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emu/block.h"
#include "emu/engine/uop.h"
#include "emu/memory/arena.h"
#include "insts/inst.h"

namespace m2sim::emu {

class BlockCache {
 public:
  static constexpr std::size_t kMostBlocks = std::size_t{1} << 19U;

  // near: what machine code that addresses uops is close to; null: there is none.
  explicit BlockCache(const void* near = nullptr);

  // Null when no block starts at pc in that address space.
  const Block* find(std::uint64_t pc, std::uint64_t space) const {
    for (std::size_t i = slot_of(pc, space); table_[i] != nullptr; i = (i + 1) & kTableMask) {
      if (table_[i]->pc == pc && table_[i]->space == space) return table_[i];
    }
    return nullptr;
  }

  // Room for another block of the largest size; without it clear() first.
  bool has_room() const;

  // Stores a block and, unless it is to be found again (`findable`), its entry. has_room() must hold.
  const Block* add(std::uint64_t pc, std::uint64_t space, std::span<const insts::Inst> insts,
                   std::uint16_t mem_count, std::span<const Uop> uops, bool findable);

  // The block whose uops contain this one; null for the engine's own.
  const Block* containing(const Uop* uop) const;

  // From now on, whoever enters the block comes back to the run loop (trap_handler) before it begins.
  void set_trap(const Block& block, Handler trap);
  bool has_trap(const Block& block) const { return trap_ != nullptr && block.uops()->handler == trap_; }
  // The handler that a run of handlers begins with, here: behind the trap where there is one.
  Handler handler_of(const Uop* first) {
    return trap_ != nullptr && first->handler == trap_ ? trapped_at(first)->handler : first->handler;
  }

  // For machine code in the place of handlers; of the first uop by set_first(), as there may be a trap.
  static Uop* uops_of(const Block& block) { return const_cast<Uop*>(block.uops()); }  // they lie in uops_
  void set_first(const Block& block, Handler handler);

  // Fills a successor link of some block in.
  void link(const Block** at, const Block* target);

  // Drops the blocks that overlap the range; `dropped` gets each.
  template <class Dropped>
  void forget(std::uint64_t begin, std::uint64_t end, std::uint64_t space, const Dropped& dropped) {
    // By the page that a block begins in; it may reach into the next one.
    const std::uint64_t first = begin - std::min<std::uint64_t>(begin, 4 * (kMaxBlockInsts - 1));
    const std::uint64_t pages = ((end - 1) >> kPageShift) - (first >> kPageShift) + 1;
    if (pages > kPages) {
      for (std::size_t i = 0; i < kPages; ++i) forget_in(pages_[i], begin, end, space, dropped);
      return;
    }
    for (std::uint64_t page = first >> kPageShift; page <= (end - 1) >> kPageShift; ++page) {
      forget_in(pages_[page_slot(page, space)], begin, end, space, dropped);
    }
  }

  void clear();

  std::span<const Block* const> blocks() const { return {by_id_.data(), by_id_.size()}; }

 private:
  static constexpr std::size_t kTableMask = 2 * kMostBlocks - 1;
  static constexpr std::size_t kUopBytes = std::size_t{1} << 30U;
  static constexpr std::size_t kInstBytes = std::size_t{1} << 29U;

  static std::size_t slot_of(std::uint64_t pc, std::uint64_t space) {
    // No scrambling of the pc: neighbouring blocks share cache lines and pages of the table.
    constexpr std::uint64_t kSpread = 0x9e3779b1;  // apart, for programs that all begin at one address
    return static_cast<std::size_t>((pc >> 2U) ^ (pc >> 24U) ^ (space * kSpread)) & kTableMask;
  }

  static constexpr unsigned kPageShift = 12;
  static constexpr std::size_t kPages = std::size_t{1} << 14U;
  static constexpr std::uint32_t kNone = UINT32_MAX;
  static constexpr std::size_t kMostLinks = 2 * kMostBlocks;
  static std::size_t page_slot(std::uint64_t page, std::uint64_t space) {
    constexpr std::uint64_t kSpread = 0x9e3779b1;
    return static_cast<std::size_t>(page ^ (page >> 14U) ^ (space * kSpread)) % kPages;
  }

  // A list of blocks, by their ids; of links, by their numbers.
  template <class Dropped>
  void forget_in(std::uint32_t& head, std::uint64_t begin, std::uint64_t end, std::uint64_t space,
                 const Dropped& dropped) {
    for (std::uint32_t* at = &head; *at != kNone;) {
      const Block& block = *by_id_[*at];
      std::uint32_t& following = next_in_page_[*at];
      if (block.space != space || block.pc >= end || block.end() <= begin) {
        at = &following;
        continue;
      }
      *at = following;
      unlink(block);
      dropped(block);
    }
  }
  void unlink(const Block& block);

  struct Link {
    const Block** at;
    std::uint32_t next;
  };

  struct Trapped {
    const Uop* first;
    Handler handler;  // that the trap has taken the place of
  };

  std::vector<Trapped>::iterator trapped_at(const Uop* first);

  Arena uops_;
  Arena insts_{kInstBytes};
  Arena table_memory_;
  const Block** table_;
  std::vector<const Block*> by_id_;
  // Lists of the blocks of a page and of the links to a block; none of it is touched before it is used.
  Arena lists_memory_;
  std::uint32_t* pages_;         // by page_slot()
  std::uint32_t* next_in_page_;  // by id
  std::uint32_t* links_to_;      // by id: the last link that leads there
  Link* links_;
  std::uint32_t link_count_ = 0;
  Handler trap_ = nullptr;        // null: no block has one
  std::vector<Trapped> trapped_;  // by address
};

}  // namespace m2sim::emu
