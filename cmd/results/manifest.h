// Which run a set of figures belongs to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "timing/run/mode.h"

namespace m2sim::cmd {

using timing::Mode;

std::string_view mode_name(Mode mode);
Mode parse_mode(std::string_view name);  // throws UserError, naming the nearest

struct Manifest {
  std::string program;  // as given
  std::string program_sha256;
  std::string config_sha256;      // of the configuration as TOML (config_file.h); of "" in emulation mode
  std::vector<std::string> argv;  // the guest's, argv[0] first
  Mode mode = Mode::kTiming;
  std::string core;  // empty in emulation mode
  std::string cpu;   // the guest's processor
  // In instructions, where they were given.
  std::optional<std::uint64_t> skip{};
  std::optional<std::uint64_t> warmup{};
  std::optional<std::uint64_t> limit{};
  std::string end;  // "exit", "signal" (the guest's), "limit", "stopped" (by a signal to m2sim)
  int status = 0;   // exit status or signal number
};

std::string_view version();   // "0.1.0"
std::string_view revision();  // of the source, when this was built; "unknown" outside git

}  // namespace m2sim::cmd
