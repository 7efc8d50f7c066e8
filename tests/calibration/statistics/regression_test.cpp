#include "calibration/statistics/regression.h"

#include <gtest/gtest.h>

#include <numeric>

namespace m2sim::calibration {
namespace {

using Values = std::vector<double>;

const Values kAnscombeX{10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5};

struct Set {
  Values x, y;
  double intercept, slope, r2, intercept_error;
};

// F. J. Anscombe, Graphs in Statistical Analysis, 1973, and the figures that every textbook gives for it.
const std::vector<Set> kQuartet{{kAnscombeX,
                                 {8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68},
                                 3.0001,
                                 0.50009,
                                 0.66654,
                                 1.1247},
                                {kAnscombeX,
                                 {9.14, 8.14, 8.74, 8.77, 9.26, 8.10, 6.13, 3.10, 9.13, 7.26, 4.74},
                                 3.0009,
                                 0.50000,
                                 0.66624,
                                 1.1253},
                                {kAnscombeX,
                                 {7.46, 6.77, 12.74, 7.11, 7.81, 8.84, 6.08, 5.39, 8.15, 6.42, 5.73},
                                 3.0025,
                                 0.49973,
                                 0.66632,
                                 1.1245},
                                {{8, 8, 8, 8, 8, 8, 8, 19, 8, 8, 8},
                                 {6.58, 5.76, 7.71, 8.84, 8.47, 7.04, 5.25, 12.50, 5.56, 7.91, 6.89},
                                 3.0017,
                                 0.49991,
                                 0.66671,
                                 1.1239}};

TEST(Regression, HasTheFiguresOfAnscombesQuartet) {
  for (const Set& set : kQuartet) {
    const Regression line = *regress(set.x, set.y);
    EXPECT_NEAR(line.slope, set.slope, 5e-6);
    EXPECT_NEAR(line.intercept, set.intercept, 5e-5);
    EXPECT_NEAR(line.r2, set.r2, 5e-5);
    EXPECT_NEAR(line.slope_error, 0.1179, 2e-4);
    EXPECT_NEAR(line.intercept_error, set.intercept_error, 6e-5);
    // t of 9 degrees
    EXPECT_NEAR(line.slope_high - line.slope, 2.2622 * line.slope_error, 1e-4);
    EXPECT_NEAR(line.slope_low, 2 * line.slope - line.slope_high, 1e-12);
  }
}

TEST(Regression, TheilSenDoesNotSeeTheOutlierOfTheThirdSet) {
  const Regression line = *regress(kQuartet[2].x, kQuartet[2].y);
  EXPECT_NEAR(line.theil_sen, 0.3455, 1e-3);  // that of the ten points which lie on a line
  EXPECT_LT(line.theil_sen_high, 0.40);
}

TEST(Regression, AnExactLineLeavesNothing) {
  const Values x{1, 2, 4, 8, 16};
  const Values y{5.5, 8, 13, 23, 43};
  const Regression line = *regress(x, y);
  EXPECT_DOUBLE_EQ(line.slope, 2.5);
  EXPECT_NEAR(line.intercept, 3, 1e-13);
  EXPECT_DOUBLE_EQ(line.theil_sen, 2.5);
  EXPECT_NEAR(line.slope_error, 0, 1e-14);
  EXPECT_NEAR(line.r2, 1, 1e-14);
}

TEST(Regression, TheilSensIntervalIsByRank) {
  // The slopes of pairs of squares are sums: 3 4 5 5 6 6 7 7 7 8 8 9 9 10 11. Of six points Kendall's
  // statistic has a deviation of 5.32, so that the interval begins at the second and ends at the fourteenth.
  const Regression line = *regress(Values{1, 2, 3, 4, 5, 6}, Values{1, 4, 9, 16, 25, 36});
  EXPECT_DOUBLE_EQ(line.theil_sen, 7);
  EXPECT_DOUBLE_EQ(line.theil_sen_low, 4);
  EXPECT_DOUBLE_EQ(line.theil_sen_high, 10);
}

TEST(Regression, ResidualsAreWhatTheLineLeaves) {
  const Regression line = *regress(Values{0, 1, 2}, Values{0, 3, 0});
  EXPECT_DOUBLE_EQ(line.slope, 0);
  EXPECT_EQ(line.residuals, (Values{-1, 2, -1}));
  EXPECT_DOUBLE_EQ(line.r2, 0);
  EXPECT_NEAR(line.slope_error, 1.7321, 1e-4);  // sqrt(6 / 1 / 2)
  EXPECT_NEAR(line.slope_high, 22.008, 1e-2);   // t of one degree: 12.706
}

TEST(Regression, LargeAndCloseNumbersKeepTheirDigits) {
  const Regression line = *regress(Values{1e9 + 1, 1e9 + 2, 1e9 + 3}, Values{1e12 + 3, 1e12 + 6, 1e12 + 9});
  EXPECT_NEAR(line.slope, 3, 1e-9);
}

TEST(Regression, TwoPointsGiveALineAndNoError) {
  const Regression line = *regress(Values{10, 20}, Values{5, 9});
  EXPECT_DOUBLE_EQ(line.slope, 0.4);
  EXPECT_EQ(line.slope_error, 0);
  EXPECT_EQ(line.slope_low, line.slope_high);
  EXPECT_DOUBLE_EQ(line.theil_sen, 0.4);
}

TEST(Regression, WithoutTwoDifferentXThereIsNone) {
  EXPECT_FALSE(regress(Values{}, Values{}));
  EXPECT_FALSE(regress(Values{1}, Values{1}));
  EXPECT_FALSE(regress(Values{2, 2, 2}, Values{1, 2, 3}));
}

}  // namespace
}  // namespace m2sim::calibration
