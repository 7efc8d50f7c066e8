// A sweep on a cluster whose queue is Slurm: job arrays over the shared folder, and nothing of our own that
// stays.
#pragma once

#include <string>
#include <vector>

#include "cmd/sweep/batch.h"

namespace m2sim::cmd {

struct SlurmOptions {
  std::string executable;         // m2sim, by a name that is good on the nodes
  std::vector<std::string> more;  // options of sbatch
  bool retry_failed = false;
};

// Submits the chunks and, behind them, the reduction. Returns the ids of Slurm's jobs, the reduction's last.
// Throws UserError: no Slurm, what sbatch says, and where jobs of this sweep are queued already.
std::vector<std::string> submit_to_slurm(const SlurmOptions& options, const SweepFolder& folder,
                                         const std::vector<JobChunk>& chunks);

// "2 RUNNING, 7 PENDING"; empty where none is queued, or nothing was submitted.
std::string slurm_state(const SweepFolder& folder);

// Takes them out of the queue; returns how many submissions there were.
std::size_t cancel_in_slurm(const SweepFolder& folder);

}  // namespace m2sim::cmd
