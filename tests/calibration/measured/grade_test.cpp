#include "calibration/measured/grade.h"

#include <gtest/gtest.h>

namespace m2sim::calibration {
namespace {

constexpr double kGhz = 3.2;

// A program of 10 cycles an iteration that starts in a millisecond; `noise` is a share, up and down by turns.
MeasuredProgram loop(double noise = 0) {
  MeasuredProgram program;
  program.program = "loop";
  program.unit = "pass";
  double sign = noise;
  for (const unsigned iterations :
       {1'000'000U, 2'000'000U, 4'000'000U, 8'000'000U, 16'000'000U, 32'000'000U}) {
    const double ns = 1e6 + 10 / kGhz * static_cast<double>(iterations) * (1 + sign);
    program.points.push_back({iterations, {ns * 1e-9}, {}, {}});
    sign = -sign;
  }
  return program;
}

MeasurementSet set_of(MeasuredProgram program) {
  MeasurementSet set;
  set.name = "test";
  set.source = "made up";
  set.machine.chip = "M2";
  set.core_type = CoreType::kPerformance;
  set.clock = {ClockHow::kDerived, kGhz, ""};
  set.measurements.push_back(std::move(program));
  return set;
}

Graded grade_of(const MeasurementSet& set) { return graded({{set}}).at(0); }

void expect_grade(const MeasurementSet& set, Grade grade, const std::string& reason) {
  const Graded one = grade_of(set);
  EXPECT_EQ(name_of(one.grade), name_of(grade)) << reason;
  ASSERT_FALSE(one.reasons.empty()) << reason;
  EXPECT_NE(one.reasons[0].find(reason), std::string::npos) << one.reasons[0];
}

TEST(Grade, AGoodSetIsA) {
  const Graded one = grade_of(set_of(loop()));
  EXPECT_EQ(one.grade, Grade::kA);
  EXPECT_TRUE(one.reasons.empty());
  EXPECT_NEAR(*one.cycles, 10, 1e-6);
  EXPECT_NEAR(*one.ns, 3.125, 1e-6);
  EXPECT_NEAR(one.regression->intercept, 1e6, 1);
  EXPECT_EQ(one.clock_how, "derived");
  EXPECT_EQ(one.core_type, "P");
}

TEST(Grade, TheSlopesErrorDecidesBetweenAAndBAndC) {
  EXPECT_EQ(grade_of(set_of(loop(0.001))).grade, Grade::kA);
  expect_grade(set_of(loop(0.005)), Grade::kB, "slope error 0.26 %");
  expect_grade(set_of(loop(0.02)), Grade::kB, "slope error 1.07 %");
  expect_grade(set_of(loop(0.05)), Grade::kC, "slope error 2.7");
}

TEST(Grade, TheIntervalIsTheSlopesAndTheClocks) {
  const Graded alone = grade_of(set_of(loop(0.001)));
  const double width = *alone.cycles - alone.low;
  EXPECT_NEAR(width, 2.776 * alone.regression->relative_error() * *alone.cycles, 1e-4);
  // As uncertain a chain in the same run makes it wider by the root of two, and is itself what it was.
  MeasurementSet set = set_of(loop(0.001));
  set.measurements.push_back(loop(0.001));
  set.measurements[1].program = "chain";
  set.measurements[1].certain_cycles = 10;
  set.measurements[1].certain_why = "made so";
  set.clock = {ClockHow::kDerived, {}, "chain"};
  const std::vector<Graded> both = graded({{set}});
  EXPECT_NEAR(*both[0].cycles, 10, 1e-9);
  EXPECT_NEAR(*both[0].clock_ghz, kGhz, 0.01);
  EXPECT_NEAR(*both[0].cycles - both[0].low, width * 1.4142, 1e-3);
  EXPECT_NEAR(*both[1].cycles - both[1].low, width, 1e-3);
}

TEST(Grade, CoresAndClocksThatAreNotKnownTakeOff) {
  MeasurementSet set = set_of(loop());
  set.core_type = CoreType::kAssumedPerformance;
  expect_grade(set, Grade::kB, "that it was a P-core is assumed");
  set.core_type = CoreType::kUnknown;
  expect_grade(set, Grade::kC, "core type unknown");
  set.core_type = CoreType::kEfficiency;
  expect_grade(set, Grade::kC, "an E-core");
  set = set_of(loop());
  set.clock = {ClockHow::kAssumed, kGhz, ""};
  expect_grade(set, Grade::kB, "the clock, 3.2 GHz, is assumed");
  set.clock = {ClockHow::kUnknown, {}, ""};
  expect_grade(set, Grade::kC, "no clock");
  EXPECT_FALSE(grade_of(set).cycles);
  EXPECT_NEAR(*grade_of(set).ns, 3.125, 1e-6);
}

TEST(Grade, AClockBesideTheReadingsIsUsedAndMustNotDrift) {
  const auto drifting = [](double share) {
    MeasuredProgram program = loop();
    double ghz = kGhz;
    for (MeasuredPoint& point : program.points) {
      point.seconds[0] *= kGhz / ghz;
      point.clock_ghz = {ghz};
      ghz = kGhz * (1 - share);
    }
    return set_of(program);
  };
  EXPECT_EQ(grade_of(drifting(0.009)).grade, Grade::kA);
  EXPECT_NEAR(*grade_of(drifting(0.009)).cycles, 10, 1e-6);
  expect_grade(drifting(0.02), Grade::kB, "the clock drifts by 2.0 %, from 3.136 to 3.200 GHz");
  expect_grade(drifting(0.1), Grade::kC, "the clock drifts by 11.1 %");
  EXPECT_NEAR(*grade_of(drifting(0.1)).cycles, 10, 1e-6);
  EXPECT_EQ(grade_of(drifting(0.1)).regression_over, Over::kCycles);
}

TEST(Grade, CountedCyclesNeedNoTime) {
  MeasuredProgram program = loop();
  for (MeasuredPoint& point : program.points) {
    point.seconds.clear();
    const auto iterations = static_cast<double>(point.iterations);
    point.counters = {{"pmu.CORE_ACTIVE_CYCLE", {5000 + 10 * iterations}},
                      {"pmu.INST_ALL", {900 + 23 * iterations}}};
  }
  MeasurementSet set = set_of(program);
  set.clock = {ClockHow::kCounted, {}, ""};
  const Graded one = grade_of(set);
  EXPECT_EQ(one.grade, Grade::kA);
  EXPECT_NEAR(*one.cycles, 10, 1e-9);
  EXPECT_FALSE(one.ns);
  EXPECT_NEAR(one.counters.at("pmu.INST_ALL"), 23, 1e-9);
  EXPECT_NEAR(one.regression->intercept, 5000, 1e-3);
  // A counter that a point lacks is none.
  set.measurements[0].points[3].counters.erase("pmu.INST_ALL");
  EXPECT_FALSE(grade_of(set).counters.contains("pmu.INST_ALL"));
}

TEST(Grade, WhatDoesNotLieOnALineIsC) {
  MeasuredProgram program = loop();
  // The longest run is at another speed: least squares follows it, most pairs do not.
  program.points.back().seconds[0] *= 0.88;
  const Graded one = grade_of(set_of(program));
  EXPECT_EQ(one.grade, Grade::kC);
  EXPECT_NE(one.reasons[0].find("slope error"), std::string::npos);
  EXPECT_NE(one.reasons[1].find("not linear: Theil-Sen gives a slope +"), std::string::npos)
      << one.reasons[1];
  // The interval has both slopes.
  EXPECT_GE(one.high, one.regression->theil_sen * kGhz);
  EXPECT_LE(one.low, *one.cycles);
}

TEST(Grade, AnInterceptThatDwarfsTheLoopIsC) {
  MeasuredProgram program = loop();
  for (MeasuredPoint& point : program.points) point.seconds[0] += 0.2;
  expect_grade(set_of(program), Grade::kC, "what does not depend on the iterations is 2.1 times");
}

TEST(Grade, OneOrTwoSizesAreC) {
  MeasuredProgram program = loop();
  program.points.resize(2);
  expect_grade(set_of(program), Grade::kC, "two sizes only");
  EXPECT_NEAR(*grade_of(set_of(program)).cycles, 10, 1e-9);
  program.points.resize(1);
  expect_grade(set_of(program), Grade::kC, "one size only");
  EXPECT_NEAR(*grade_of(set_of(program)).cycles, 13.2, 1e-9);
  EXPECT_FALSE(grade_of(set_of(program)).regression);
}

TEST(Grade, ASlopeThatIsNoneIsX) {
  MeasuredProgram falling = loop();
  for (MeasuredPoint& point : falling.points) point.seconds[0] = 0.2 - point.seconds[0];
  expect_grade(set_of(falling), Grade::kX, "no usable slope: more iterations take no longer");
  EXPECT_FALSE(grade_of(set_of(falling)).cycles);
  EXPECT_FALSE(grade_of(set_of(falling)).ns);
  MeasuredProgram noise = loop();
  double up = 0.5;
  for (MeasuredPoint& point : noise.points) point.seconds[0] = 1 + (up = -up) + point.seconds[0];
  expect_grade(set_of(noise), Grade::kX, "no usable slope: its interval reaches from");
}

TEST(Grade, FasterThanCanBeIsX) {
  MeasuredProgram program = loop();
  program.certain_cycles = 11;
  program.certain_why = "made up";
  expect_grade(set_of(program), Grade::kX, "10 cycles, and it cannot take less than 11");
  program.certain_cycles = 10.3;
  EXPECT_EQ(grade_of(set_of(program)).grade, Grade::kA);
  // An assumed clock is what the check's factor is for.
  program.certain_cycles = 11;
  MeasurementSet set = set_of(program);
  set.clock = {ClockHow::kAssumed, kGhz, ""};
  EXPECT_EQ(grade_of(set).grade, Grade::kB);
}

TEST(Grade, FiguresAreBAtBest) {
  MeasuredProgram program = loop();
  program.points.clear();
  program.figure = PublishedFigure{20, 19.8, 20.2};
  expect_grade(set_of(program), Grade::kB, "a figure alone");
  EXPECT_NEAR(*grade_of(set_of(program)).ns, 6.25, 1e-9);
  program.figure = PublishedFigure{20, 18, 20};
  expect_grade(set_of(program), Grade::kC, "a figure that leaves 10.0 % open");
  EXPECT_EQ(grade_of(set_of(program)).low, 18);
}

TEST(Grade, AnotherProgramIsC) {
  MeasuredProgram program = loop();
  program.differs = "another program with the same access pattern";
  expect_grade(set_of(program), Grade::kC, "another program with the same access pattern");
}

TEST(Grade, ReadingsOfAPointAreTrimmed) {
  MeasuredProgram program = loop();
  for (MeasuredPoint& point : program.points) {
    const double seconds = point.seconds[0];
    point.seconds = {9 * seconds, seconds, seconds, seconds, 0.1 * seconds};
  }
  EXPECT_EQ(grade_of(set_of(program)).grade, Grade::kA);
  EXPECT_NEAR(*grade_of(set_of(program)).cycles, 10, 1e-6);
}

}  // namespace
}  // namespace m2sim::calibration
