// Runs the jobs of a sweep side by side, each as a process of its own.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "cmd/sweep/folder.h"
#include "cmd/sweep/jobs.h"

namespace m2sim::cmd {

struct SweepRun {
  std::string executable;    // m2sim itself
  unsigned jobs = 1;         // at once
  std::uint64_t memory = 0;  // bytes that those at once may need together
  bool retry_failed = false;
  bool show_progress = true;
};

// Returns when every job has a result, of this sweep or of another one in the folder. Throws UserError when
// it cannot go on, as when the disk is full: results that are there stay.
void run_jobs(const SweepRun& run, const SweepFolder& folder, const JobList& list);

}  // namespace m2sim::cmd
