// The results of m2sim calibrate structures, for people and for programs.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "calibration/structures/analysis.h"
#include "cmd/calibrate/model.h"

namespace m2sim::cmd {

struct StructuresSummary {
  CalibratedModel model;
  std::string against;  // the core whose measurements stand beside it
  std::vector<calibration::Reference> references;
  std::vector<calibration::MeasuredCurve> measured;
  std::vector<calibration::ComparedCurve> curves;  // of both, by address
};

std::string structures_table(const StructuresSummary& summary, bool color);
std::string structures_totals(const StructuresSummary& summary, bool color);  // the table's last lines
nlohmann::ordered_json structures_object(const StructuresSummary& summary);
std::string structures_csv(const StructuresSummary& summary);  // one line a point, ours and measured ones

}  // namespace m2sim::cmd
