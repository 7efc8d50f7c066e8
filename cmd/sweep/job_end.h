// What the end of a job's process means.
#pragma once

#include <string>

#include "cmd/sweep/folder.h"
#include "cmd/sweep/job_process.h"
#include "cmd/sweep/jobs.h"

namespace m2sim::cmd {

// `stats_path` is where the job was told to leave its figures. Throws UserError where the end says nothing of
// the job: its figures could not be written, or the program is no longer the one that the sweep is of.
JobResult judged(const Job& job, const JobProcessEnd& end, const std::string& stats_path);

}  // namespace m2sim::cmd
