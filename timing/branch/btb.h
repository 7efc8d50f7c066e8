// Branch target buffer, two levels. Holds which taken branches have their target at hand, and how fast. The
// first level is what Apple calls a next fetch predictor (US 8,959,320): fetch follows it at once, and where
// the slower predictors of directions and indirect targets say otherwise, it turns back and the first level
// takes their word. So it says that a branch goes where it went last, or on (target 0) if it was not taken.
//
// Sets are chosen by the low bits of the branch address above the two that are always zero, as measured:
// branches 8 bytes apart use half of the sets. An entry has the branch's address and where it went last,
// which is all that is known of an indirect branch that IndirectPredictor does not know.
//
// Three rules give the measured curves; that there is a mechanism behind each is inferred from them alone.
// - The first level replaces an entry at random: of three branches that go round in its two ways one in three
//   hits (M1 at 1289 branches, M2 up to 2048), where replacing the oldest would have none hit.
// - What it puts out is not found until later entries of the set have pushed it on into the second level. So
//   this is no help at 2048 branches and a full one at 3072: the hump of the M2.
// - The levels are exclusive (1024 + 3072 entries end at 4096 branches): what hits in the second moves up and
//   what comes down takes its place. In a full set most newcomers are dropped, so that of ever more branches
//   ever the same number hits, up to 49152 of them. (With none dropped the curve would end sooner; with all,
//   a program would keep the branches of its past.)
#pragma once

#include <cstdint>
#include <utility>

#include "timing/branch/code_word.h"
#include "timing/config/config.h"
#include "timing/xorshift.h"
#include "timing/zeroed_array.h"

namespace m2sim::timing {

enum class TargetSupply : std::uint8_t { kNone, kBtbL1, kBtbL2, kPredecode };

class Btb {
 public:
  explicit Btb(const BranchConfig& config);

  struct Found {
    TargetSupply supply;
    std::uint32_t target;  // where the branch went last, as word_of() says it; 0: on, or (kPredecode) unknown
  };

  // Where the target of the branch at `pc`, taken to `target`, comes from; leaves the branch in the first
  // level.
  Found access(std::uint64_t pc, std::uint64_t target) {
    const Entry now{word_of(pc), word_of(target)};
    Entry& front = *l1_.set(now.branch);
    if (front.branch != now.branch) return access_slow(now);
    return {TargetSupply::kBtbL1, std::exchange(front.target, now.target)};
  }
  // The branch at `pc`, a conditional one, is not taken: whether the first level says otherwise, which it
  // does no longer then.
  bool pass(std::uint64_t pc) {
    Entry* const entry = expects(pc);
    if (entry == nullptr) return false;
    entry->target = 0;
    return true;
  }
  // Whether the first level says that the branch is taken.
  bool expects_taken(std::uint64_t pc) { return expects(pc) != nullptr; }
  // access() without a trace.
  Found peek(std::uint64_t pc) {
    const std::uint32_t branch = word_of(pc);
    if (const Entry* const hit = l1_.find(branch, branch)) return {TargetSupply::kBtbL1, hit->target};
    if (const Entry* const hit = l2_.find(branch, branch)) return {TargetSupply::kBtbL2, hit->target};
    return {TargetSupply::kPredecode, 0};
  }
  template <class Learned>
  void learned(Learned& show) {
    show(l1_, waiting_, l2_, random_);
  }

  // Branches so far that took a place in the second level, and how many places it has.
  std::uint64_t entered() const { return entered_; }
  std::uint64_t places() const { return l2_.places(); }

 private:
  struct Entry {
    std::uint32_t branch;  // 0: empty
    std::uint32_t target;
  };

  class Level {
   public:
    Level(std::uint32_t sets, std::uint32_t ways) : ways_(ways), mask_(sets - 1), entries_(sets * ways) {}
    bool present() const { return ways_ != 0; }
    std::uint32_t ways() const { return ways_; }
    std::uint64_t places() const { return entries_.size(); }
    Entry* set(std::uint32_t branch) { return entries_.data() + std::size_t{branch & mask_} * ways_; }
    // The way of the set that holds `wanted`, which may be 0 for an empty one; null: none.
    Entry* find(std::uint32_t branch, std::uint32_t wanted) {
      Entry* entry = set(branch);
      for (const Entry* const end = entry + ways_; entry != end; ++entry) {
        if (entry->branch == wanted) return entry;
      }
      return nullptr;
    }
    template <class Learned>
    void learned(Learned& show) {
      show(entries_);
    }

   private:
    std::uint32_t ways_;
    std::uint32_t mask_;
    ZeroedArray<Entry> entries_;
  };

  Entry* expects(std::uint64_t pc) {
    const std::uint32_t branch = word_of(pc);
    Entry* const front = l1_.set(branch);
    Entry* const entry = front->branch == branch ? front : l1_.find(branch, branch);
    return entry == nullptr || entry->target == 0 ? nullptr : entry;
  }
  Found access_slow(const Entry& now);
  Found take_from_l2(std::uint32_t branch);
  void put_out(const Entry& entry);
  void enter_l2(const Entry& entry);

  Level l1_;       // the entry used last is the first of its set
  Level waiting_;  // between the levels, the oldest first; the sets are those of the first level
  Level l2_;
  std::uint32_t l2_replace_one_in_;
  Xorshift random_;
  std::uint64_t entered_ = 0;
};

}  // namespace m2sim::timing
