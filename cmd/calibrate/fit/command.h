// m2sim calibrate fit.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

#include "cmd/calibrate/fit/task.h"
#include "cmd/calibrate/options.h"

namespace m2sim::cmd {

struct FitCommandOptions {
  FitCommandOptions() { model.mode = "fast-timing"; }

  ModelOptions model;
  FitWishes wishes;
  std::string confirm;  // a mode
  std::uint64_t seed = 1;
  unsigned evaluations = 0;  // of the global search; 0: by the number of parameters
  double model_error = 2;    // percent
  bool robust = false;
  unsigned folds = 5;
  std::string name;
  std::string output;
  std::string json;
  std::string journal;
  bool resume = false;
  bool quiet = false;
};

CLI::App* add_fit_action(CLI::App& app, FitCommandOptions& options);

// Throws UserError.
int calibrate_fit(const FitCommandOptions& options);

}  // namespace m2sim::cmd
