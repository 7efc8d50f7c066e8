#include "calibration/fit/polish.h"

#include <gtest/gtest.h>

#include "tests/calibration/fit/analytic.h"

namespace m2sim::calibration {
namespace {

Candidate polished(const FitProblem& problem, const Values& start, PolishOptions options) {
  Evaluations evaluations(problem, 1, {});
  const Loss loss(problem, {});
  const Objective objective(evaluations, loss, Chosen(problem.observations.size(), true));
  return polish(objective, Space(problem.parameters), start, options);
}

TEST(Polish, EndsWhereNoStepHelps) {
  const FitProblem problem = analytic_problem(core_like_parameters(), core_like_formulas(), kCoreLikeTruth);
  const Candidate found = polished(problem, {8, 12, 300, 4, 14}, {});
  EXPECT_EQ(found.values, kCoreLikeTruth);
  EXPECT_EQ(found.loss, 0);
}

TEST(Polish, FollowsAValleyBetweenTheAxesByPairs) {
  // Only along the diagonal does the loss fall; each single step makes it greater.
  const std::vector<Formula> formulas = {[](const Values& v) { return 1000.0 + 400.0 * v[0] - 400.0 * v[1]; },
                                         [](const Values& v) { return 100.0 + v[0] + v[1]; }};
  const FitProblem problem = analytic_problem({{"a", 0, 40, 5}, {"b", 0, 40, 5}}, formulas, {30, 30});
  EXPECT_EQ(polished(problem, {5, 5}, {.first_step = 0}).values, (Values{30, 30}));
  EXPECT_NE(polished(problem, {5, 5}, {.first_step = 0, .pairs = false}).values, (Values{30, 30}));
}

TEST(Polish, OfEquallyGoodValuesTakesThatNearestToTheOwn) {
  // Everything from 20 on is the same.
  const std::vector<Formula> formulas = {[](const Values& v) { return 5.0 + std::min(v[0], 20U); }};
  const FitProblem problem = analytic_problem({{"a", 1, 60, 33}}, formulas, {40});
  EXPECT_EQ(polished(problem, {55}, {}).values, (Values{33}));
  EXPECT_EQ(polished(problem, {2}, {}).values, (Values{33}));
}

TEST(Polish, StopsAtWhatIsGoodEnough) {
  const std::vector<Formula> formulas = {[](const Values& v) { return 10.0 + v[0]; }};
  const FitProblem problem = analytic_problem({{"a", 0, 1000, 900}}, formulas, {0});
  const Candidate found = polished(problem, {900}, {.first_step = 0, .good_enough = 100'000});
  EXPECT_LE(found.loss, 100'000);
  EXPECT_GT(found.loss, 0);
}

}  // namespace
}  // namespace m2sim::calibration
