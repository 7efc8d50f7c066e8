// m2sim run: one program, one mode, one report.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cmd/results/core_option.h"
#include "cmd/results/manifest.h"

namespace m2sim::cmd {

struct RunOptions {
  std::string mode = "timing";
  bool timing = false;  // short forms of mode
  bool fast_timing = false;
  CoreOption core;
  std::optional<std::uint64_t> skip;
  std::optional<std::uint64_t> warmup;
  std::optional<std::uint64_t> limit;
  std::string sysroot;
  std::vector<std::string> env;  // K=V, over the host's environment
  std::string cwd;
  std::string start_time;  // seconds since 1970 or "now"; empty: the default
  bool strace = false;
  std::string stats;  // file; empty: none
  bool quiet = false;
  std::vector<std::string> guest;  // the program and its arguments
};

CLI::App* add_run_command(CLI::App& app, RunOptions& options);

// Returns the exit status of m2sim; throws UserError.
int run(const RunOptions& options);

}  // namespace m2sim::cmd
