// Averages that a few wild readings do not move.
#pragma once

#include <vector>

namespace m2sim::calibration {

// Both of at least one value.
double median(std::vector<double> values);
// Without the smallest and the largest `share` of them (rounded down), the mean of the rest.
double trimmed_mean(std::vector<double> values, double share);

}  // namespace m2sim::calibration
