// Single readings as they come from other programs, and the set that they make.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "calibration/measured/measurement.h"

namespace m2sim::calibration {

struct Reading {
  std::string program;
  std::uint64_t iterations = 0;
  std::optional<double> seconds;
  std::optional<double> clock_ghz;
  std::map<std::string, double> counters;  // "pmu.INST_ALL"
};

// What such files do not say and their reader has to be told.
struct ReadingsOf {
  std::string set;
  std::string source;
  std::string date;
  std::string chip;
  CoreType core_type = CoreType::kUnknown;
};

// Points by iterations, few to many. The clock is counted where cycles are, derived where it stands beside
// the readings, else unknown. Throws MeasurementError, also for what check_measurements refuses.
MeasurementSet set_of_readings(const ReadingsOf& of, const std::vector<Reading>& readings);

}  // namespace m2sim::calibration
