#include "calibration/check/check.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace m2sim::calibration {
namespace {

Graded measured(std::string program, double cycles, std::string set = "set", Grade grade = Grade::kB) {
  Graded graded;
  graded.set = std::move(set);
  graded.program = std::move(program);
  graded.chip = "M1";
  graded.cycles = graded.low = graded.high = cycles;
  graded.grade = grade;
  graded.clock_how = name_of(ClockHow::kDerived);
  return graded;
}

Checked row(double cycles, double ours, Grade grade = Grade::kB) {
  Checked checked;
  checked.measured = measured("p", cycles, "set", grade);
  checked.ours = ours;
  return checked;
}

TEST(Check, ErrorsBothWays) {
  EXPECT_DOUBLE_EQ(row(10, 12).error(), 0.2);
  EXPECT_DOUBLE_EQ(row(10, 5).error(), -0.5);
  EXPECT_DOUBLE_EQ(symmetric(0.2), 0.2);
  EXPECT_DOUBLE_EQ(symmetric(-0.5), 1);  // half as long is as far off as twice as long
  Checked slower = row(10, 9);
  slower.clock_factor = 0.9;
  EXPECT_DOUBLE_EQ(slower.error(), 0);
  EXPECT_DOUBLE_EQ(slower.error_as_assumed(), 9.0 / 10 - 1);
}

TEST(Check, AccuracyOfSeveral) {
  const std::vector<Checked> rows{row(10, 11), row(100, 80), row(1000, 1000)};
  const std::vector<const Checked*> all{&rows[0], &rows[1], &rows[2]};
  const Accuracy found = accuracy(all, AtClock::kOwn);
  EXPECT_EQ(found.count, 3U);
  EXPECT_NEAR(found.mean, 0.1, 1e-12);
  EXPECT_NEAR(found.median, 0.1, 1e-12);
  EXPECT_NEAR(found.worst, 0.2, 1e-12);
  EXPECT_NEAR(found.mean_symmetric, (0.1 + 0.25) / 3, 1e-12);
  const double left = std::pow(std::log(1.1), 2) + std::pow(std::log(0.8), 2);
  EXPECT_NEAR(found.r2.value(), 1 - left / (2 * std::pow(std::log(10), 2)), 1e-12);
  EXPECT_FALSE(accuracy(std::vector<const Checked*>{all[0], all[1]}, AtClock::kOwn).r2);
  EXPECT_EQ(accuracy({}, AtClock::kOwn).count, 0U);
}

TEST(Check, TheTightestBoundIsTheClocksFactor) {
  std::vector<Graded> set{measured("loads", 8), measured("branches", 6.5), measured("others", 3)};
  std::vector<const Graded*> all{&set[0], &set[1], &set[2]};
  EXPECT_EQ(clock_factor(all).program, "");  // its clock is known
  for (Graded& graded : set) graded.clock_how = name_of(ClockHow::kAssumed);
  EXPECT_EQ(clock_factor(all).factor, 1);  // nothing is certain
  set[0].certain_cycles = 6;
  set[1].certain_cycles = 6;
  EXPECT_EQ(clock_factor(all).program, "branches");
  EXPECT_DOUBLE_EQ(clock_factor(all).factor, 6 / 6.5);
}

TEST(Check, WhatAClockWasTakenFromDoesNotCount) {
  Checked chain = row(20, 20);
  EXPECT_TRUE(chain.counts(AtClock::kAssumed));
  chain.gives_factor = true;
  EXPECT_TRUE(chain.counts(AtClock::kAssumed));
  EXPECT_FALSE(chain.counts(AtClock::kOwn));
  chain.measured.gives_clock = true;
  EXPECT_FALSE(chain.counts(AtClock::kAssumed));
  EXPECT_FALSE(row(20, 20, Grade::kX).counts(AtClock::kOwn));
}

constexpr char kAdd[] = "instruction/ADD (immediate, 64-bit) latency 1>2";
constexpr char kMul[] = "instruction/MUL (64-bit) latency 1>2";

TEST(Check, MeasurementsBesideTheirCore) {
  const NamedCore core{"a core", timing::m1_pcore()};
  CheckBatch batch;
  batch.measurements = {measured(kAdd, 1), measured(kMul, 4, "other", Grade::kC),
                        measured("unknown program", 1), measured(kMul, 3, "other", Grade::kX),
                        measured(kMul, 3)};
  batch.measurements.back().chip = "M9";
  batch.core_of = [&core](const Graded& graded) { return graded.chip == "M1" ? &core : nullptr; };
  batch.model = Model::kFastCore;
  batch.jobs = 2;
  const Check found = check(batch, Evaluator({}), [](double, double) {});
  ASSERT_EQ(found.rows.size(), 5U);
  EXPECT_NEAR(found.rows[0].ours.value(), 1, 0.01);
  EXPECT_EQ(found.rows[0].core, "a core");
  EXPECT_NEAR(found.rows[1].error(), -0.25, 0.01);
  EXPECT_EQ(found.rows[1].ours, found.rows[3].ours);
  EXPECT_EQ(found.rows[2].failure, "no program of this name");
  EXPECT_EQ(found.rows[4].failure, "no model of its core");
  ASSERT_EQ(found.sets.size(), 2U);
  EXPECT_EQ(found.sets[1].name, "other");
  EXPECT_EQ(found.sets[1].own.count, 1U);  // without what is of no use
  EXPECT_EQ(found.overall("AB", AtClock::kOwn).count, 1U);
  EXPECT_EQ(found.overall("ABC", AtClock::kOwn).count, 2U);
}

}  // namespace
}  // namespace m2sim::calibration
