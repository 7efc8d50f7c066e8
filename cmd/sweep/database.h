// A sweep's results as an SQLite file, schema version 1.
//
//   sweep(name, value)                 schema_version, version and revision of m2sim
//   jobs(number, id, program, input, mode, core, state, reason, program_sha256, config_sha256)
//   settings(job, name, value)         settings and choices of axes; job: jobs.number
//   figures(job, name, value)          of jobs that are done
//   results                            a view: a row a job, with its settings and choices, cycles and CPI
#pragma once

#include <string>

#include "cmd/sweep/results.h"

namespace m2sim::cmd {

// Made anew as `temporary` and then renamed. Throws UserError.
void write_database(const std::string& path, const std::string& temporary, const SweepResults& results);

}  // namespace m2sim::cmd
