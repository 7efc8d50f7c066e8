#include "timing/run/trend.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace m2sim::timing {
namespace {

TEST(Trend, OfALineIsTheLine) {
  Trend trend;
  for (int i = 0; i < 50; ++i) trend.add(20 + 0.1 * i, 7 - 3 * (20 + 0.1 * i));
  EXPECT_NEAR(trend.slope().value, -3, 1e-9);
  EXPECT_NEAR(trend.slope().error, 0, 1e-5);
}

TEST(Trend, OfFewPointsNothingIsSaid) {
  Trend trend;
  trend.add(1, 5);
  trend.add(2, 1);
  EXPECT_EQ(trend.slope().value, 0);
  Trend still;  // x does not move
  for (int i = 0; i < 10; ++i) still.add(1, i);
  EXPECT_EQ(still.slope().value, 0);
}

// A step back counts half: what a line through all points so weighted gives.
TEST(Trend, IsTheLineOfLeastSquares) {
  std::mt19937 random(3);
  std::normal_distribution<double> noise;
  std::vector<double> x;
  std::vector<double> y;
  Trend trend;
  for (int i = 0; i < 200; ++i) {
    x.push_back(16 + std::log2(1 + i));
    y.push_back(noise(random));
    trend.add(x.back(), y.back());
  }
  double w = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double weight = std::exp2(x[i] - x.back());
    w += weight;
    sx += weight * x[i];
    sy += weight * y[i];
    sxx += weight * x[i] * x[i];
    sxy += weight * x[i] * y[i];
  }
  EXPECT_NEAR(trend.slope().value, (sxy - sx * sy / w) / (sxx - sx * sx / w), 1e-9);
  EXPECT_LT(std::abs(trend.slope().value), 4 * trend.slope().error);
}

}  // namespace
}  // namespace m2sim::timing
