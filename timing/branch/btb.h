// Branch target buffer, two levels. Holds which taken branches have their target at hand, and how fast.
//
// Sets are chosen by the low bits of the branch address above the two that are always zero, as measured:
// branches 8 bytes apart use half of the sets. The levels are exclusive (1024 + 3072 entries end at
// 4096 branches): what leaves the first goes to the second, what hits in the second moves up. Both
// replace the least recently used entry of a set. An entry has the branch's address and where it went last,
// which is all that is known of an indirect branch that IndirectPredictor does not know.
//
// Not modelled: the hump near 2048 branches in the measured curve of the M2.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "timing/branch/code_word.h"
#include "timing/config/config.h"

namespace m2sim::timing {

enum class TargetSupply : std::uint8_t { kNone, kBtbL1, kBtbL2, kPredecode };

class Btb {
 public:
  explicit Btb(const BranchConfig& config);

  struct Found {
    TargetSupply supply;
    std::uint32_t target;  // where the branch went last, as word_of() says it; nothing with kPredecode
  };

  // Where the target of the branch at `pc`, taken to `target`, comes from; leaves the branch most recently
  // used in the first level.
  Found access(std::uint64_t pc, std::uint64_t target) {
    const Entry now{word_of(pc), word_of(target)};
    Entry& front = l1_.front(now.branch);
    if (front.branch != now.branch) return access_slow(now);
    return {TargetSupply::kBtbL1, std::exchange(front.target, now.target)};
  }

 private:
  struct Entry {
    std::uint32_t branch;  // 0: empty
    std::uint32_t target;
  };

  // Each set is kept in order of use, the most recent entry first.
  class Level {
   public:
    Level(std::uint32_t entries, std::uint32_t ways);
    Entry& front(std::uint32_t branch) { return *set(branch); }
    bool present() const { return ways_ != 0; }
    bool touch(std::uint32_t branch);  // moves it to the front if it is there
    bool remove(std::uint32_t branch, Entry& it);
    Entry push(const Entry& entry);  // returns the one that fell out

   private:
    Entry* set(std::uint32_t branch) { return entries_.data() + std::size_t{branch & mask_} * ways_; }
    Entry* find(std::uint32_t branch);  // null: not there
    std::uint32_t ways_;
    std::uint32_t mask_;
    std::vector<Entry> entries_;
  };

  Found access_slow(const Entry& now);

  Level l1_;
  Level l2_;
};

}  // namespace m2sim::timing
