#include "calibration/fit/profile.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/calibration/fit/analytic.h"

namespace m2sim::calibration {
namespace {

struct Bounds {
  std::uint32_t low;
  std::uint32_t high;
};

Bounds allowed(const FitProblem& problem, const Values& best, std::size_t parameter) {
  Evaluations evaluations(problem, 1, {});
  const Loss loss(problem, {.model_error = 0.02});
  const Objective objective(evaluations, loss, Chosen(problem.observations.size(), true));
  const Space space(problem.parameters);
  const Sensitivity slopes = sensitivity(objective, space, best, 1);
  const Allowed found = allowed_values(objective, space, slopes, best, parameter, kLikelihood95);
  return {found.low, found.high};
}

TEST(Profile, IsWhereTheLossIsWithinTheThreshold) {
  const std::vector<Formula> formulas = {[](const Values& v) { return std::exp(0.01 * v[0]); }};
  FitProblem problem = analytic_problem({{"a", 0, 200, 50}}, formulas, {100});
  problem.observations[0].low = problem.observations[0].high;
  // 1.96 sigma of 0.02 are 3.9 steps.
  const Bounds found = allowed(problem, {100}, 0);
  EXPECT_EQ(found.low, 97U);
  EXPECT_EQ(found.high, 103U);
}

TEST(Profile, FollowsTheOthersAlongWhatTheyMakeUpFor) {
  const std::vector<Formula> formulas = {[](const Values& v) { return 10.0 + v[0] + v[1]; }};
  const FitProblem problem = analytic_problem({{"a", 1, 50, 10}, {"b", 5, 40, 20}}, formulas, {25, 25});
  const Bounds a = allowed(problem, {25, 25}, 0);
  EXPECT_LE(a.low, 11U) << "b goes up to 40";
  EXPECT_GE(a.high, 45U) << "b goes down to 5";
}

TEST(Profile, APlateauReachesToTheBound) {
  const std::vector<Formula> formulas = {[](const Values& v) { return 10.0 + std::min(v[0], 200U); }};
  const FitProblem problem = analytic_problem({{"a", 1, 900, 300}}, formulas, {300});
  const Bounds found = allowed(problem, {300}, 0);
  EXPECT_EQ(found.high, 900U);
  EXPECT_GT(found.low, 185U);
  EXPECT_LT(found.low, 200U);
}

}  // namespace
}  // namespace m2sim::calibration
