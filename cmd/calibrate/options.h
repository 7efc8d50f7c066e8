// What several actions of m2sim calibrate read from the command line. All that fails throws UserError.
#pragma once

#include <CLI/CLI.hpp>
#include <regex>
#include <string>

#include "calibration/measure.h"
#include "cmd/calibrate/model.h"
#include "cmd/results/core_option.h"
#include "timing/config/config.h"

namespace m2sim::cmd {

// A model, and how many of its runs go on at once.
struct ModelOptions {
  std::string mode = "timing";
  CoreOption core;
  unsigned jobs = 0;  // 0: one a processor
};

void add_model_options(CLI::App& command, ModelOptions& options, const std::string& unset_core = "m2-pcore");

calibration::Model model_of(Mode mode);
// Fills the configuration in.
CalibratedModel chosen_model(const ModelOptions& options, timing::CoreConfig& config);
unsigned jobs_of(const ModelOptions& options);

// Of --filter.
std::regex filter_pattern(const std::string& filter);

}  // namespace m2sim::cmd
