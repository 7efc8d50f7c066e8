// The results of m2sim calibrate structures, for people and for programs.
#pragma once

#include <string>
#include <vector>

#include "calibration/structures/analysis.h"
#include "cmd/calibrate/model.h"

namespace m2sim::cmd {

struct StructuresSummary {
  CalibratedModel model;
  std::string against;  // the core whose measurements stand beside it
  std::vector<calibration::ComparedCurve> curves;
};

std::string structures_table(const StructuresSummary& summary, bool color);
std::string structures_json(const StructuresSummary& summary);
std::string structures_csv(const StructuresSummary& summary);  // one line a point, ours and measured ones

}  // namespace m2sim::cmd
