// Files of measurements that a user names.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "calibration/measured/measurement.h"

namespace m2sim::cmd {

// Measurement files (JSON), their sets in order behind the shipped ones, if those are wanted. Throws
// UserError, which names what a misspelt name was probably meant to be.
calibration::MeasurementFile measurements_of(const std::vector<std::string>& paths, bool with_shipped);

// What files of other programs do not say.
struct ForeignOptions {
  std::string program;
  std::vector<std::uint64_t> iterations;  // of each file of perf's, or one for all
  std::string chip;
  std::string core_type;
};

// Those and perf's output and tables of counters, one set a table and one for all of perf's files. Throws
// UserError.
calibration::MeasurementFile ingested(const std::vector<std::string>& paths, const ForeignOptions& options);

}  // namespace m2sim::cmd
