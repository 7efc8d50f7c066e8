#include "calibration/measured/perf_stat.h"

#include <gtest/gtest.h>

#include "calibration/measured/measurement_error.h"
#include "calibration/measured/perf_events.h"

namespace m2sim::calibration {
namespace {

// As perf 6.1 writes them, -o and -r among the options.
constexpr const char* kCsv = R"(# started on Fri Nov 27 18:00:00 2026

1000000000,,cycles:u,0.02%,290000000,100.00,,
2300000000,,instructions:u,0.00%,290000000,100.00,2.30,insn per cycle
288,,page-faults:u,1.18%,472208,100.00,98.268,K/sec
290000000,ns,duration_time,0.31%,290000000,100.00,1.975,G/sec
,,,,,,0.1,of something
)";
constexpr const char* kJson =
    R"({"counter-value" : "1000000000.000000", "unit" : "", "event" : "cycles", "variance" : 0.02, "event-runtime" : 290000000, "pcnt-running" : 100.00, "metric-value" : 0.000000, "metric-unit" : ""}
{"counter-value" : "0.295", "unit" : "msec", "event" : "task-clock", "event-runtime" : 290000000, "pcnt-running" : 100.00}
{"metric-value" : 2.3, "metric-unit" : "insn per cycle"}
)";

PerfStat parsed(const std::string& text, std::optional<CoreType> type = std::nullopt) {
  return parse_perf_stat(text, "p.txt", type);
}

TEST(PerfStat, ReadsCsv) {
  const PerfStat stat = parsed(kCsv);
  ASSERT_EQ(stat.runs.size(), 1U);
  EXPECT_EQ(stat.started, "Fri Nov 27 18:00:00 2026");
  EXPECT_EQ(stat.ignored, std::vector<std::string>{"page-faults:u"});
  EXPECT_EQ(stat.runs[0].counters.at("pmu.CORE_ACTIVE_CYCLE"), 1e9);
  EXPECT_EQ(stat.runs[0].counters.at("pmu.INST_ALL"), 2.3e9);
  EXPECT_EQ(stat.runs[0].counters.size(), 2U);
  EXPECT_DOUBLE_EQ(*stat.runs[0].seconds, 0.29);
  EXPECT_FALSE(stat.core_type);
}

TEST(PerfStat, ReadsOtherSeparatorsAndNoDeviation) {
  const PerfStat stat =
      parsed("5000;;cycles;1000;100.00;;\n0.47;msec;task-clock;472208;100.00;0.407;CPUs utilized\n");
  EXPECT_EQ(stat.runs[0].counters.at("pmu.CORE_ACTIVE_CYCLE"), 5000);
  EXPECT_DOUBLE_EQ(*stat.runs[0].seconds, 0.00047);
  EXPECT_EQ(parsed("5000\t\tr2\t1000\t100.00\n").runs.size(), 1U);
  EXPECT_EQ(parsed("5000,,apple_avalanche_pmu/event=0x2,name=x/,1000,100.00,,\n").core_type,
            CoreType::kPerformance);
}

TEST(PerfStat, ReadsJson) {
  const PerfStat stat = parsed(kJson);
  ASSERT_EQ(stat.runs.size(), 1U);
  EXPECT_EQ(stat.runs[0].counters.at("pmu.CORE_ACTIVE_CYCLE"), 1e9);
  EXPECT_DOUBLE_EQ(*stat.runs[0].seconds, 0.000295);
}

TEST(PerfStat, AppendedRunsAreReadings) {
  const PerfStat stat = parsed(std::string(kCsv) + kCsv + kCsv);
  EXPECT_EQ(stat.runs.size(), 3U);
  // Without perf's line on the start an event that comes again begins a run.
  EXPECT_EQ(parsed("1,,cycles,1,100.00\n2,,cycles,1,100.00\n").runs.size(), 2U);
}

constexpr const char* kBothCores = R"(900,,apple_avalanche_pmu/cycles/,100,100.00,,
{},,apple_blizzard_pmu/cycles/,0,{}.00,,
2000,,apple_avalanche_pmu/instructions/,100,100.00,,
<not counted>,,apple_blizzard_pmu/instructions/,0,0.00,,
)";

std::string both_cores(const std::string& small, const std::string& percent) {
  std::string text = kBothCores;
  text.replace(text.find("{}"), 2, small);
  return text.replace(text.find("{}"), 2, percent);
}

TEST(PerfStat, TheCoreThatCountedIsTheOneThatItRanOn) {
  const PerfStat stat = parsed(both_cores("<not counted>", "0"));
  EXPECT_EQ(stat.core_type, CoreType::kPerformance);
  EXPECT_EQ(stat.runs[0].counters.at("pmu.CORE_ACTIVE_CYCLE"), 900);
  EXPECT_EQ(stat.runs[0].counters.at("pmu.INST_ALL"), 2000);
  // What was said is no contradiction.
  for (const CoreType said : {CoreType::kPerformance, CoreType::kAssumedPerformance, CoreType::kUnknown}) {
    EXPECT_EQ(parsed(both_cores("<not counted>", "0"), said).core_type, CoreType::kPerformance);
  }
}

void expect_refused(const std::string& text, const std::string& why,
                    std::optional<CoreType> type = std::nullopt) {
  try {
    parsed(text, type);
    ADD_FAILURE() << text << " was taken";
  } catch (const MeasurementError& error) {
    const std::string what = error.what();
    EXPECT_NE(what.find(why), std::string::npos) << what;
    EXPECT_TRUE(what.starts_with("'p.txt'")) << what;
    EXPECT_EQ(what.find('\n'), std::string::npos) << what;
  }
}

TEST(PerfStat, WhatCannotBeUsedIsRefused) {
  expect_refused(both_cores("500", "100"), "ran on both types of core, 900 cycles on P and 500 on E");
  expect_refused(both_cores("<not counted>", "0"), "counted on a core of type P, and --core-type says E",
                 CoreType::kEfficiency);
  expect_refused(
      "900,,apple_avalanche_pmu/cycles/,1,100.00\n# started on x\n900,,apple_blizzard_pmu/cycles/,1,100.00\n",
      "some of its runs were on a P-core and others on an E-core");
  expect_refused("900,,cycles,1,61.20\n", "cycles counted for 61.2 % of the run only");
  expect_refused("<not supported>,,cycles,0,100.00\n", "neither cycles nor a time (cycles did not count)");
  expect_refused("7,,page-faults,0,100.00\n", "neither cycles nor a time; measure with -e cycles");
  expect_refused("0.1001,900,,cycles,1,100.00\n", "line 1: use perf stat without -I, -A and --per-");
  expect_refused("CPU0,900,,cycles,1,100.00\n", "line 1: use perf stat without -I, -A and --per-");
  expect_refused("900,,cycles\n", "line 1: not a line of perf stat -x,");
  expect_refused("900,,cycles,1,\n", "line 1: has no share of the run in which it counted");
  expect_refused(R"({"interval" : 0.1, "counter-value" : "1", "event" : "cycles"})",
                 "use perf stat without -I");
  expect_refused(R"({"counter-value" : "many", "event" : "cycles"})", "'many' is no count");
  expect_refused(R"({"counter-value" : "1", )", "line 1 is no JSON");
  expect_refused("# nothing\n\n", "perf stat counted nothing");
}

TEST(PerfStat, IsToldByALine) {
  EXPECT_TRUE(is_perf_csv("5000,,cycles,1000,100.00,,"));
  EXPECT_TRUE(is_perf_csv("CPU0,900,,cycles,1,100.00"));
  EXPECT_TRUE(is_perf_csv("<not supported>;;cycles;0;100.00"));
  EXPECT_FALSE(is_perf_csv("program,iterations,cycles,instructions,seconds"));
  EXPECT_FALSE(is_perf_csv("a b c"));
  EXPECT_FALSE(is_perf_csv(""));
  EXPECT_TRUE(is_perf_json(R"({"counter-value" : "1", "event" : "cycles"})"));
  EXPECT_FALSE(is_perf_json(R"({"schema": 1})"));
}

}  // namespace
}  // namespace m2sim::calibration
