// m2sim calibrate structures.
#pragma once

#include "cmd/calibrate/command.h"

namespace m2sim::cmd {

// Throws UserError.
int calibrate_structures(const CalibrateOptions& options);

}  // namespace m2sim::cmd
