#include "calibration/fit/search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "tests/calibration/fit/analytic.h"

namespace m2sim::calibration {
namespace {

SearchResult searched(const FitProblem& problem, const SearchOptions& options, unsigned jobs = 1) {
  Evaluations evaluations(problem, jobs, {});
  const Loss loss(problem, {});
  const Objective objective(evaluations, loss, Chosen(problem.observations.size(), true));
  return search(objective, Space(problem.parameters), options);
}

TEST(Search, FindsTheBestOfManyValleys) {
  // Waves on a slope: from where it begins every local search ends in the nearest trough.
  const auto wave = [](double x) { return 100 + std::abs(x - 150) + 30 * std::abs(std::sin(x * 0.314159)); };
  const std::vector<Formula> formulas = {[=](const Values& v) { return wave(v[0]); },
                                         [=](const Values& v) { return wave(v[1]); }};
  const FitProblem problem = analytic_problem({{"a", 0, 200, 21}, {"b", 0, 200, 33}}, formulas, {150, 150});
  for (const std::uint64_t seed : {1U, 2U}) {
    EXPECT_EQ(searched(problem, {.seed = seed}).best.values, (Values{150, 150}));
  }
}

TEST(Search, IsTheSameForASeedAndAnyNumberOfThreads) {
  const FitProblem problem = analytic_problem(core_like_parameters(), core_like_formulas(), kCoreLikeTruth);
  const SearchResult one = searched(problem, {.seed = 5, .global = 60, .local = 20}, 1);
  const SearchResult same = searched(problem, {.seed = 5, .global = 60, .local = 20}, 3);
  EXPECT_EQ(one.best.values, same.best.values);
  EXPECT_EQ(one.design, same.design);
  EXPECT_EQ(one.design.front(), (Values{8, 12, 300, 4, 14}));
  EXPECT_GT(one.design.size(), 10U);
}

TEST(Search, ItsDesignDoesNotDependOnWhatWasMeasured) {
  const FitProblem problem = analytic_problem(core_like_parameters(), core_like_formulas(), kCoreLikeTruth);
  const FitProblem other = analytic_problem(core_like_parameters(), core_like_formulas(), {3, 50, 90, 7, 3});
  EXPECT_EQ(searched(problem, {}).design, searched(other, {}).design);
}

TEST(Search, WithNothingFreeThereIsNothingToSearch) {
  const std::vector<Formula> formulas = {[](const Values& v) { return 10.0 + v[0]; }};
  const FitProblem problem = analytic_problem({{"a", 4, 4, 4}}, formulas, {5});
  EXPECT_EQ(searched(problem, {}).best.values, (Values{4}));
}

TEST(Search, WhatAHookThrowsComesThroughNlopt) {
  const FitProblem problem = analytic_problem(core_like_parameters(), core_like_formulas(), kCoreLikeTruth);
  int left = 20;
  Evaluations evaluations(problem, 1,
                          {.evaluated =
                               [&](const Values&, const Predictions&) {
                                 if (--left == 0) throw std::runtime_error("disk full");
                               },
                           .tick = {}});
  const Loss loss(problem, {});
  const Objective objective(evaluations, loss, Chosen(problem.observations.size(), true));
  EXPECT_THROW(search(objective, Space(problem.parameters), {}), std::runtime_error);
  EXPECT_EQ(left, 0) << "nothing is evaluated behind";
}

}  // namespace
}  // namespace m2sim::calibration
