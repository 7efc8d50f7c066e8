#include "calibration/fit/evaluations.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <optional>
#include <stdexcept>

#include "tests/calibration/fit/analytic.h"

namespace m2sim::calibration {
namespace {

const std::vector<Formula> kFormulas = {[](const Values& v) { return 1.0 + v[0]; },
                                        [](const Values& v) { return 10.0 * v[1]; }};

FitProblem counting(std::atomic<int>& calls) {
  FitProblem problem = analytic_problem({{"a", 0, 9, 3}, {"b", 0, 9, 4}}, kFormulas, {1, 1});
  problem.predict = [&calls](std::size_t i, const Values& values) {
    ++calls;
    if (values[1] == 9) throw std::runtime_error("it faults");
    return kFormulas[i](values);
  };
  problem.buildable = [](const Values& values) { return values[0] != 9; };
  return problem;
}

TEST(Evaluations, EachVectorIsEvaluatedOnceAndToldOf) {
  std::atomic<int> calls = 0;
  const FitProblem problem = counting(calls);
  std::vector<Values> told;
  int ticks = 0;
  Evaluations evaluations(
      problem, 3,
      {.evaluated = [&](const Values& values, const Predictions&) { told.push_back(values); },
       .tick = [&](const FitStatus&) { ++ticks; }});
  EXPECT_EQ(evaluations({1, 2}), (Predictions{2, 20}));
  const std::vector<Values> batch = {{1, 2}, {1, 3}, {2, 3}, {1, 3}};
  evaluations.request(batch);
  EXPECT_EQ(evaluations({2, 3}), (Predictions{3, 30}));
  EXPECT_EQ(calls, 6);
  EXPECT_EQ(told, (std::vector<Values>{{1, 2}, {1, 3}, {2, 3}}));
  EXPECT_EQ(evaluations.asked(), 3U);
  EXPECT_EQ(evaluations.evaluated(), 3U);
  EXPECT_GT(ticks, 0);
}

TEST(Evaluations, WhatAJournalKnowsIsAskedForButNotEvaluated) {
  std::atomic<int> calls = 0;
  const FitProblem problem = counting(calls);
  Evaluations evaluations(problem, 1, {});
  evaluations.know({5, 5}, {70, 71});
  evaluations.know({6, 6}, {80, 81});
  int seen = 0;
  evaluations.for_each_asked([&](const Values&, const Predictions&) { ++seen; });
  EXPECT_EQ(seen, 0) << "what nobody asked for is as if it were not known";
  EXPECT_EQ(evaluations({5, 5}), (Predictions{70, 71}));
  evaluations.for_each_asked([&](const Values& values, const Predictions& predictions) {
    EXPECT_EQ(values, (Values{5, 5}));
    EXPECT_EQ(predictions[0], 70);
    ++seen;
  });
  EXPECT_EQ(seen, 1);
  EXPECT_EQ(calls, 0);
  EXPECT_EQ(evaluations.asked(), 1U);
  EXPECT_EQ(evaluations.evaluated(), 0U);
}

TEST(Evaluations, WhatCannotBeBuiltOrDoesNotRunHasNoPrediction) {
  std::atomic<int> calls = 0;
  const FitProblem problem = counting(calls);
  Evaluations evaluations(problem, 1, {});
  EXPECT_TRUE(std::isnan(evaluations({9, 1})[0]));
  EXPECT_EQ(calls, 0);
  EXPECT_TRUE(std::isnan(evaluations({1, 9})[1]));
  EXPECT_TRUE(std::isnan(evaluations({1, 0})[1])) << "nothing is no ratio";
}

TEST(Evaluations, WhatSeveralMeasuredIsAskedOnce) {
  std::atomic<int> calls = 0;
  FitProblem problem = counting(calls);
  problem.observations.push_back(problem.observations[1]);
  Evaluations evaluations(problem, 1, {});
  EXPECT_EQ(evaluations({1, 2}), (Predictions{2, 20, 20}));
  EXPECT_EQ(calls, 2);
}

TEST(Evaluations, WhatIsEnoughEndsAnEvaluation) {
  std::atomic<int> calls = 0;
  const FitProblem problem = counting(calls);
  std::vector<Predictions> told;
  Evaluations evaluations(
      problem, 2,
      {.evaluated = [&](const Values&, const Predictions& predictions) { told.push_back(predictions); },
       .tick = {}});
  const Wish second{{1}};
  EXPECT_EQ(evaluations({1, 2}, second), (Predictions{kUnasked, 20}));
  EXPECT_EQ(evaluations({1, 2}, second), (Predictions{kUnasked, 20}));
  const Wish enough{{1, 0}, [](const Predictions& so_far) { return so_far[1] != kUnasked; }};
  EXPECT_EQ(evaluations({1, 2}, enough), (Predictions{kUnasked, 20}));
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(evaluations({1, 2}), (Predictions{2, 20}));
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(evaluations({1, 2}, enough), (Predictions{2, 20}));
  EXPECT_EQ(told, (std::vector<Predictions>{{kUnasked, 20}, {2, 20}}));
  EXPECT_EQ(evaluations.asked(), 1U);
  EXPECT_EQ(evaluations.evaluated(), 1U);
}

TEST(Evaluations, WhatIsKnownIsLookedAtFirstWhereItMayBeEnough) {
  std::atomic<int> calls = 0;
  FitProblem problem = counting(calls);
  problem.known = [](std::size_t question, const Values&) {
    return question == 1 ? std::optional<double>(77) : std::nullopt;
  };
  Evaluations evaluations(problem, 1, {});
  const Wish any{{0, 1},
                 [](const Predictions& so_far) { return so_far[0] != kUnasked || so_far[1] != kUnasked; }};
  EXPECT_EQ(evaluations({1, 2}, any), (Predictions{kUnasked, 77}));
  EXPECT_EQ(calls, 0);
}

TEST(Evaluations, LinesOfAJournalAddUp) {
  std::atomic<int> calls = 0;
  const FitProblem problem = counting(calls);
  Evaluations evaluations(problem, 1, {});
  evaluations.know({5, 5}, {kUnasked, 71});
  evaluations.know({5, 5}, {70, kUnasked});
  EXPECT_EQ(evaluations({5, 5}), (Predictions{70, 71}));
  EXPECT_EQ(calls, 0);
}

TEST(Evaluations, WhatAHookThrowsEndsIt) {
  std::atomic<int> calls = 0;
  const FitProblem problem = counting(calls);
  Evaluations evaluations(
      problem, 2,
      {.evaluated = [](const Values&, const Predictions&) { throw std::runtime_error("disk full"); },
       .tick = {}});
  EXPECT_THROW(evaluations({1, 2}), std::runtime_error);
}

}  // namespace
}  // namespace m2sim::calibration
