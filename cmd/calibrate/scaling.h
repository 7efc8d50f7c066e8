// m2sim calibrate scaling.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "cmd/calibrate/options.h"

namespace m2sim::cmd {

struct ScalingOptions {
  ModelOptions model;
  std::string programs;  // folder of the guest programs; empty: beside the executable
  std::string filter;
  std::vector<std::string> with;  // files of measurements
  std::uint64_t largest = 0;      // size; 0: all
  double within = 2;              // percent
  std::string json;
  std::string csv;
  bool quiet = false;
};

CLI::App* add_scaling_action(CLI::App& app, ScalingOptions& options);

// Returns 1 when a kernel did not run, else 0. Throws UserError.
int calibrate_scaling(const ScalingOptions& options);

}  // namespace m2sim::cmd
