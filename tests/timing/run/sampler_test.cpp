// Windows of runs whose CPI is known at every instruction.
#include "timing/run/sampler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include "timing/run/sampling.h"

namespace m2sim::timing {
namespace {

using Step = Sampler::Step;

// Cycles between two instructions of a run.
using Cycles = double (*)(double from, double to);

double steady(double from, double to) { return 0.5 * (to - from); }
// The integral of 1 + sin(x / 50,000).
double waves(double from, double to) {
  constexpr double kLength = 50'000;
  return to - from - kLength * (std::cos(to / kLength) - std::cos(from / kLength));
}

TimingStats window_of(std::uint64_t insts, double cycles) {
  TimingStats stats{};
  stats.core.insts = insts;
  stats.core.cycles = static_cast<std::uint64_t>(std::llround(cycles));
  stats.core.slots_per_cycle = 8;
  stats.core.slots[0] = 8 * stats.core.cycles;
  return stats;
}

struct Sampled {
  Sampler::Estimate estimate;
  std::vector<Step> steps;
};

// `unsure` and `cooling`: parts of a window's cycles, and of warming's quarter but one. With `turns`,
// iterations of so many instructions take a fifth longer and less in turns, counted from where the pipe was
// empty.
Sampled sample(const SamplePlan& plan, std::uint64_t insts, Cycles cycles, double unsure = 0,
               double cooling = 0, std::uint64_t turns = 0) {
  Sampler sampler(plan);
  Sampled result;
  for (std::uint64_t at = 0;;) {
    const Step step = sampler.next();
    const std::uint64_t begin = at + step.skip + step.warm + step.detail;
    at = begin + step.measure;
    if (at > insts) break;
    result.steps.push_back(step);
    const double longer = turns == 0 || step.detail == 0 ? 1 : step.detail / turns % 2 == 0 ? 1.2 : 0.8;
    const double took = longer * cycles(static_cast<double>(begin), static_cast<double>(at));
    const std::uint64_t quarter = step.warm / 4;
    const double more = cooling * static_cast<double>(quarter) * took / static_cast<double>(step.measure);
    sampler.measured(window_of(step.measure, took), {unsure * took, {1000 + more, 1000}});
  }
  result.estimate = sampler.estimate(insts);
  return result;
}

TEST(Sampler, ARunOfOneCpiIsKnownExactly) {
  const Sampled run = sample({}, 100'000'000, steady);
  EXPECT_EQ(run.estimate.stats.core.insts, 100'000'000U);
  EXPECT_EQ(run.estimate.stats.core.cycles, 50'000'000U);
  // But for the cycle at a window's ends.
  EXPECT_NEAR(*run.estimate.figures.error, 1.0 / 1000, 1e-4);
  EXPECT_TRUE(run.estimate.figures.met);
  EXPECT_LT(run.estimate.figures.windows, 300U);
}

TEST(Sampler, TheFirstInstructionsAreTimedWholeAndWindowsLieApart) {
  const SamplePlan plan;
  const Sampled run = sample(plan, 20'000'000, steady);
  EXPECT_EQ(run.steps.front().skip + run.steps.front().warm + run.steps.front().detail, 0U);
  for (std::size_t i = 1; i < run.steps.size(); ++i) {
    const Step& step = run.steps[i];
    EXPECT_GE(step.detail, plan.detail);
    EXPECT_LT(step.detail, plan.detail + 16'000);
    EXPECT_EQ(step.measure, plan.window);
    EXPECT_LE(step.warm, plan.warming);
    EXPECT_TRUE(step.skip == 0 || step.warm == plan.warming);
  }
}

TEST(Sampler, TheIntervalHoldsTheTruthAndIsAsNarrowAsAskedFor) {
  constexpr std::uint64_t kInsts = 60'000'000;
  const double truth = waves(0, kInsts) / kInsts;
  int inside = 0;
  constexpr int kSeeds = 40;
  for (std::uint32_t seed = 0; seed < kSeeds; ++seed) {
    const Sampled run = sample({.seed = seed}, kInsts, waves);
    ASSERT_TRUE(run.estimate.figures.met) << seed;
    EXPECT_LE(*run.estimate.figures.error, 0.03) << seed;
    const double cpi = static_cast<double>(run.estimate.stats.core.cycles) / kInsts;
    inside += std::abs(cpi - truth) <= *run.estimate.figures.error * cpi ? 1 : 0;
  }
  EXPECT_GE(inside, 36);
}

TEST(Sampler, MoreIsAskedForMoreWindowsAreTimed) {
  const std::uint64_t few = sample({.error = 0.1}, 60'000'000, waves).estimate.figures.windows;
  const std::uint64_t many = sample({.error = 0.02}, 60'000'000, waves).estimate.figures.windows;
  EXPECT_GT(many, 3 * few);
}

TEST(Sampler, WhatCannotBeMetIsNotCalledMet) {
  const Sampled run = sample({.error = 0.0001}, 3'000'000, waves);
  EXPECT_FALSE(run.estimate.figures.met);
  EXPECT_GT(*run.estimate.figures.error, 0.0001);
}

TEST(Sampler, ASeedGivesTheSameWindowsAgain) {
  const auto begins = [](std::uint32_t seed) {
    std::vector<std::uint64_t> all;
    for (const Step& step : sample({.seed = seed}, 10'000'000, waves).steps)
      all.push_back(step.skip + step.warm);
    return all;
  };
  EXPECT_EQ(begins(7), begins(7));
  EXPECT_NE(begins(7), begins(8));
}

TEST(Sampler, WarmingGrowsWhereItsWindowsAreNotWarm) {
  const SamplePlan plan;
  EXPECT_GT(sample(plan, 100'000'000, steady, 0.05).steps.back().warm, 4 * plan.warming);
  EXPECT_EQ(sample(plan, 100'000'000, steady, 0).steps.back().warm, plan.warming);
  EXPECT_NEAR(sample({.warming = 1000}, 10'000'000, steady, 0.05).estimate.figures.unwarmed, 0.05, 0.02);
}

TEST(Sampler, WarmingGrowsFromNothingToo) {
  EXPECT_GT(sample({.warming = 0}, 100'000'000, steady, 0.05).steps.back().warm, 10'000U);
}

TEST(Sampler, WarmingGrowsWhileItsEndStillLearns) {
  const SamplePlan plan;
  EXPECT_GT(sample(plan, 100'000'000, steady, 0, 0.05).steps.back().warm, 4 * plan.warming);
  EXPECT_EQ(sample(plan, 100'000'000, steady, 0, -0.05).steps.back().warm, plan.warming);
  // A quarter of the error asked for is let pass.
  EXPECT_EQ(sample({.error = 0.3}, 100'000'000, steady, 0, 0.05).steps.back().warm, plan.warming);
}

TEST(Sampler, WindowsMeetAllTurnsOfALoopAlike) {
  for (const std::uint64_t iteration : {400U, 700U, 1100U, 1900U}) {
    SCOPED_TRACE(iteration);
    const Sampled run = sample({}, 300'000'000, steady, 0, 0, iteration);
    const double cpi = static_cast<double>(run.estimate.stats.core.cycles) / 300'000'000;
    EXPECT_NEAR(cpi, 0.5, 0.02);
    EXPECT_GT(*run.estimate.figures.error, 0.015);
  }
}

TEST(Sampler, MoreIsTimedAheadWhereThatIsAlmostNothing) {
  const Sampled run = sample({}, 300'000'000, steady);
  std::uint64_t most = 0;
  std::uint64_t all = 0;
  for (const Step& step : run.steps) {
    most = std::max(most, step.detail);
    all += step.detail;
  }
  EXPECT_GT(most, 12'000U);
  EXPECT_LT(all, 300'000'000U / 100);
}

TEST(Sampler, ARunThatEndsInItsFirstInstructionsIsWhatWasTimed) {
  Sampler sampler({});
  sampler.next();
  sampler.measured(window_of(777, 500), {});
  const Sampler::Estimate estimate = sampler.estimate(777);
  EXPECT_EQ(estimate.stats.core.cycles, 500U);
  EXPECT_EQ(*estimate.figures.error, 0);
  EXPECT_TRUE(estimate.figures.met);
}

TEST(Sampler, WithoutAnyInstructionNothingIsKnown) {
  const Sampler::Estimate estimate = Sampler({}).estimate(0);
  EXPECT_EQ(estimate.stats.core.cycles, 0U);
  EXPECT_FALSE(estimate.figures.error);
  EXPECT_FALSE(estimate.figures.met);
}

TEST(Sampler, EveryFigureHasItsInterval) {
  const Sampled run = sample({}, 60'000'000, waves);
  const auto table = stat_table();
  ASSERT_EQ(run.estimate.figures.half_widths.size(), table.size());
  const auto half_width = [&](std::string_view name) {
    for (std::size_t i = 0; i < table.size(); ++i)
      if (table[i].name == name) return *run.estimate.figures.half_widths[i];
    ADD_FAILURE() << name;
    return 0.0;
  };
  const double cycles = static_cast<double>(run.estimate.stats.core.cycles);
  EXPECT_NEAR(half_width("core.cycles") / cycles, *run.estimate.figures.error, 1e-4);
  // That of all cycles has the cycle at a window's ends, too.
  EXPECT_LE(half_width("core.cpi_stack.base"), half_width("core.cycles"));
  EXPECT_GT(half_width("core.cpi_stack.base"), half_width("core.cycles") / 2);
  // Of a quotient the same, in first order; its derivative is taken over a finite step.
  EXPECT_NEAR(half_width("core.ipc") * cycles / 6e7, *run.estimate.figures.error, 5e-3);
  EXPECT_EQ(half_width("l1d.misses"), 0);
}

}  // namespace
}  // namespace m2sim::timing
