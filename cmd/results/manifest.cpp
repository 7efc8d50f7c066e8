#include "cmd/results/manifest.h"

#include <array>

#include "cmd/console/failure.h"
#include "cmd/console/nearest.h"
#include "cmd/revision.h"

namespace m2sim::cmd {
namespace {

struct ModeName {
  Mode mode;
  std::string_view name;
};

constexpr std::array<ModeName, 3> kModes{{
    {Mode::kEmulation, "emulation"},
    {Mode::kTiming, "timing"},
    {Mode::kFastTiming, "fast-timing"},
}};

}  // namespace

std::string_view mode_name(Mode mode) {
  for (const ModeName& entry : kModes) {
    if (entry.mode == mode) return entry.name;
  }
  return "";
}

Mode parse_mode(std::string_view name) {
  std::vector<std::string> names;
  for (const ModeName& entry : kModes) {
    if (entry.name == name) return entry.mode;
    names.emplace_back(entry.name);
  }
  throw failure("--mode: there is no mode '{}'{}", name, did_you_mean(name, names));
}

std::string_view version() { return kVersion; }
std::string_view revision() { return kRevision; }

}  // namespace m2sim::cmd
