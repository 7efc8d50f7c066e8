#include <algorithm>
#include <array>
#include <cmath>

#include "cmd/history/compare.h"

namespace m2sim::cmd {
namespace {

constexpr double kNormal = 1.4826;  // standard deviation over median absolute deviation of normal samples

// Croux and Rousseeuw 1992, the finite-sample factors of the median absolute deviation, from two samples on.
constexpr std::array<double, 8> kFewSamples{1.196, 1.495, 1.363, 1.206, 1.200, 1.140, 1.129, 1.107};

double few_samples_factor(std::size_t count) {
  if (count < 2) return 1;
  if (count - 2 < kFewSamples.size()) return kFewSamples[count - 2];
  const auto n = static_cast<double>(count);
  return n / (n - 0.8);
}

double median_of(std::vector<double>& values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  if (values.size() % 2 == 1) return values[middle];
  return (values[middle - 1] + values[middle]) / 2;
}

}  // namespace

Distribution distribution_of(std::vector<double> samples) {
  Distribution spread;
  if (samples.empty()) return spread;
  spread.count = samples.size();
  spread.median = median_of(samples);
  for (double& value : samples) value = std::abs(value - spread.median);
  spread.deviation = few_samples_factor(spread.count) * kNormal * median_of(samples);
  return spread;
}

double HistoryDifference::percent() const {
  if (change() == 0) return 0;
  return 100 * change() / std::abs(before.median);
}

}  // namespace m2sim::cmd
