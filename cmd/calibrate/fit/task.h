// What m2sim calibrate fit is asked to fit, and to which measurements.
#pragma once

#include <memory>
#include <regex>
#include <string>
#include <vector>

#include "calibration/check/check.h"
#include "calibration/evaluate/evaluator.h"
#include "calibration/evaluate/known_values.h"
#include "calibration/fit/problem.h"
#include "timing/config/config.h"
#include "timing/config/fields.h"

namespace m2sim::cmd {

// What --parameter and the choice of measurements say; empty: not given.
struct FitWishes {
  std::vector<std::string> parameters;    // "l2.load_to_use=10:30"
  std::vector<std::string> measurements;  // files, in place of what is shipped
  std::string filter;
  std::string grades;
  std::string instructions;
  std::string structures;
  std::string programs;  // folder of the guest programs
  std::string core;      // as --core has it
};

// A set of measured programs that gave observations.
struct FitSet {
  std::string name;
  std::string chip;
  std::size_t observations = 0;
  calibration::ClockFactor clock;
};

struct FitTask {
  timing::CoreConfig config;          // as it is without the fit
  std::vector<timing::Field> fields;  // of the parameters
  std::vector<calibration::FitParameter> parameters;
  std::vector<calibration::FitObservation> observations;
  std::vector<calibration::Target> targets;  // their questions
  std::vector<std::string> programs;         // files of the kernels among them
  std::vector<FitSet> sets;
  std::vector<std::string> left_out;  // measurements, and why
  std::unique_ptr<calibration::Evaluator> evaluator;
  std::unique_ptr<calibration::KnownValues> known;  // of the evaluator

  timing::CoreConfig with(const calibration::Values& values) const;
  // It refers to this task.
  calibration::FitProblem problem(calibration::Model model) const;
};

// Throws UserError.
FitTask fit_task(const FitWishes& wishes, const timing::CoreConfig& config);

// The built-in core that measurements of structures and a file of differences go by: that of the option, or
// of the file's processor.
std::string built_in_base(const std::string& core);

}  // namespace m2sim::cmd
