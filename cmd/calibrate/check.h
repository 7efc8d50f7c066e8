// m2sim calibrate check.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "cmd/calibrate/options.h"

namespace m2sim::cmd {

struct CheckAccuracyOptions {
  CheckAccuracyOptions() { model.core.core.clear(); }

  ModelOptions model;
  std::vector<std::string> with;  // files of measurements
  std::vector<std::string> only;  // parts
  std::string programs;           // folder of the guest programs; empty: beside the executable
  std::string filter;
  std::vector<std::string> fail_if;
  std::string json;
  std::string csv;
  std::string html;
  unsigned every = 1;
  bool quiet = false;
};

CLI::App* add_check_action(CLI::App& app, CheckAccuracyOptions& options);

// Returns 1 when a condition of --fail-if holds, else 0. Throws UserError.
int calibrate_check(const CheckAccuracyOptions& options);

}  // namespace m2sim::cmd
