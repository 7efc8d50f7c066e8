// m2sim profile: where the simulator's own time goes.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "cmd/results/core_option.h"

namespace m2sim::cmd {

struct ProfileOptions {
  std::string mode = "timing";  // or "all"
  CoreOption core;
  bool suite = false;
  std::string programs;  // folder of the suite; empty: beside the executable
  std::string filter;
  std::vector<std::string> more;  // programs with their arguments, a text each
  std::string input;              // file on each program's standard input
  unsigned iterations = 3;
  unsigned warmup = 1;
  std::uint64_t max_insts = UINT64_MAX;
  unsigned top = 10;
  bool details = false;
  std::string cpu;  // files; empty: none
  std::string heap;
  std::string json;
  std::string csv;
  bool quiet = false;
  std::vector<std::string> guest;  // a program and its arguments
};

CLI::App* add_profile_command(CLI::App& app, ProfileOptions& options);

// Returns 0 when every program ran, else 1; throws UserError.
int profile(const ProfileOptions& options);

}  // namespace m2sim::cmd
