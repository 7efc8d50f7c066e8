// Branch target buffer, two levels. Holds which taken branches have their target at hand, and how fast.
//
// Sets are chosen by the low bits of the branch address above the two that are always zero, as measured:
// branches 8 bytes apart use half of the sets. The levels are exclusive (1024 + 3072 entries end at
// 4096 branches): what leaves the first goes to the second, what hits in the second moves up. Both
// replace the least recently used entry of a set. An entry is the branch's address; its target needs
// no storage here because direct targets never change and indirect ones come from IndirectPredictor.
//
// Not modelled: the hump near 2048 branches in the measured curve of the M2.
#pragma once

#include <cstdint>
#include <vector>

#include "timing/config/config.h"

namespace m2sim::timing {

enum class TargetSupply : std::uint8_t { kNone, kBtbL1, kBtbL2, kPredecode };

class Btb {
 public:
  explicit Btb(const BranchConfig& config);

  // Where the target of the taken branch at `pc` comes from; leaves the branch most recently used in
  // the first level.
  TargetSupply access(std::uint64_t pc) {
    const auto key = static_cast<std::uint32_t>(pc >> 2);
    return l1_.front(key) == key ? TargetSupply::kBtbL1 : access_slow(key);
  }

 private:
  // Each set is kept in order of use, the most recent entry first; 0 is an empty entry.
  class Level {
   public:
    Level(std::uint32_t entries, std::uint32_t ways);
    std::uint32_t front(std::uint32_t key) const { return keys_[(key & mask_) * ways_]; }
    bool present() const { return ways_ != 0; }
    bool touch(std::uint32_t key);  // moves a present key to the front
    bool remove(std::uint32_t key);
    std::uint32_t push(std::uint32_t key);  // returns the entry that fell out

   private:
    std::uint32_t* set(std::uint32_t key) { return keys_.data() + std::size_t{key & mask_} * ways_; }
    std::uint32_t ways_;
    std::uint32_t mask_;
    std::vector<std::uint32_t> keys_;
  };

  TargetSupply access_slow(std::uint32_t key);

  Level l1_;
  Level l2_;
};

}  // namespace m2sim::timing
