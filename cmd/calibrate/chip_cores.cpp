#include "cmd/calibrate/chip_cores.h"

#include <algorithm>
#include <cctype>

#include "timing/config/fields.h"

namespace m2sim::cmd {
namespace {

// "m2" of "M2 Pro" and of "m2-pcore".
std::string generation(std::string_view name) {
  std::string first(name.substr(0, name.find_first_of(" -")));
  std::ranges::transform(first, first.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return first;
}

}  // namespace

ChipCores::ChipCores(const ModelOptions& options) : options_(options) {
  std::vector<std::string> names{options.core.core};
  if (options.core.core.empty()) {
    names.clear();
    for (const std::string_view name : timing::builtin_core_names()) names.emplace_back(name);
  }
  for (const std::string& name : names) {
    calibration::NamedCore& core = cores_.emplace_back();
    core.name = model(name, core.config).core;
  }
}

const calibration::NamedCore* ChipCores::of_chip(std::string_view chip) const {
  if (!options_.core.core.empty()) return &cores_.front();
  const auto found = std::ranges::find_if(cores_, [&chip](const calibration::NamedCore& core) {
    return generation(core.name) == generation(chip);
  });
  return found == cores_.end() ? nullptr : &*found;
}

CalibratedModel ChipCores::model(std::string_view otherwise, timing::CoreConfig& config) const {
  ModelOptions options = options_;
  if (options.core.core.empty()) options.core.core = otherwise;
  return chosen_model(options, config);
}

}  // namespace m2sim::cmd
