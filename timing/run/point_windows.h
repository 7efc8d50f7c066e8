// The windows of a run by simulation points, and what they say of the whole.
//
// Points of one phase are taken for a random sample of its intervals: the run is a sum over strata, the
// phases. Of a phase with a single point among several intervals nobody knows how much the others differ.
#pragma once

#include <cstdint>
#include <vector>

#include "timing/run/simpoints.h"
#include "timing/run/windows.h"

namespace m2sim::timing {

class PointWindows final : public Windows {
 public:
  explicit PointWindows(const SimPointPlan& plan);

  Step next() override;
  void measured(const TimingStats& window, const Warmth& warmth) override;
  Estimate estimate(std::uint64_t insts) const override;

 private:
  struct Window {
    SimPoint point;
    TimingStats stats;
    double unwarmed;  // part of the cycles
  };

  double weight() const;
  std::vector<std::vector<const Window*>> by_phase() const;
  void add_half_widths(const StatsEstimate& sum, std::uint64_t insts, Estimate& estimate) const;

  const SimPointPlan& plan_;
  std::size_t next_ = 0;        // point
  std::uint64_t position_ = 0;  // where the last step ended
  std::vector<Window> windows_;
};

}  // namespace m2sim::timing
