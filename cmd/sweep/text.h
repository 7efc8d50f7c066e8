// A sweep for a terminal.
#pragma once

#include <string>

#include "cmd/sweep/folder.h"
#include "cmd/sweep/results.h"

namespace m2sim::cmd {

std::string job_table(const JobList& list);  // without results: what would be run

// The first jobs, what each setting does to CPI, and the jobs that failed, each with its reason.
std::string sweep_report(const SweepResults& results, bool color);
// A line for each program and reason.
std::string failed_jobs(const SweepResults& results, bool color);

}  // namespace m2sim::cmd
