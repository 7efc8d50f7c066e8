// A straight line through points, and how well it is known.
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace m2sim::calibration {

inline constexpr double kConfidence = 0.95;  // of every interval

struct Regression {
  std::vector<double> x, y;
  std::vector<double> residuals;  // y less the line of least squares

  // Least squares. Intervals are Student's t of n - 2 degrees of freedom times the standard error; of two
  // points there is none (error and interval are 0 wide).
  double slope = 0;
  double slope_error = 0;  // standard error
  double slope_low = 0, slope_high = 0;
  double intercept = 0;
  double intercept_error = 0;
  double r2 = 0;

  // The median of the slopes of all pairs (Theil, Sen). Its interval is Sen's of 1968: as many slopes are cut
  // from each end as Kendall's rank statistic leaves, its distribution taken as normal.
  double theil_sen = 0;
  double theil_sen_low = 0, theil_sen_high = 0;

  double relative_error() const { return slope_error / slope; }
};

// Nothing where there are fewer than two points or all have one x.
std::optional<Regression> regress(std::span<const double> x, std::span<const double> y);

}  // namespace m2sim::calibration
