// m2sim suite: every benchmark program, one table.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "cmd/results/core_option.h"

namespace m2sim::cmd {

struct SuiteOptions {
  std::string mode = "timing";
  CoreOption core;
  std::string programs;  // folder of the guest programs; empty: beside the executable
  std::string filter;
  unsigned jobs = 0;  // 0: one a host processor
  std::string json;   // files; empty: none
  std::string csv;
  bool quiet = false;
};

CLI::App* add_suite_command(CLI::App& app, SuiteOptions& options);

// Returns 0 when every program ran and printed what it should, else 1; throws UserError.
int suite(const SuiteOptions& options);

}  // namespace m2sim::cmd
