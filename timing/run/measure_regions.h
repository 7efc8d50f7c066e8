// The figures of regions, in the timing modes.
#pragma once

#include <cstddef>
#include <vector>

#include "timing/run/phase.h"
#include "timing/run/regions.h"
#include "timing/stats.h"

namespace m2sim::timing {

// What is counted between moments of one run, added up.
class StatsSum {
 public:
  explicit StatsSum(const TimingStats& nothing) : sum_(nothing), before_(nothing) {}

  void count(bool on, const TimingStats& now) {
    if (on && !on_) before_ = now;
    // now - (before - sum): a sum, of differences.
    if (!on && on_) sum_ = difference(now, difference(before_, sum_));
    on_ = on;
  }
  bool counts() const { return on_; }
  const TimingStats& sum() const { return sum_; }
  TimingStats sum(const TimingStats& now) const {
    return on_ ? difference(now, difference(before_, sum_)) : sum_;
  }

 private:
  TimingStats sum_;
  TimingStats before_;
  bool on_ = false;
};

// `run` goes on by a phase and returns its end; `counts(bool)` is told when the parts that count begin and
// end.
template <class Model, class Run, class Counts>
emu::RunEnd measure_regions(emu::Emulator& emulator, Model& model, RegionWalk& walk,
                            std::vector<RegionFigures>& regions, Run run, Counts counts) {
  std::vector<StatsSum> sums(walk.size(), StatsSum(difference(model.stats(), model.stats())));
  emu::RunEnd end;
  bool counted = false;
  for (bool more = true; more;) {
    const bool was_inside = walk.inside();
    const std::uint64_t insts = emulator.stats().insts;
    end = run(Phase{walk.until(), walk.counts()   ? Listener::kFigures
                                  : walk.inside() ? Listener::kModel
                                                  : Listener::kNobody});
    more = walk.ran(end, emulator.stats().insts - insts, emulator.cpu());
    if (was_inside && (!more || !walk.inside())) model.finish();
    const TimingStats now = model.stats();
    for (std::size_t i = 0; i < sums.size(); ++i) {
      sums[i].count(more && walk.counts() && walk.is_inside(i), now);
    }
    if (const bool count = more && walk.counts(); count != counted) counts(counted = count);
  }
  for (std::size_t i = 0; i < sums.size(); ++i) {
    regions.push_back(walk.figures(i));
    regions.back().timing = sums[i].sum();
  }
  return end;
}

}  // namespace m2sim::timing
