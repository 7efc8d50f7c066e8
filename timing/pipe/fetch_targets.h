// Branch prediction ahead of fetch: a queue of blocks that fetch will come to if predictions are right. While
// fetch waits for a line, prediction goes on and asks for the lines that the predicted path needs next, so
// that misses of the L1I overlap; it keeps its lead until a prediction turns out to have been wrong.
//
// A path ends where nothing is known until fetch gets there: at code that has not been executed before, at a
// branch without a target, at a page that the ITLB lacks (misses of the ITLB were measured not to overlap).
// A target that only predecode has is known when the line of its branch is there. Prediction looks at a line
// a cycle. A path may be wrong: its lines are asked for all the same.
//
// Not modelled: getting ahead while the back end is full.
//
// Reads FetchConfig (targets_ahead), L1iConfig (line size).
#pragma once

#include <algorithm>
#include <cstdint>

#include "timing/branch/branch_predictor.h"
#include "timing/config/bounds.h"
#include "timing/config/config.h"
#include "timing/context.h"
#include "timing/crack/crack.h"
#include "timing/cycle.h"
#include "timing/memory/memory_hierarchy.h"
#include "timing/ring.h"

namespace m2sim::timing {

class FetchTargets {
 public:
  FetchTargets(const CoreConfig& config, MemoryHierarchy& memory, BranchPredictor& predictor,
               const CrackTable& table, const Context& context);

  // Where fetch is, in which cycle.
  struct Place {
    std::uint64_t block_pc;
    std::uint64_t line;
    Cycle line_there;
    Cycle now;
  };
  // Prediction gets ahead of it.
  void look_ahead(const Place& fetch);
  // Whether it has a lead, and whether it keeps that: it gives it up where line after line is there, as
  // looking on is lost.
  bool is_ahead() const { return !queue_.empty(); }
  bool leads() const { return is_ahead() && !stopped_ && present_ < kManyPresent; }

  // Fetch went on by other lines; nothing to somebody who is not ahead.
  void advance(std::uint32_t lines) { lines_ -= std::min(lines_, lines); }
  // Fetch is through a block, and the next begins at `next_pc`.
  void finish(std::uint64_t next_pc) {
    if (queue_.empty()) return;
    const bool right = queue_.front() == next_pc;
    queue_.pop();
    if (!right) forget();
  }
  void forget() {
    while (!queue_.empty()) queue_.pop();
  }

 private:
  static constexpr std::uint32_t kManyPresent = 128;

  void begin(const Place& fetch);
  void ask(const CrackedBlock& block);
  std::uint64_t predict(const CrackedBlock& block);

  MemoryHierarchy& memory_;
  BranchPredictor& predictor_;
  const CrackTable& table_;
  const Context& context_;
  std::uint32_t most_lines_;
  std::uint64_t line_bytes_;

  // From the block on that fetch is at: where prediction says that each goes.
  Ring<std::uint64_t, ring_size(Bounds<FetchConfig>::targets_ahead.max)> queue_;
  BranchPredictor::Path path_;
  std::uint64_t pc_ = 0;       // of the block behind these
  std::uint64_t line_ = 0;     // looked at last
  Cycle line_there_ = 0;       // when it is in the L1I
  Cycle now_ = 0;              // in which prediction is there
  std::uint32_t lines_ = 0;    // between fetch and that
  std::uint32_t present_ = 0;  // lines in a row that were in the L1I
  bool begins_ = false;        // the lines of fetch's own block up to `line_` are not ahead
  bool stopped_ = false;       // nothing is known behind the queue
};

}  // namespace m2sim::timing
