// m2sim sweep: programs, inputs, cores and settings of a plan, one run each.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "cmd/sweep/jobs.h"

namespace m2sim::cmd {

struct SweepOptions {
  std::string plan;              // a file, or what to do with a folder: "status", "collect", "cancel", "job"
  std::string folder;            // for these
  std::vector<std::string> ids;  // for "job"
  std::string out;               // empty: the plan's name with .sweep
  unsigned jobs = 0;             // 0: one a host processor
  std::string memory;            // empty: what the host has
  bool retry_failed = false;
  bool dry_run = false;
  bool print_jobs = false;
  bool slurm = false;
  std::vector<std::string> sbatch;  // options of it
  bool quiet = false;
};

CLI::App* add_sweep_command(CLI::App& app, SweepOptions& options);

// Returns 0 when every job is done, 1 when one failed or is missing; throws UserError.
int sweep(const SweepOptions& options, const CheckRunOptions& check_options);

}  // namespace m2sim::cmd
