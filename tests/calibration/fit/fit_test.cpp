#include "calibration/fit/fit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "tests/calibration/fit/analytic.h"

namespace m2sim::calibration {
namespace {

using Journal = std::vector<std::pair<Values, Predictions>>;

FitResult fitted(const FitProblem& problem, std::uint64_t seed, Journal* journal = nullptr,
                 const Journal& known = {}, unsigned jobs = 2) {
  Evaluations evaluations(problem, jobs,
                          {.evaluated =
                               [journal](const Values& values, const Predictions& predictions) {
                                 if (journal != nullptr) journal->emplace_back(values, predictions);
                               },
                           .tick = {}});
  for (const auto& [values, predictions] : known) evaluations.know(values, predictions);
  return fit(evaluations, nullptr, {.search = {.seed = seed, .global = 200, .local = 60}});
}

// Those of a core, and one that nothing reacts to.
FitProblem with_an_untouched_one() {
  std::vector<FitParameter> parameters = core_like_parameters();
  parameters.push_back({"untouched", 1, 99, 42});
  Values truth = kCoreLikeTruth;
  truth.push_back(7);
  return analytic_problem(std::move(parameters), core_like_formulas(), truth);
}

TEST(Fit, RecoversWhatMadeTheMeasurementsFromTwoSeeds) {
  const FitProblem problem = with_an_untouched_one();
  for (const std::uint64_t seed : {1U, 2U}) {
    const FitResult result = fitted(problem, seed);
    for (std::size_t i = 0; i < kCoreLikeTruth.size(); ++i) {
      const FittedParameter& parameter = result.parameters[i];
      EXPECT_EQ(parameter.determination, Determination::kFitted) << problem.parameters[i].path;
      EXPECT_EQ(parameter.value, kCoreLikeTruth[i]);
      EXPECT_LE(parameter.allowed.low, kCoreLikeTruth[i]);
      EXPECT_GE(parameter.allowed.high, kCoreLikeTruth[i]);
      EXPECT_LT(parameter.allowed.high - parameter.allowed.low, 30U);
    }
    EXPECT_EQ(result.loss, 0);
    EXPECT_GT(result.loss_before, 100);
    EXPECT_EQ(result.errors.weighted, 0);
    EXPECT_GT(result.errors_before.mean, 0.1);
  }
}

TEST(Fit, WhatNothingReactsToKeepsItsOwnValue) {
  const FitResult result = fitted(with_an_untouched_one(), 3);
  EXPECT_EQ(result.parameters.back().determination, Determination::kUntouched);
  EXPECT_EQ(result.parameters.back().value, 42U);
  EXPECT_EQ(result.values.back(), 42U);
  EXPECT_FALSE(result.parameters.back().standard_error);
}

TEST(Fit, OfTwoThatOnlyCountTogetherOneIsFittedGivenTheOther) {
  const std::vector<Formula> formulas = {
      [](const Values& v) { return 10.0 + v[0] + v[1]; }, [](const Values& v) { return 20.0 + v[0] + v[1]; },
      [](const Values& v) { return 9.0 + v[2]; }, [](const Values& v) { return 3.0 + v[2]; }};
  const FitProblem problem =
      analytic_problem({{"a", 1, 20, 5}, {"b", 1, 20, 5}, {"c", 1, 40, 4}}, formulas, {9, 4, 30});
  const FitResult result = fitted(problem, 1);
  EXPECT_EQ(result.loss, 0);
  EXPECT_EQ(result.values[0] + result.values[1], 13U);
  const bool first = is_fitted(result.parameters[0].determination);
  const bool second = is_fitted(result.parameters[1].determination);
  EXPECT_NE(first, second) << "only their sum is known";
  EXPECT_EQ(result.parameters[first ? 1 : 0].determination, Determination::kOpen);
  EXPECT_EQ(result.parameters[first ? 1 : 0].value, 5U);
  EXPECT_EQ(result.parameters[2].value, 30U);
  ASSERT_FALSE(result.together.empty());
  EXPECT_EQ(result.together[0].a, 0U);
  EXPECT_EQ(result.together[0].b, 1U);
}

TEST(Fit, WhatIsOnlyKnownToBeLargeIsALimit) {
  const std::vector<Formula> formulas = {[](const Values& v) { return 10.0 + std::min(v[0], 200U); }};
  const FitResult result = fitted(analytic_problem({{"a", 1, 900, 20}}, formulas, {300}), 1);
  EXPECT_EQ(result.parameters[0].determination, Determination::kLimit);
  EXPECT_EQ(result.parameters[0].allowed.high, 900U);
  EXPECT_EQ(result.values[0], 200U) << "as near to its own value as is allowed";
}

TEST(Fit, ResumedFromAnyPointItGivesTheSame) {
  const FitProblem problem = with_an_untouched_one();
  Journal journal;
  // With one thread what is evaluated is the same, too.
  const FitResult whole = fitted(problem, 4, &journal, {}, 1);
  ASSERT_GT(journal.size(), 100U);
  for (const std::size_t cut : {std::size_t{0}, std::size_t{1}, std::size_t{37}, journal.size() / 2,
                                journal.size() - 1, journal.size()}) {
    Journal rest;
    const Journal known(journal.begin(), journal.begin() + static_cast<std::ptrdiff_t>(cut));
    const FitResult resumed = fitted(problem, 4, &rest, known, 1);
    EXPECT_EQ(rest.size(), journal.size() - cut) << "nothing is evaluated twice";
    EXPECT_EQ(resumed.values, whole.values);
    EXPECT_EQ(resumed.loss, whole.loss);
    EXPECT_EQ(resumed.evaluations, whole.evaluations);
    EXPECT_EQ(resumed.folds->held_out, whole.folds->held_out);
    EXPECT_EQ(resumed.fold_errors.weighted, whole.fold_errors.weighted);
    for (std::size_t i = 0; i < whole.parameters.size(); ++i) {
      EXPECT_EQ(resumed.parameters[i].allowed.low, whole.parameters[i].allowed.low);
      EXPECT_EQ(resumed.parameters[i].allowed.high, whole.parameters[i].allowed.high);
      EXPECT_EQ(resumed.parameters[i].standard_error, whole.parameters[i].standard_error);
    }
  }
}

// What a fit does not need to know changes nothing.
TEST(Fit, KnowingAllBeforehandItGivesTheSame) {
  const FitProblem problem = with_an_untouched_one();
  Journal needed;
  const FitResult result = fitted(problem, 1, &needed);
  Journal all;
  std::size_t unasked = 0;
  for (const auto& [values, predictions] : needed) {
    Predictions whole;
    for (std::size_t i = 0; i < predictions.size(); ++i) whole.push_back(problem.predict(i, values));
    unasked += static_cast<std::size_t>(std::ranges::count(predictions, kUnasked));
    all.emplace_back(values, whole);
  }
  EXPECT_GT(unasked, needed.size());
  Journal more;
  const FitResult again = fitted(problem, 1, &more, all);
  EXPECT_TRUE(more.empty());
  EXPECT_EQ(again.values, result.values);
  EXPECT_EQ(again.loss, result.loss);
  EXPECT_EQ(again.evaluations, result.evaluations);
  EXPECT_EQ(again.folds->held_out, result.folds->held_out);
  EXPECT_EQ(again.sets->held_out, result.sets->held_out);
  for (std::size_t i = 0; i < result.parameters.size(); ++i) {
    EXPECT_EQ(again.parameters[i].allowed.low, result.parameters[i].allowed.low);
    EXPECT_EQ(again.parameters[i].allowed.high, result.parameters[i].allowed.high);
    EXPECT_EQ(again.parameters[i].determination, result.parameters[i].determination);
  }
}

TEST(Fit, CrossValidatesByFoldsAndBySets) {
  const FitResult result = fitted(with_an_untouched_one(), 1);
  ASSERT_TRUE(result.folds);
  EXPECT_EQ(result.folds->groups, 5U);
  ASSERT_TRUE(result.sets);
  EXPECT_EQ(result.sets->groups, 2U);
  for (const double prediction : result.folds->held_out) EXPECT_GT(prediction, 0);
}

TEST(Fit, AMisfitWidensTheIntervals) {
  const std::vector<Formula> formulas = {
      [](const Values& v) { return 10.0 + v[0]; }, [](const Values& v) { return 12.0 + v[0]; },
      [](const Values& v) { return 14.0 + v[0]; }, [](const Values& v) { return 16.0 + v[0]; }};
  FitProblem problem = analytic_problem({{"a", 1, 200, 5}}, formulas, {60});
  const FitResult exact = fitted(problem, 1);
  EXPECT_EQ(exact.scatter, 1);
  problem.observations[0].measured *= 1.2;
  problem.observations[3].measured /= 1.2;
  const FitResult missed = fitted(problem, 1);
  EXPECT_GT(missed.scatter, 10);
  EXPECT_LT(missed.parameters[0].allowed.low, exact.parameters[0].allowed.low);
  EXPECT_GT(missed.parameters[0].allowed.high, exact.parameters[0].allowed.high);
}

TEST(Fit, TheOtherModelConfirmsAndHasTheLastWord) {
  const FitProblem problem = analytic_problem(core_like_parameters(), core_like_formulas(), kCoreLikeTruth);
  FitProblem accurate = problem;  // its latency counts one more
  accurate.predict = [](std::size_t i, const Values& values) {
    Values more = values;
    ++more[1];
    return core_like_formulas()[i](more);
  };
  Evaluations evaluations(problem, 1, {});
  Evaluations confirming(accurate, 1, {});
  const FitResult result = fit(evaluations, &confirming, {.search = {.global = 200, .local = 60}});
  EXPECT_EQ(result.searched, kCoreLikeTruth);
  EXPECT_EQ(result.values, (Values{6, 22, 180, 2, 19}));
  EXPECT_EQ(result.parameters[1].value, 22U);
  EXPECT_EQ(result.confirmed_errors.weighted, 0);
  EXPECT_GT(result.confirmed_errors_before.weighted, 0.1);
  EXPECT_GT(result.confirming_evaluations, 5U);
  EXPECT_LT(result.confirming_evaluations, 60U);
}

TEST(Fit, WhatDoesNotRunIsLeftOut) {
  FitProblem problem = analytic_problem(core_like_parameters(), core_like_formulas(), kCoreLikeTruth);
  problem.predict = [](std::size_t i, const Values& values) {
    if (i == 7) throw std::runtime_error("it faults");
    return core_like_formulas()[i](values);
  };
  const FitResult result = fitted(problem, 1);
  EXPECT_FALSE(result.chosen[7]);
  EXPECT_EQ(result.loss, 0);
  problem.predict = [](std::size_t, const Values&) -> double { throw std::runtime_error("it faults"); };
  EXPECT_THROW(fitted(problem, 1), std::runtime_error);
}

}  // namespace
}  // namespace m2sim::calibration
