// What is compared with measurements: a core in a mode, as both reports of m2sim calibrate name it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "cmd/results/manifest.h"

namespace m2sim::cmd {

struct CalibratedModel {
  Mode mode = Mode::kTiming;
  std::string core;
  std::vector<std::string> sets;  // the --set of its numbers
  std::string config_sha256;
};

std::string model_name(const CalibratedModel& model);  // "m2-pcore (--set rob.groups=100) in timing"
nlohmann::ordered_json model_json(const CalibratedModel& model);
std::string today();                                        // UTC, "2026-11-27"
std::string json_text(const nlohmann::ordered_json& json);  // as a file

}  // namespace m2sim::cmd
