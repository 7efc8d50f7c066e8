// How the reports of a fit call what it found of a parameter.
#pragma once

#include <string>

#include "calibration/fit/fit.h"

namespace m2sim::cmd {

// "fitted", "limit", "open", "untouched"
std::string_view determination_name(calibration::Determination determination);

// "14 to 17", "at least 250", "at most 12"; of what is not determined, why: "undetermined: no measurement
// reacts".
std::string interval_text(const calibration::FittedParameter& fitted,
                          const calibration::FitParameter& parameter);

}  // namespace m2sim::cmd
