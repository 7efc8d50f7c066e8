#include "calibration/statistics/robust.h"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <numeric>

namespace m2sim::calibration {

double median(std::vector<double> values) {
  assert(!values.empty());
  std::ranges::sort(values);
  const std::size_t half = values.size() / 2;
  return values.size() % 2 != 0 ? values[half] : (values[half - 1] + values[half]) / 2;
}

double trimmed_mean(std::vector<double> values, double share) {
  assert(!values.empty() && share >= 0 && share < 0.5);
  std::ranges::sort(values);
  const auto cut = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size()));
  const auto kept = static_cast<double>(values.size()) - 2 * static_cast<double>(cut);
  return std::accumulate(values.begin() + cut, values.end() - cut, 0.0) / kept;
}

}  // namespace m2sim::calibration
