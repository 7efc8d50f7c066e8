#include "calibration/measured/counters_csv.h"

#include <gtest/gtest.h>

#include "calibration/measured/grade.h"
#include "calibration/measured/measurement_error.h"

namespace m2sim::calibration {
namespace {

constexpr const char* kTable = R"(# made by hand
program,iterations,cycles,INST_ALL,seconds
loop,3000,30100,69000,1e-5
loop,1000,10100,23000,4e-6
loop,1000,10102,23000,4e-6
loop,2000,20100,46000,7e-6
other,10,500,70,1e-6
)";

const ReadingsOf kOf{"table", "me", "today", "M2", CoreType::kPerformance};

TEST(CountersCsv, ReadingsOfOneSizeArePoints) {
  const std::vector<Reading> readings = parse_counters_csv(kTable, "t.csv");
  ASSERT_EQ(readings.size(), 5U);
  EXPECT_EQ(readings[0].counters.at("pmu.CORE_ACTIVE_CYCLE"), 30100);
  EXPECT_EQ(readings[0].seconds, 1e-5);
  const MeasurementSet set = set_of_readings(kOf, readings);
  EXPECT_EQ(set.clock.how, ClockHow::kCounted);
  ASSERT_EQ(set.measurements.size(), 2U);
  ASSERT_EQ(set.measurements[0].points.size(), 3U);
  EXPECT_EQ(set.measurements[0].points[0].iterations, 1000U);
  EXPECT_EQ(set.measurements[0].points[0].seconds.size(), 2U);
  const std::vector<Graded> all = graded({{set}});
  EXPECT_EQ(all[0].grade, Grade::kA);
  EXPECT_NEAR(*all[0].cycles, 10, 0.01);
  EXPECT_NEAR(all[0].counters.at("pmu.INST_ALL"), 23, 1e-9);
  EXPECT_EQ(all[1].grade, Grade::kC);
}

TEST(CountersCsv, ClocksBesideTheReadingsAreDerivedOnes) {
  const auto set =
      set_of_readings(kOf, parse_counters_csv("program,iterations,seconds,clock_ghz\nx,5,1,3\n", "t"));
  EXPECT_EQ(set.clock.how, ClockHow::kDerived);
  EXPECT_EQ(set.measurements[0].points[0].clock_ghz, std::vector<double>{3});
  const auto timed = set_of_readings(kOf, parse_counters_csv("program,iterations,seconds\r\nx,5,1\r\n", "t"));
  EXPECT_EQ(timed.clock.how, ClockHow::kUnknown);
}

TEST(CountersCsv, WhatIsWrongIsSaidInOneLine) {
  struct Bad {
    std::string text, message, unknown;
  };
  for (const Bad& bad :
       {Bad{"program,iterations,cylces\nx,1,2\n", "'t', line 1: there is no counter 'cylces'", "cylces"},
        {"program,iterations,cycles,r2\nx,1,2,3\n", "two columns are pmu.CORE_ACTIVE_CYCLE", ""},
        {"program,iterations,cycles\n", "'t': a head and no readings", ""},
        {"program,iterations,cycles\nx,1\n", "line 2: 2 fields and 3 columns", ""},
        {"program,iterations,cycles\n,1,2\n", "line 2: no name of a program", ""},
        {"program,iterations,cycles\nx,0,2\n", "0 iterations; they are a whole number", ""},
        {"program,iterations,cycles\nx,1.5,2\n", "1.5 iterations", ""},
        {"program,iterations,cycles\nx,1e30,2\n", "1e30 iterations", ""},
        {"program,iterations,cycles\nx,1,two\n", "'two' is no number", ""},
        {"program,iterations,cycles\nx,1,inf\n", "'inf' is no number", ""},
        {"program,iterations,cycles\n\"x,1,2\n", "a quote that does not end", ""}}) {
    try {
      parse_counters_csv(bad.text, "t");
      ADD_FAILURE() << bad.text << " was taken";
    } catch (const MeasurementError& error) {
      EXPECT_NE(std::string(error.what()).find(bad.message), std::string::npos) << error.what();
      EXPECT_EQ(error.unknown(), bad.unknown);
    }
  }
}

TEST(Readings, AreOfOneKind) {
  Reading one;
  one.program = "x";
  one.iterations = 3;
  one.seconds = 1;
  Reading two = one;
  two.counters["pmu.INST_ALL"] = 5;
  EXPECT_THROW(set_of_readings(kOf, {one, two}), MeasurementError);
  two.iterations = 4;
  EXPECT_THROW(set_of_readings(kOf, {one, two}), MeasurementError);
  two.counters.clear();
  EXPECT_EQ(set_of_readings(kOf, {one, two}).measurements[0].points.size(), 2U);
  two.seconds = -1;
  EXPECT_THROW(set_of_readings(kOf, {one, two}), MeasurementError);
}

}  // namespace
}  // namespace m2sim::calibration
