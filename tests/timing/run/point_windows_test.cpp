// Simulation points of runs whose CPI is known at every instruction.
#include "timing/run/point_windows.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include "timing/phases/random.h"
#include "timing/run/simpoints.h"

namespace m2sim::timing {
namespace {

using Step = Windows::Step;

constexpr std::uint64_t kSize = 10'000;

TimingStats window_of(double cpi, std::uint64_t insts = kSize) {
  TimingStats stats{};
  stats.core.insts = insts;
  stats.core.cycles = static_cast<std::uint64_t>(std::llround(cpi * static_cast<double>(insts)));
  stats.core.slots_per_cycle = 8;
  stats.core.slots[0] = 8 * stats.core.cycles;
  return stats;
}

std::vector<std::uint64_t> parts(const Step& step) {
  return {step.skip, step.warm, step.detail, step.measure};
}

SimPointPlan plan_of(std::vector<SimPoint> points) {
  return {.interval_size = kSize, .warming = 5'000, .detail = 1'000, .points = std::move(points)};
}

TEST(PointWindows, LieWhereTheIntervalsAre) {
  const SimPointPlan plan = plan_of({{0, 0, 0.5}, {1, 1, 0.25}, {9, 1, 0.25}});
  PointWindows windows(plan);
  EXPECT_EQ(parts(windows.next()), (std::vector<std::uint64_t>{0, 0, 0, kSize}));
  EXPECT_EQ(parts(windows.next()), (std::vector<std::uint64_t>{0, 0, 0, kSize}));
  EXPECT_EQ(parts(windows.next()), (std::vector<std::uint64_t>{65'000, 4'000, 1'000, kSize}));
  EXPECT_EQ(parts(windows.next()), (std::vector<std::uint64_t>{UINT64_MAX, 0, 0, 0}));
}

TEST(PointWindows, WarmingIsNoLongerThanTheGap) {
  SimPointPlan plan = plan_of({{1, 0, 1}});
  plan.warming = 1'000'000;
  PointWindows windows(plan);
  EXPECT_EQ(parts(windows.next()), (std::vector<std::uint64_t>{0, 9'000, 1'000, kSize}));
}

Windows::Estimate estimate(const SimPointPlan& plan, const std::vector<double>& cpis, std::uint64_t insts) {
  PointWindows windows(plan);
  for (const double cpi : cpis) {
    static_cast<void>(windows.next());
    windows.measured(window_of(cpi), {});
  }
  return windows.estimate(insts);
}

double cpi_of(const Windows::Estimate& estimate) {
  return static_cast<double>(estimate.stats.core.cycles) / static_cast<double>(estimate.stats.core.insts);
}

TEST(PointWindows, FiguresAreWeighted) {
  const auto found = estimate(plan_of({{0, 0, 0.75}, {3, 1, 0.25}}), {1, 3}, 1'000'000);
  EXPECT_EQ(found.stats.core.insts, 1'000'000U);
  EXPECT_NEAR(cpi_of(found), 1.5, 1e-6);
  EXPECT_EQ(found.figures.windows, 2U);
  EXPECT_EQ(found.figures.strata, 2U);
  EXPECT_EQ(found.figures.missed, 0U);
}

TEST(PointWindows, OfASinglePointAPhaseTheErrorIsNotKnown) {
  const auto found = estimate(plan_of({{0, 0, 0.5}, {3, 0, 0.3}, {5, 1, 0.2}}), {1, 1.1, 3}, 1'000'000);
  EXPECT_FALSE(found.figures.error);
  // Unless it is all of its phase.
  const auto all = estimate(plan_of({{0, 0, 0.5}, {3, 0, 0.3}, {5, 1, 0.2}}), {1, 1.1, 3}, kSize * 5);
  EXPECT_TRUE(all.figures.error);
}

TEST(PointWindows, WhatIsTimedWholeIsKnown) {
  const auto found = estimate(plan_of({{0, 0, 0.5}, {1, 0, 0.5}}), {1, 2}, 2 * kSize);
  EXPECT_EQ(found.figures.error, 0.0);
  EXPECT_NEAR(cpi_of(found), 1.5, 1e-6);
}

TEST(PointWindows, PointsBehindTheEndAreMissedAndTheOthersStandForAll) {
  const auto found = estimate(plan_of({{0, 0, 0.5}, {3, 1, 0.25}, {900, 1, 0.25}}), {1, 4}, 1'000'000);
  EXPECT_EQ(found.figures.missed, 1U);
  EXPECT_EQ(found.stats.core.insts, 1'000'000U);
  EXPECT_NEAR(cpi_of(found), 2, 1e-6);
}

TEST(PointWindows, OfNothingNothingIsSaid) {
  const SimPointPlan plan = plan_of({{5, 0, 1}});
  const auto found = PointWindows(plan).estimate(100);
  EXPECT_EQ(found.stats.core.cycles, 0U);
  EXPECT_FALSE(found.figures.error);
}

// Phases of many intervals whose CPI varies: of 95 % of all draws the interval has the run's CPI in it.
TEST(PointWindows, TheIntervalIsRightAsOftenAsItSays) {
  constexpr std::size_t kIntervals = 400;
  constexpr unsigned kDraws = 1'000;
  Random random(3);
  std::vector<double> cpis;
  for (std::size_t i = 0; i < kIntervals; ++i)
    cpis.push_back(i < kIntervals / 4 ? 2 + random.real() : 0.5 + 0.2 * random.real() * random.real());
  const double real = std::accumulate(cpis.begin(), cpis.end(), 0.0) / kIntervals;
  unsigned inside = 0;
  for (unsigned draw = 0; draw < kDraws; ++draw) {
    SimPointPlan plan = plan_of({});
    std::vector<double> drawn;
    for (int i = 0; i < 12; ++i) {
      const bool first = i < 4;
      const std::uint64_t interval = first ? random.below(100) : 100 + random.below(300);
      plan.points.push_back({interval, first ? 0U : 1U, first ? 0.25 / 4 : 0.75 / 8});
      drawn.push_back(cpis[interval]);
    }
    PointWindows windows(plan);
    for (const double cpi : drawn) {
      static_cast<void>(windows.next());
      windows.measured(window_of(cpi), {});
    }
    const auto found = windows.estimate(kIntervals * kSize);
    inside += std::abs(cpi_of(found) - real) <= *found.figures.error * cpi_of(found);
  }
  EXPECT_GE(inside, kDraws * 92 / 100);
  EXPECT_LE(inside, kDraws * 99 / 100);
}

}  // namespace
}  // namespace m2sim::timing
