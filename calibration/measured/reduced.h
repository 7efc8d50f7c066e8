// A program's readings as one value a point, and what an iteration takes by them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "calibration/measured/measurement.h"
#include "calibration/statistics/regression.h"

namespace m2sim::calibration {

// Points as numbers; what was not measured is empty.
struct Reduced {
  std::vector<double> iterations;
  std::vector<double> ns;      // trimmed means
  std::vector<double> cycles;  // counted, or each reading's time at the clock beside it
  std::vector<double> clocks;  // medians
};
Reduced reduced(const std::vector<MeasuredPoint>& points);

// Of trimmed means over iterations, by least squares; of a single point, its mean. Nothing where a point
// lacks it.
std::optional<double> counter_an_iteration(const std::vector<MeasuredPoint>& points, const std::string& name);

struct KnownClock {
  std::optional<double> ghz;
  double error = 0;  // standard, relative
};
// That of a set as a whole.
KnownClock clock_of(const MeasurementSet& set);

}  // namespace m2sim::calibration
