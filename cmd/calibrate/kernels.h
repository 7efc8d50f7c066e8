// The programs of the suite as kernels that a model can be asked for.
#pragma once

#include <string>
#include <vector>

#include "calibration/evaluate/evaluator.h"

namespace m2sim::cmd {

// Of a folder with suite.json; empty: the one beside the executable. Throws UserError.
std::vector<calibration::Kernel> suite_kernels(const std::string& folder);

}  // namespace m2sim::cmd
