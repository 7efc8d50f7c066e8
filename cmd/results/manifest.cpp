#include "cmd/results/manifest.h"

#include <array>

#include "cmd/console/failure.h"
#include "cmd/console/nearest.h"
#include "cmd/revision.h"

namespace m2sim::cmd {
namespace {

template <class T>
struct Name {
  T value;
  std::string_view name;
};

constexpr std::array<Name<Mode>, 3> kModes{{
    {Mode::kEmulation, "emulation"},
    {Mode::kTiming, "timing"},
    {Mode::kFastTiming, "fast-timing"},
}};

constexpr std::array<Name<GuestClock>, 2> kClocks{{
    {GuestClock::kInstructions, "instructions"},
    {GuestClock::kCycles, "cycles"},
}};

template <class Names, class T>
std::string_view name_of(const Names& known, T value) {
  for (const auto& entry : known) {
    if (entry.value == value) return entry.name;
  }
  return "";
}

template <class Names>
auto parse(const Names& known, std::string_view name, std::string_view option, std::string_view what) {
  std::vector<std::string> names;
  for (const auto& entry : known) {
    if (entry.name == name) return entry.value;
    names.emplace_back(entry.name);
  }
  throw failure("{}: there is no {} '{}'{}", option, what, name, did_you_mean(name, names));
}

}  // namespace

std::string_view mode_name(Mode mode) { return name_of(kModes, mode); }
Mode parse_mode(std::string_view name) { return parse(kModes, name, "--mode", "mode"); }

std::string_view clock_name(GuestClock clock) { return name_of(kClocks, clock); }
GuestClock parse_clock(std::string_view name) { return parse(kClocks, name, "--clock", "clock"); }

std::string_view version() { return kVersion; }
std::string_view revision() { return kRevision; }

}  // namespace m2sim::cmd
