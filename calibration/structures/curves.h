// All curves, in the order of the report.
#pragma once

#include <span>

#include "calibration/structures/trial.h"

namespace m2sim::calibration {

std::span<const Curve> all_curves();

}  // namespace m2sim::calibration
