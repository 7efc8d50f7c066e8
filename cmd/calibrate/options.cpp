#include "cmd/calibrate/options.h"

#include <algorithm>
#include <thread>

#include "cmd/console/failure.h"
#include "cmd/results/config_file.h"
#include "cmd/results/sha256.h"

namespace m2sim::cmd {

void add_model_options(CLI::App& command, ModelOptions& options, const std::string& unset_core) {
  command.add_option("--mode", options.mode, "which model (default: timing)")
      ->type_name("timing|fast-timing");
  add_core_options(command, options.core, unset_core);
  command.add_option("-j,--jobs", options.jobs, "runs at once, 8 at most (default: one a processor)")
      ->type_name("N")
      ->check(CLI::Range(0U, 1'000'000U));
}

calibration::Model model_of(Mode mode) {
  if (mode == Mode::kEmulation) throw failure("calibrate: emulation has no time; use timing or fast-timing");
  return mode == Mode::kTiming ? calibration::Model::kCore : calibration::Model::kFastCore;
}

CalibratedModel chosen_model(const ModelOptions& options, timing::CoreConfig& config) {
  config = configured(options.core);
  return {parse_mode(options.mode), options.core.core, options.core.sets, sha256(config_toml(config))};
}

unsigned jobs_of(const ModelOptions& options) {
  return options.jobs != 0 ? options.jobs : std::max(std::thread::hardware_concurrency(), 1U);
}

std::regex filter_pattern(const std::string& filter) {
  constexpr std::size_t kLongest = 500;  // longer ones can take all of the stack
  if (filter.size() > kLongest)
    throw failure("--filter: {} characters, of at most {}", filter.size(), kLongest);
  try {
    return std::regex(filter);
  } catch (const std::regex_error&) {
    throw failure("--filter: '{}' is no regular expression", filter);
  }
}

}  // namespace m2sim::cmd
