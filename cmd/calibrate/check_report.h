// The results of m2sim calibrate check, for people and for programs.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "calibration/check/check.h"
#include "cmd/calibrate/report.h"
#include "cmd/calibrate/structures_report.h"
#include "cmd/results/condition.h"

namespace m2sim::cmd {

struct AccuracySummary {
  CalibratedModel model;  // without a core: each measurement had its own
  std::string date;       // of the run
  std::optional<calibration::Check> programs;
  std::optional<CalibrationSummary> instructions;
  std::optional<StructuresSummary> structures;
};

std::string accuracy_table(const AccuracySummary& summary, bool color);
nlohmann::ordered_json accuracy_object(const AccuracySummary& summary);
std::string accuracy_csv(const AccuracySummary& summary);  // one line a measured program

// What conditions of --fail-if may ask for: "AB.mean" and the like.
std::vector<NamedFigure> accuracy_figures(const AccuracySummary& summary);

}  // namespace m2sim::cmd
