// What a fit found, for people, for programs, and as a configuration that `--core` reads.
#pragma once

#include <string>

#include "calibration/fit/fit.h"
#include "cmd/calibrate/fit/task.h"
#include "cmd/calibrate/model.h"

namespace m2sim::cmd {

struct FitSummary {
  std::string name;  // as the configuration's lines call it
  std::string date;
  CalibratedModel model;  // that searched
  std::string base;       // the built-in core that the configuration starts from
  std::string confirm;    // the mode that had the last word; empty: none
  calibration::FitOptions options;
  calibration::FitResult result;
};

std::string fit_table(const FitSummary& summary, const FitTask& task, bool color);
std::string fit_json(const FitSummary& summary, const FitTask& task);
// A fitted value's line names the fit; what is not determined is said in the head and not among the values.
std::string fit_toml(const FitSummary& summary, const FitTask& task);

}  // namespace m2sim::cmd
