#include "calibration/fit/loss.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

#include "tests/calibration/fit/analytic.h"

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

// However much of a vector is known, the loss is right up to the bound, and above it it is above.
TEST(Objective, UpToABoundTheLossIsWhole) {
  const FitProblem whole = analytic_problem(core_like_parameters(), core_like_formulas(), kCoreLikeTruth);
  FitProblem problem = whole;
  std::atomic<unsigned> calls = 0;
  problem.predict = [&](std::size_t i, const Values& values) {
    ++calls;
    return whole.predict(i, values);
  };
  const Loss loss(problem, {});
  Chosen chosen(problem.observations.size(), true);
  chosen[2] = false;
  Evaluations all(whole, 1, {});
  Evaluations evaluations(problem, 2, {});
  evaluations(problem.own());
  const Objective exact(all, loss, chosen);
  const Objective objective(evaluations, loss, chosen);
  std::mt19937 engine(1);
  const auto random = [&engine](std::uint32_t below) { return static_cast<std::uint32_t>(engine()) % below; };
  unsigned above = 0;
  for (unsigned n = 0; n < 2000; ++n) {
    Values values;
    for (const FitParameter& parameter : problem.parameters)
      values.push_back(parameter.min + random(std::min(parameter.max - parameter.min, 6U)));
    const double expected = exact(values);
    const double most = expected * random(20) / 10;
    const double found = objective.up_to(values, most, problem.own());
    if (expected <= most) {
      EXPECT_EQ(found, expected);
    } else {
      EXPECT_GT(found, most);
      ++above;
    }
    if (n % 10 == 0) {
      EXPECT_EQ(objective(values), expected);
    }
  }
  EXPECT_GT(above, 500U);
  EXPECT_LT(calls, evaluations.asked() * problem.observations.size() * 3 / 4);
}

}  // namespace
}  // namespace m2sim::calibration
