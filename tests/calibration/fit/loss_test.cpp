#include "calibration/fit/loss.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace m2sim::calibration {
namespace {

const double kNan = std::numeric_limits<double>::quiet_NaN();

FitProblem two() {
  FitProblem problem;
  problem.observations = {{.name = "a", .set = "s", .measured = 10, .low = 10, .high = 10},
                          {.name = "b", .set = "s", .measured = 20, .low = 18, .high = 22}};
  return problem;
}

TEST(Loss, SigmaJoinsTheIntervalAndTheModelsError) {
  const FitProblem problem = two();
  const Loss loss(problem, {.model_error = 0.03});
  EXPECT_DOUBLE_EQ(loss.sigma(0), 0.03);
  EXPECT_DOUBLE_EQ(loss.sigma(1), std::hypot(0.03, std::log(22.0 / 18) / 3.92));
  EXPECT_GT(Loss(problem, {.model_error = 0}).sigma(0), 0);
}

TEST(Loss, IsSymmetricInRatiosAndTheSquareOfSigmas) {
  const FitProblem problem = two();
  const Loss loss(problem, {.model_error = 0.02});
  EXPECT_NEAR(loss(0, 10 * std::exp(0.04)), 4, 1e-12);
  EXPECT_NEAR(loss(0, 10 * std::exp(-0.04)), 4, 1e-12);
  EXPECT_EQ(loss(0, 10), 0);
}

TEST(Loss, RobustGrowsInAStraightLineFarOut) {
  const FitProblem problem = two();
  const Loss square(problem, {.model_error = 0.02});
  const Loss robust(problem, {.model_error = 0.02, .robust = true});
  EXPECT_EQ(robust(0, 10.1), square(0, 10.1));
  const auto at = [&](double sigmas) { return robust(0, 10 * std::exp(0.02 * sigmas)); };
  EXPECT_NEAR(at(20) - at(10), at(30) - at(20), 1e-9);
  EXPECT_LT(at(10), 100);
}

TEST(Loss, SumsWhatIsChosenAndCountsWhatIsMissingForMuch) {
  const FitProblem problem = two();
  const Loss loss(problem, {});
  EXPECT_EQ(loss({11, 20}, {false, true}), 0);
  EXPECT_EQ(loss({11, 21}, {true, true}), loss(0, 11) + loss(1, 21));
  EXPECT_GT(loss({10, kNan}, {true, true}), 1e5);
}

TEST(Loss, ErrorsAreRatios) {
  const FitProblem problem = two();
  const Loss loss(problem, {.model_error = 0.05});
  EXPECT_NEAR(loss.mean_error({11, 18}, {true, true}), 0.1, 1e-12);
  EXPECT_NEAR(loss.error({10 * std::exp(0.1), 7}, {true, false}), 0.1, 1e-12);
  const double both = loss.error({10 * std::exp(0.1), 20}, {true, true});
  EXPECT_LT(both, 0.1);
  EXPECT_GT(both, 0.1 / std::sqrt(2.0)) << "the first was measured more precisely and counts for more";
}

}  // namespace
}  // namespace m2sim::calibration
