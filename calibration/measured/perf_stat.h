// What `perf stat -x,` and `perf stat -j` write (perf-stat(1), CSV FORMAT and JSON FORMAT).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calibration/measured/measurement.h"
#include "calibration/measured/readings.h"

namespace m2sim::calibration {

struct PerfStat {
  std::vector<Reading> runs;          // one a run; with -r, perf's mean of several is one
  std::optional<CoreType> core_type;  // where the names of the events say it
  std::string started;                // perf's own line on it; empty: there is none
  std::vector<std::string> ignored;   // events that are none of Apple's counters
};

// Readings have neither program nor iterations. With both types of core counted, `core_type` chooses; a run
// on both is refused. Throws MeasurementError.
PerfStat parse_perf_stat(std::string_view text, const std::string& file, std::optional<CoreType> core_type);

}  // namespace m2sim::calibration
