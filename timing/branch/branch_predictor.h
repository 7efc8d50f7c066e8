// Everything that guesses where fetch goes next: direction, targets, return addresses.
//
// Trace driven: only retired branches are seen, each once, in program order, and predictor state is
// trained at once. Not modelled: wrong-path pollution, and updates that arrive late because the
// branch was still in flight when the next one was predicted.
//
// Reads BranchConfig.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "timing/branch/btb.h"
#include "timing/branch/code_word.h"
#include "timing/branch/indirect.h"
#include "timing/branch/ras.h"
#include "timing/branch/tage.h"
#include "timing/config/config.h"
#include "timing/stats.h"

namespace m2sim::timing {

enum class BranchKind : std::uint8_t {
  kConditional,   // b.cond, cbz, tbz
  kDirect,        // b
  kCall,          // bl
  kIndirect,      // br
  kIndirectCall,  // blr
  kReturn,        // ret
};

struct BranchSite {
  std::uint64_t pc;
  BranchKind kind;
};

struct BranchOutcome {
  bool mispredicted;     // direction or target wrong: fetch goes on only after the branch has executed
  std::uint8_t bubble;   // cycles that fetch idles behind this branch although it was predicted right
  TargetSupply supply;   // kNone for a branch that was not taken
  std::uint8_t penalty;  // cycles from its execution to the first on the right path; 0 if not mispredicted
};

class BranchPredictor {
 public:
  explicit BranchPredictor(const BranchConfig& config);

  // Predicts the branch, compares with what it did, trains. `target` is the address that a taken
  // branch went to; it is ignored when not taken.
  BranchOutcome observe(const BranchSite& site, bool taken, std::uint64_t target);

  // The same for who asks for nothing and has no figures of it but mispredictions: what the predictors know
  // behind it is the same.
  void learn(const BranchSite& site, bool taken, std::uint64_t target);

  // A predicted path: what the predictors are asked with ahead of the branches that they have observed.
  struct Path {
    PathHistory history;
    std::array<std::uint64_t, 16> calls;  // return addresses of its own calls, the last first popped
    unsigned called = 0;
    unsigned returned = 0;  // beyond its own calls
  };
  struct Guess {
    std::uint64_t next;   // where fetch goes; 0: nobody knows
    TargetSupply supply;  // of the target of a branch that is taken
    std::uint8_t bubble;
  };
  Path path() const { return {history_, {}, 0, 0}; }
  // Where the branch goes, by what is known now; the path goes on behind it. `target`: a direct one's.
  Guess predict(const BranchSite& site, std::uint64_t target, Path& path);

  BranchStats stats() const;

  // Branches that are not seen may have gone before now.
  void mark_gap() { gap_ = btb_.entered(); }
  // Of the BTB's places, the part that most likely nothing has entered since, as a place is drawn: a miss
  // might have been a hit that often, had those branches been seen.
  double stale_part() const;
  template <class Learned>
  void learned(Learned& show) {
    show(history_, tage_, btb_, indirect_, ras_);
  }

 private:
  static std::uint8_t narrow(std::uint32_t cycles) { return static_cast<std::uint8_t>(cycles); }
  // How long fetch waits for the target. A return's is the return stack's, wherever the branch itself was
  // found (US 9,405,544; beyond 32 calls whose branches share two ways of the BTB M1 needs 4.3 cycles a call
  // more, which the calls alone account for). Other branches that were expected elsewhere have fetch turn
  // back.
  std::uint8_t bubble_of(BranchKind kind, const Btb::Found& found, std::uint64_t target) const {
    if (kind == BranchKind::kReturn) return 0;
    const std::uint8_t bubble = bubbles_[static_cast<unsigned>(found.supply)];
    return found.target == word_of(target) ? bubble : std::max(bubble, override_bubble_);
  }

  std::uint64_t returns_to(Path& path) const;
  // Whether a branch that is always taken was predicted right. `last`: where it went last, as far as the BTB
  // knows.
  bool target_predicted(BranchSite site, std::uint64_t target, std::uint32_t last);
  BranchOutcome observe_not_taken(const BranchSite& site);
  [[gnu::noinline]] bool observe_always_taken(BranchSite site, std::uint64_t target, std::uint32_t last);
  [[gnu::noinline]] BranchOutcome mispredicted(BranchKind kind, TargetSupply supply);

  std::array<std::uint8_t, 4> bubbles_;  // by TargetSupply
  std::uint8_t override_bubble_;
  std::uint8_t mispredict_penalty_;
  std::uint8_t return_penalty_;
  PathHistory history_;
  Tage tage_;
  Btb btb_;
  IndirectPredictor indirect_;
  ReturnStack ras_;
  // Of observed ones; stats() adds the others up.
  std::array<std::array<std::uint64_t, 4>, 6> observed_{};  // by BranchKind and TargetSupply
  BranchStats stats_{};                                     // what those do not tell
  std::optional<std::uint64_t> gap_;                        // Btb::entered() at its end, if there was one
};

inline BranchOutcome BranchPredictor::observe(const BranchSite& site, bool taken, std::uint64_t target) {
  if (!taken) return observe_not_taken(site);
  const Btb::Found found = btb_.access(site.pc, target);
  ++observed_[static_cast<unsigned>(site.kind)][static_cast<unsigned>(found.supply)];
  const bool right = site.kind == BranchKind::kConditional ? tage_.observe(site.pc, history_, true)
                                                           : observe_always_taken(site, target, found.target);
  history_.taken(site.pc, target);
  if (!right) [[unlikely]]
    return mispredicted(site.kind, found.supply);
  const std::uint8_t bubble = bubble_of(site.kind, found, target);
  stats_.bubble_cycles += bubble;
  return {false, bubble, found.supply, 0};
}

inline BranchOutcome BranchPredictor::observe_not_taken(const BranchSite& site) {
  ++observed_[static_cast<unsigned>(site.kind)][static_cast<unsigned>(TargetSupply::kNone)];
  const bool turned_back = btb_.pass(site.pc);
  if (tage_.observe(site.pc, history_, false)) [[unlikely]]
    return mispredicted(site.kind, TargetSupply::kNone);
  const std::uint8_t bubble = turned_back ? override_bubble_ : std::uint8_t{0};
  stats_.bubble_cycles += bubble;
  return {false, bubble, TargetSupply::kNone, 0};
}

}  // namespace m2sim::timing
