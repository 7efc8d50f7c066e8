// Which windows of a run are timed, and what they say of the whole. The run itself is one loop
// (timing/run/simulate_sampled.h), whoever chooses the windows.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "timing/run/sampling.h"
#include "timing/stats.h"

namespace m2sim::timing {

class Windows {
 public:
  virtual ~Windows() = default;

  // What comes next, one part behind the other, in instructions.
  struct Step {
    std::uint64_t skip;
    std::uint64_t warm;
    std::uint64_t detail;
    std::uint64_t measure;
    bool cut = false;  // what there is of the window counts where the run ends inside
    // Drawn: whether what is left out before it has an odd number of choices between dispatch queues. In a
    // loop that shows for as long as it runs.
    bool odd = false;
  };
  virtual Step next() = 0;

  // How warm a window was, in cycles that nothing overlaps.
  struct Warmth {
    double unsure = 0;  // of accesses in the window that longer warming might have made hits, or misses
    std::array<double, 2> quarters{};  // that mispredictions and misses cost in the last quarters of warming
  };
  // The step was made, or at least begun where the run has ended.
  virtual void measured(const TimingStats& window, const Warmth& warmth) = 0;

  // The run has ended behind `insts` instructions.
  struct Estimate {
    TimingStats stats;
    SampledFigures figures;
  };
  virtual Estimate estimate(std::uint64_t insts) const = 0;
};

// By figure of stat_table(): how it would move if the run were more like `window`, in the limit of very
// little, and by how much of that. `sum`: the run's `insts` instructions, as all windows say; `all`: its
// figures.
std::vector<double> influence(const StatsEstimate& sum, std::span<const StatValue> all, std::uint64_t insts,
                              const TimingStats& window);

}  // namespace m2sim::timing
