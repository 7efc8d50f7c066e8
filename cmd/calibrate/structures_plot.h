// The curves as one drawing: the model's as a line, what was measured as points in the same plot.
#pragma once

#include <string>

#include "cmd/calibrate/structures_report.h"

namespace m2sim::cmd {

std::string structures_svg(const StructuresSummary& summary);

}  // namespace m2sim::cmd
