// Which model of a core stands for which chip.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "calibration/check/check.h"
#include "cmd/calibrate/options.h"

namespace m2sim::cmd {

// The core that the options name, for every chip; without one all that are built in, each for its chip.
class ChipCores {
 public:
  // Throws UserError.
  explicit ChipCores(const ModelOptions& options);

  // "M1", "M2 Pro", "M1 class". Nothing: there is no model of it.
  const calibration::NamedCore* of_chip(std::string_view chip) const;
  // The core that the options name, or else this one. Fills the configuration in.
  CalibratedModel model(std::string_view otherwise, timing::CoreConfig& config) const;

 private:
  const ModelOptions& options_;
  std::vector<calibration::NamedCore> cores_;
};

}  // namespace m2sim::cmd
