// The results of m2sim calibrate instructions, for people and for programs.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "calibration/comparison.h"
#include "cmd/calibrate/model.h"

namespace m2sim::cmd {

struct CalibrationSummary {
  CalibratedModel model;
  calibration::Comparison comparison;
};

// Of classes and forms that do not agree, `top` each (0: all).
std::string calibration_table(const CalibrationSummary& summary, unsigned top, bool color);
std::string calibration_totals(const CalibrationSummary& summary, bool color);  // the table's last lines
nlohmann::ordered_json calibration_object(const CalibrationSummary& summary);
std::string calibration_csv(const CalibrationSummary& summary);  // one line an experiment

}  // namespace m2sim::cmd
