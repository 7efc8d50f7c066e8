// Tables of counters, a line a reading: `program,iterations` and then columns of counters, `seconds`,
// `clock_ghz`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "calibration/measured/readings.h"

namespace m2sim::calibration {

bool is_counters_csv(std::string_view line);

// Throws MeasurementError.
std::vector<Reading> parse_counters_csv(std::string_view text, const std::string& file);

}  // namespace m2sim::calibration
