#include "calibration/statistics/regression.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>

#include "calibration/statistics/robust.h"
#include "calibration/statistics/student_t.h"

namespace m2sim::calibration {
namespace {

double mean(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

// Sum of (a - mean of a) (b - mean of b): no large numbers are taken from each other.
double cross(std::span<const double> a, std::span<const double> b) {
  const double mean_a = mean(a);
  const double mean_b = mean(b);
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - mean_a) * (b[i] - mean_b);
  return sum;
}

void least_squares(Regression& line) {
  const auto count = static_cast<double>(line.x.size());
  const double sxx = cross(line.x, line.x);
  const double syy = cross(line.y, line.y);
  line.slope = cross(line.x, line.y) / sxx;
  line.intercept = mean(line.y) - line.slope * mean(line.x);
  double left = 0;
  for (std::size_t i = 0; i < line.x.size(); ++i) {
    line.residuals.push_back(line.y[i] - line.intercept - line.slope * line.x[i]);
    left += line.residuals.back() * line.residuals.back();
  }
  line.r2 = syy > 0 ? 1 - left / syy : 1;
  double width = 0;
  if (line.x.size() > 2) {
    line.slope_error = std::sqrt(left / (count - 2) / sxx);
    line.intercept_error = line.slope_error * std::sqrt(sxx / count + mean(line.x) * mean(line.x));
    width = line.slope_error * student_t(kConfidence, static_cast<unsigned>(line.x.size() - 2));
  }
  line.slope_low = line.slope - width;
  line.slope_high = line.slope + width;
}

void theil_sen(Regression& line) {
  constexpr double kNormal = 1.959964;  // 95 % of a normal distribution lie within
  std::vector<double> slopes;
  for (std::size_t i = 0; i < line.x.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (line.x[i] != line.x[j]) slopes.push_back((line.y[i] - line.y[j]) / (line.x[i] - line.x[j]));
    }
  }
  std::ranges::sort(slopes);
  line.theil_sen = median(slopes);
  const auto n = static_cast<double>(line.x.size());
  const auto pairs = static_cast<double>(slopes.size());
  const double spread = kNormal * std::sqrt(n * (n - 1) * (2 * n + 5) / 18);
  // Counted from 1 the interval goes from (pairs - spread) / 2 to (pairs + spread) / 2 + 1.
  const auto cut = static_cast<std::size_t>(std::clamp((pairs - spread) / 2 - 1, 0.0, (pairs - 1) / 2));
  line.theil_sen_low = slopes[cut];
  line.theil_sen_high = slopes[slopes.size() - 1 - cut];
}

}  // namespace

std::optional<Regression> regress(std::span<const double> x, std::span<const double> y) {
  assert(x.size() == y.size());
  if (x.size() < 2 || std::ranges::all_of(x, [&](double value) { return value == x.front(); })) {
    return std::nullopt;
  }
  Regression line;
  line.x.assign(x.begin(), x.end());
  line.y.assign(y.begin(), y.end());
  least_squares(line);
  theil_sen(line);
  return line;
}

}  // namespace m2sim::calibration
