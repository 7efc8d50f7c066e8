// A sweep as one page for a browser: it needs no network and no other file.
#pragma once

#include <string>

#include "cmd/sweep/results.h"

namespace m2sim::cmd {

// Sensitivity of CPI to what varies, the Pareto front of any two figures or settings, and all jobs.
std::string sweep_page(const SweepResults& results);

}  // namespace m2sim::cmd
