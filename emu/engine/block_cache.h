// Decoded blocks by guest address: decode once, find by hash, drop all at once.
//
// All memory comes from pools reserved at start-up; when one is full, or code changes, clear() drops
// every block and ids start again at 0. Blocks are immutable but for the successor links in their last
// uop, which the run loop fills in as edges are first taken, and for traps.
#pragma once

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

  BlockCache();

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
  Handler handler_of(const Uop* first) const {
    return trap_ != nullptr && first->handler == trap_ ? trapped_handler(first) : first->handler;
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

  struct Trapped {
    const Uop* first;
    Handler handler;  // that the trap has taken the place of
  };

  Handler trapped_handler(const Uop* first) const;

  Arena uops_{kUopBytes};
  Arena insts_{kInstBytes};
  Arena table_memory_;
  const Block** table_;
  std::vector<const Block*> by_id_;
  Handler trap_ = nullptr;        // null: no block has one
  std::vector<Trapped> trapped_;  // by address
};

}  // namespace m2sim::emu
