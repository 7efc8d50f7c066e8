// m2sim calibrate: a model of a core beside what was measured on one.
#pragma once

#include <CLI/CLI.hpp>
#include <regex>
#include <string>

#include "calibration/measure.h"
#include "cmd/calibrate/model.h"
#include "cmd/results/core_option.h"
#include "cmd/results/manifest.h"

namespace m2sim::cmd {

struct CalibrateOptions {
  std::string action;
  std::string mode = "timing";
  CoreOption core;
  std::string filter;
  std::string kind;
  std::string json;
  std::string csv;
  std::string svg;
  std::string against;
  unsigned jobs = 0;  // 0: one a processor
  unsigned every = 1;
  static constexpr unsigned kTop = 30;
  unsigned top = kTop;
  bool quiet = false;
};

CLI::App* add_calibrate_command(CLI::App& app, CalibrateOptions& options);

// What both actions read from the options. All throw UserError.
std::regex filter_pattern(const CalibrateOptions& options);
calibration::Model model_of(Mode mode);
// Fills the configuration in.
CalibratedModel chosen_model(const CalibrateOptions& options, timing::CoreConfig& config);
unsigned jobs_of(const CalibrateOptions& options);

// Throws UserError.
int calibrate(const CalibrateOptions& options);

}  // namespace m2sim::cmd
