// m2sim run: one program, one mode, one report.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cmd/guest/options.h"
#include "cmd/guest/watch.h"

namespace m2sim::cmd {

struct RunOptions {
  GuestOptions guest;
  std::string stats;                      // file; empty: none
  std::optional<std::uint64_t> interval;  // instructions
  std::string interval_file;              // empty: none
  std::string report;                     // page for a browser; empty: none
  std::vector<std::string> fail_if;
  std::string baseline;  // file that changes are against; empty: none
  WatchOptions watch;
  int limit_status = 0;  // where the limit ended the run
  bool strace_summary = false;
  bool quiet = false;
};

CLI::App* add_run_command(CLI::App& app, RunOptions& options);

// Returns the exit status of m2sim; throws UserError.
int run(const RunOptions& options);

}  // namespace m2sim::cmd
