// Which run a set of figures belongs to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "timing/run/mode.h"
#include "timing/run/sampling.h"
#include "timing/run/simpoints.h"

namespace m2sim::cmd {

using timing::GuestClock;
using timing::Mode;

std::string_view mode_name(Mode mode);
Mode parse_mode(std::string_view name);  // throws UserError, naming the nearest

std::string_view clock_name(GuestClock clock);
GuestClock parse_clock(std::string_view name);  // as parse_mode

struct Manifest {
  std::string program;  // as given
  std::string program_sha256;
  std::string config_sha256;      // of the configuration as TOML (config_file.h); of "" in emulation mode
  std::vector<std::string> argv;  // the guest's, argv[0] first
  Mode mode = Mode::kTiming;
  std::string core;  // empty in emulation mode
  std::string cpu;   // the guest's processor
  GuestClock clock = GuestClock::kInstructions;
  // In instructions, where they were given.
  std::optional<std::uint64_t> skip{};
  std::optional<std::uint64_t> warmup{};
  std::optional<std::uint64_t> limit{};
  // What else a run is repeated with.
  std::vector<std::string> settings{};     // PATH=VALUE as they were given to change the core
  std::vector<std::string> environment{};  // the guest's, NAME=VALUE
  std::string directory{};                 // the guest's working directory, a name of the host
  std::string sysroot{};
  std::vector<std::string> limits{};  // the guest's resource limits, NAME=VALUE
  std::int64_t start_time = 0;        // of the guest's clock
  std::vector<std::pair<std::string, std::string>> configuration{};  // every number of the core, by path
  std::uint64_t clock_mhz = 0;                                       // of the core; 0 in emulation mode
  std::string restored{};                                            // the checkpoint; empty: none
  std::vector<std::string> regions{};                                // the options that ask for them
  std::optional<timing::SamplePlan> sample{};                        // no value: all of it was timed
  std::optional<timing::SimPointPlan> points{};                      // the same
  // "exit", "signal" (the guest's), "limit", "regions" (all measured), "timeout", "stopped" (by a signal to
  // m2sim).
  std::string end;
  int status = 0;  // exit status or signal number
};

std::string_view version();   // "0.1.0"
std::string_view revision();  // of the source, when this was built; "unknown" outside git

}  // namespace m2sim::cmd
