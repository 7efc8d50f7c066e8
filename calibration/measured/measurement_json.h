// Files of measurements: reading them strictly, and writing them.
#pragma once

#include <string>
#include <string_view>

#include "calibration/measured/measurement.h"

namespace m2sim::calibration {

inline constexpr std::string_view kMeasurementSchema = "m2sim-measurements";
inline constexpr int kMeasurementSchemaVersion = 1;

// `file` is its name for messages. Throws MeasurementError.
MeasurementFile parse_measurements(std::string_view text, const std::string& file);
std::string measurements_json(const MeasurementFile& file);

// What the schema cannot say: sizes that grow, readings beside each other, clocks that can be. Throws
// MeasurementError.
void check_measurements(const MeasurementFile& file, const std::string& name);

}  // namespace m2sim::calibration
