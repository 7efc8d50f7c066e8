#include "calibration/measured/measurement_json.h"

#include <gtest/gtest.h>

#include "calibration/measured/measurement_error.h"

namespace m2sim::calibration {
namespace {

constexpr std::string_view kGood = R"({"schema": "m2sim-measurements", "schema_version": 1, "sets": [
 {"name": "mini", "source": "me", "date": "2026-11-27", "machine": {"chip": "M2", "virtual": false},
  "core": {"type": "P", "how": "QoS"}, "clock": {"how": "derived", "from": "dependency"},
  "measurements": [
   {"program": "dependency", "unit": "loop pass", "certain_cycles": 20, "certain_why": "a chain",
    "points": [{"iterations": 100, "seconds": [1e-6, 2e-6], "counters": {"pmu.INST_ALL": [2300, 2301]}},
               {"iterations": 200, "seconds": [2e-6, 3e-6], "counters": {"pmu.INST_ALL": [4600, 4601]}}]},
   {"program": "structure/window@3", "unit": "load", "figure": {"cycles": 4, "low": 3, "high": 5}}]}]})";

std::string with(std::string_view from, std::string_view to) {
  std::string text(kGood);
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Measurements, AreRead) {
  const MeasurementFile file = parse_measurements(kGood, "f.json");
  ASSERT_EQ(file.sets.size(), 1U);
  const MeasurementSet& set = file.sets[0];
  EXPECT_EQ(set.name, "mini");
  EXPECT_EQ(set.machine.chip, "M2");
  EXPECT_EQ(set.core_type, CoreType::kPerformance);
  EXPECT_EQ(set.clock.how, ClockHow::kDerived);
  ASSERT_EQ(set.measurements.size(), 2U);
  const MeasuredProgram& chain = set.measurements[0];
  EXPECT_EQ(chain.certain_cycles, 20);
  ASSERT_EQ(chain.points.size(), 2U);
  EXPECT_EQ(chain.points[1].iterations, 200U);
  EXPECT_EQ(chain.points[1].seconds, (std::vector<double>{2e-6, 3e-6}));
  EXPECT_EQ(chain.points[0].counters.at("pmu.INST_ALL"), (std::vector<double>{2300, 2301}));
  EXPECT_EQ(set.measurements[1].figure->high, 5);
}

struct Bad {
  std::string_view from, to;
  std::string message;  // a part of it
  std::string unknown = {};
};

const std::vector<Bad> kBad{
    {"{\"schema\"", "{{\"schema\"", "'f.json' is no JSON: parse error at line 1, column 2"},
    {"m2sim-measurements", "m2sim-statistics",
     "'schema' is 'm2sim-statistics', and not 'm2sim-measurements'"},
    {"\"schema_version\": 1", "\"schema_version\": 2", "schema_version is 2, this m2sim reads 1"},
    {"\"sets\"", "\"set\"", "'sets' is missing"},
    {"\"source\": \"me\", ", "", "'f.json', set 'mini': 'source' is missing"},
    {"\"source\": \"me\"", "\"source\": \"\"", "'source' is empty"},
    {"\"source\": \"me\"", "\"source\": \"a\\nb\"", "control character"},
    {"\"source\": \"me\"", "\"source\": 3", "'source' must be a text in quotes"},
    {"\"name\": \"mini\"", "\"name\": \"mini\", \"name\": \"two\"", "one object has 'name' twice"},
    {"\"virtual\"", "\"virtuel\"", "'f.json', set 'mini', machine: there is no field 'virtuel'", "virtuel"},
    {"\"virtual\": false", "\"virtual\": 0", "'virtual' must be true or false"},
    {"{\"chip\": \"M2\", \"virtual\": false}", "\"M2\"", "'machine' must be an object"},
    {"\"type\": \"P\"", "\"type\": \"p\"", "'type' is 'p', and not one of P, E, unknown, assumed-P", "p"},
    {"\"how\": \"derived\"", "\"how\": \"derive\"", "'how' is 'derive', and not one of", "derive"},
    {"\"from\": \"dependency\"", "\"ghz\": 3467", "a clock of 3467 GHz cannot be"},
    {"\"from\": \"dependency\"", "\"ghz\": 0", "a clock of 0 GHz cannot be"},
    {"\"from\": \"dependency\"", "\"ghz\": 3, \"from\": \"dependency\"", "'from' is for one that is derived"},
    {", \"from\": \"dependency\"", "", "a derived clock needs 'ghz', 'from'"},
    {"\"from\": \"dependency\"", "\"from\": \"dependancy\"", "derived from 'dependancy'", "dependancy"},
    {"\"derived\", \"from\": \"dependency\"", "\"assumed\"", "an assumed clock needs its 'ghz'"},
    {"\"derived\", \"from\": \"dependency\"", "\"unknown\", \"ghz\": 3", "the clock is unknown and 3 GHz"},
    {"\"seconds\": [1e-6, 2e-6]", "\"milliseconds\": [1e-6, 2e-6]",
     "program 'dependency', point 1: there is no field 'milliseconds'", "milliseconds"},
    {"1e-6, 2e-6", "-1e-6, 2e-6", "-1e-06 s is no time that a run takes; times are in seconds"},
    {"1e-6, 2e-6", "0, 2e-6", "0 s is no time that a run takes"},
    {"1e-6, 2e-6", "1000000, 2e-6", "1000000 s is a strange time for a run"},
    {"1e-6, 2e-6", "\"1e-6\", 2e-6", "'seconds' must be a list of numbers"},
    {"[1e-6, 2e-6]", "[]", "'seconds' is empty; leave out what was not measured"},
    {"[1e-6, 2e-6]", "1e-6", "'seconds' must be a list"},
    {"[1e-6, 2e-6]", "[1e-6]", "1 readings, but 2 of pmu.INST_ALL"},
    {"[1e-6, 2e-6]", "[1e-6, 2e-6], \"clock_ghz\": [3]", "2 readings, but 1 of clock_ghz"},
    {"[1e-6, 2e-6]", "[1e-6, 2e-6], \"clock_ghz\": [3, 3]", "some points have 'seconds' or 'clock_ghz'"},
    {"[1e-6, 2e-6]", "[1e-6, 2e-6], \"clock_ghz\": [3, 33]", "a clock of 33 GHz cannot be"},
    {"\"seconds\": [1e-6, 2e-6], ", "", "neither 'seconds' nor the counter pmu.CORE_ACTIVE_CYCLE"},
    {"[2300, 2301]", "[2300, -1]", "pmu.INST_ALL cannot have counted -1"},
    {"[2300, 2301]", "[2300, 1e300]", "pmu.INST_ALL cannot have counted"},
    {"pmu.INST_ALL", "INST_ALL", "'INST_ALL' is no counter; their names begin with 'pmu.'"},
    {"\"iterations\": 200", "\"iterations\": 100",
     "100 iterations stand behind 100; points go from few to many"},
    {"\"iterations\": 200", "\"iterations\": 0", "'iterations' must be a whole number, at least 1"},
    {"\"iterations\": 200", "\"iterations\": 1.5", "'iterations' must be a whole number"},
    {"\"iterations\": 200", "\"iterations\": -4", "'iterations' must be a whole number"},
    {", \"certain_why\": \"a chain\"", "", "'certain_cycles' and 'certain_why' go together"},
    {"\"certain_cycles\": 20", "\"certain_cycles\": 0", "certain_cycles is 0"},
    {"\"certain_cycles\": 20", "\"certain_cycles\": 1e-300", "certain_cycles is 1e-300"},
    {"\"figure\"", "\"points\": [{\"iterations\": 1, \"seconds\": [1]}], \"figure\"",
     "program 'structure/window@3': has 'points' and a 'figure'"},
    {", \"figure\": {\"cycles\": 4, \"low\": 3, \"high\": 5}", "", "has neither 'points' nor a 'figure'"},
    {"\"cycles\": 4", "\"cycles\": 6", "6 cycles do not lie between low 3 and high 5"},
    {"\"cycles\": 4, \"low\": 3", "\"cycles\": -4, \"low\": -5", "a figure of -4 cycles"},
    {"\"cycles\": 4, \"low\": 3, \"high\": 5", "\"cycles\": 1e300, \"low\": 3, \"high\": 1e300",
     "a figure of 1e+300 cycles"},
    {"structure/window@3", "dependency", "program 'dependency' stands there twice"},
};

TEST(Measurements, WhatIsWrongIsSaidInOneLine) {
  for (const Bad& bad : kBad) {
    try {
      parse_measurements(with(bad.from, bad.to), "f.json");
      ADD_FAILURE() << bad.to << " was taken";
    } catch (const MeasurementError& error) {
      const std::string what = error.what();
      EXPECT_NE(what.find(bad.message), std::string::npos) << what << "\n  lacks " << bad.message;
      EXPECT_TRUE(what.starts_with("'f.json'")) << what;
      EXPECT_EQ(what.find('\n'), std::string::npos) << what;
      EXPECT_EQ(error.unknown(), bad.unknown) << what;
    }
  }
}

TEST(Measurements, NothingAndOddThingsAreNoFile) {
  for (const std::string_view text : {"", "[]", "3", "null", "{}", "\xff", R"({"schema": "m2sim-measurements",
       "schema_version": 1, "sets": []})"}) {
    EXPECT_THROW(parse_measurements(text, "f"), MeasurementError) << text;
  }
}

TEST(Measurements, CutOffAnywhereTheyAreRefused) {
  for (std::size_t size = 0; size < kGood.size(); ++size) {
    EXPECT_THROW(parse_measurements(kGood.substr(0, size), "f"), MeasurementError) << size;
  }
}

TEST(Measurements, SetsOfOneNameDoNotJoin) {
  MeasurementFile file = parse_measurements(kGood, "f");
  EXPECT_THROW(join(file, parse_measurements(kGood, "g")), MeasurementError);
  join(file, parse_measurements(with("\"mini\"", "\"other\""), "g"));
  EXPECT_EQ(file.sets.size(), 2U);
}

}  // namespace
}  // namespace m2sim::calibration
