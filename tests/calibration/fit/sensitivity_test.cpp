#include "calibration/fit/sensitivity.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/calibration/fit/analytic.h"

namespace m2sim::calibration {
namespace {

// Evaluated at the truth, with sigma 0.02 and nothing of the measurements' intervals.
FitProblem measured_exactly(FitProblem problem) {
  for (FitObservation& observation : problem.observations) observation.low = observation.high;
  return problem;
}

struct AtTruth {
  AtTruth(std::vector<FitParameter> parameters, const std::vector<Formula>& formulas, Values truth)
      : problem(measured_exactly(analytic_problem(std::move(parameters), formulas, truth))),
        at(std::move(truth)) {}

  FitProblem problem;
  Values at;
  Evaluations evaluations{problem, 1, {}};
  Loss loss{problem, {.model_error = 0.02}};
  Objective objective{evaluations, loss, Chosen(problem.observations.size(), true)};
  Space space{problem.parameters};
};

TEST(Sensitivity, StandardErrorsAreThoseOfALine) {
  // ln(prediction) = 0.01 a: one sigma of 0.02 is two steps; seen twice, less by the root of two.
  const Formula line = [](const Values& v) { return std::exp(0.01 * v[0]); };
  AtTruth once({{"a", 0, 200, 100}}, {line}, {100});
  const Sensitivity one = sensitivity(once.objective, once.space, once.at, 1);
  EXPECT_NEAR(one.slopes[0][0], 0.01, 1e-9);
  EXPECT_NEAR(one.standard_errors[0].value(), 2, 1e-6);
  AtTruth twice({{"a", 0, 200, 100}}, {line, line}, {100});
  EXPECT_NEAR(sensitivity(twice.objective, twice.space, twice.at, 1).standard_errors[0].value(),
              std::sqrt(2.0), 1e-6);
  EXPECT_NEAR(sensitivity(once.objective, once.space, once.at, 9).standard_errors[0].value(), 6, 1e-6);
}

TEST(Sensitivity, WhatOnlyCountsTogetherMovesTogether) {
  AtTruth sum(
      {{"a", 1, 50, 10}, {"b", 1, 50, 20}, {"c", 1, 50, 30}},
      {[](const Values& v) { return 10.0 + v[0] + v[1]; }, [](const Values& v) { return 5.0 + v[2]; }},
      {10, 20, 30});
  const Sensitivity found = sensitivity(sum.objective, sum.space, sum.at, 1);
  EXPECT_FALSE(found.standard_errors[0]);
  EXPECT_FALSE(found.standard_errors[1]);
  EXPECT_TRUE(found.standard_errors[2]);
  ASSERT_EQ(found.together.size(), 1U);
  EXPECT_EQ(found.together[0].a, 0U);
  EXPECT_EQ(found.together[0].b, 1U);
  EXPECT_NEAR(found.together[0].correlation, -1, 1e-3);
}

TEST(Sensitivity, LooksAsFarAsTheBoundsForAReaction) {
  AtTruth setup({{"far", 1, 900, 300}, {"never", 1, 900, 300}},
                {[](const Values& v) { return 10.0 + std::min(v[0], 20U); }}, {300, 300});
  const Sensitivity found = sensitivity(setup.objective, setup.space, setup.at, 1);
  EXPECT_TRUE(found.reacts[0]);
  EXPECT_FALSE(found.reacts[1]);
  EXPECT_FALSE(found.standard_errors[1]);
}

TEST(Sensitivity, LinksGoThroughMeasurementsThatReactToBoth) {
  AtTruth chain(
      {{"a", 1, 50, 10}, {"b", 1, 50, 20}, {"c", 1, 50, 30}, {"alone", 1, 50, 30}},
      {[](const Values& v) { return 10.0 + v[0] + v[1]; }, [](const Values& v) { return 5.0 + v[1] + v[2]; },
       [](const Values& v) { return 7.0 + v[3]; }},
      {10, 20, 30, 40});
  const Sensitivity found = sensitivity(chain.objective, chain.space, chain.at, 1);
  EXPECT_EQ(linked(found, chain.space, 0), (std::vector<std::size_t>{1, 2}));
  EXPECT_EQ(linked(found, chain.space, 3), (std::vector<std::size_t>{}));
}

TEST(Sensitivity, OneParameterMovesAndTheOthersMakeUpForIt) {
  AtTruth setup({{"a", 1, 50, 10}, {"b", 1, 50, 20}},
                {[](const Values& v) { return 10.0 + 2 * v[0] + v[1]; }}, {10, 20});
  const Sensitivity found = sensitivity(setup.objective, setup.space, setup.at, 1);
  EXPECT_EQ(conditional(found, setup.objective, setup.space, setup.at, 0, 14), (Values{14, 12}));
  EXPECT_EQ(conditional(found, setup.objective, setup.space, setup.at, 1, 10), (Values{15, 10}));
}

}  // namespace
}  // namespace m2sim::calibration
