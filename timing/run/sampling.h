// Sampled timing: most of a run passes at the speed of emulation, and windows of it are timed, from which
// the figures of the whole are estimated (SMARTS, Wunderlich and others 2003). Before a window caches and
// predictors learn from the log alone (timing/pipe/warming.h), and then the pipe fills.
//
// The run is cut into strata, one behind the other, each with one window at a random place. A stratum is a
// fixed part of what lies before it, or shorter where the interval asked for needs more windows, so that the
// number of windows follows the variance that was met and nobody has to know how long the run is. The
// first instructions are timed whole.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "timing/stats.h"

namespace m2sim::timing {

inline constexpr double kSampleConfidence = 0.95;

struct SamplePlan {
  // Half the width of CPI's interval that is asked for, of CPI.
  double error = 0.03;
  // In instructions. A window is timed and counts; so many before it are timed and do not; from so many
  // before these, or more, caches and predictors learn.
  std::uint64_t window = 2'000;
  std::uint64_t detail = 2'000;
  std::uint64_t warming = 50'000;
  std::uint32_t seed = 1;
  bool check = false;  // time the whole run, too
};

struct SampledFigures {
  std::uint64_t windows = 0;  // the first instructions, timed whole, not among them
  // Instructions by what was done with them; the rest passed at the speed of emulation.
  std::uint64_t measured = 0;
  std::uint64_t detailed = 0;  // timed, and did not count
  std::uint64_t warmed = 0;
  // By figure of stat_table(): half the width of its interval; not known from less than two windows.
  std::vector<std::optional<double>> half_widths;
  // Of CPI's half width, as a part of CPI. No value: not known.
  std::optional<double> error;
  bool met = false;  // what was asked for
  // As a part of the cycles, what longer warming might have saved: misses of the L2, at the most, and what
  // mispredictions and misses were still falling by.
  double unwarmed = 0;
  std::optional<TimingStats> whole;  // SamplePlan::check
  // Where the windows are simulation points (timing/run/simpoints.h): of so many phases or parts of phases,
  // and so many more were asked for behind the run's end.
  std::uint64_t strata = 0;
  std::uint64_t missed = 0;
};

}  // namespace m2sim::timing
