// The results of m2sim calibrate scaling, for people and for programs.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "calibration/scaling/scaling.h"
#include "cmd/calibrate/model.h"

namespace m2sim::cmd {

struct ScalingSummary {
  CalibratedModel model;
  double within = 0;  // the share that a recommended size may be off by
  calibration::Scaling scaling;
};

std::string scaling_table(const ScalingSummary& summary, bool color);
nlohmann::ordered_json scaling_object(const ScalingSummary& summary);
std::string scaling_csv(const ScalingSummary& summary);  // one line a kernel and size

}  // namespace m2sim::cmd
