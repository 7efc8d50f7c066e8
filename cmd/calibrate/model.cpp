#include "cmd/calibrate/model.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>
#include <nlohmann/json.hpp>

namespace m2sim::cmd {

std::string model_name(const CalibratedModel& model) {
  const std::string sets =
      model.sets.empty() ? "" : fmt::format(" (--set {})", fmt::join(model.sets, " --set "));
  return fmt::format("{}{} in {}", model.core, sets, mode_name(model.mode));
}

nlohmann::ordered_json model_json(const CalibratedModel& model) {
  return {{"version", version()}, {"revision", revision()}, {"mode", mode_name(model.mode)},
          {"core", model.core},   {"set", model.sets},      {"config_sha256", model.config_sha256}};
}

std::string today() {
  const std::time_t now = std::time(nullptr);
  return fmt::format("{:%Y-%m-%d}", fmt::gmtime(now));
}

std::string json_text(const nlohmann::ordered_json& json) {
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace m2sim::cmd
