// --core, --set and --cpu, for the commands that take them.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "emu/cpu/processor.h"
#include "timing/config/config.h"

namespace m2sim::cmd {

struct CoreOption {
  std::string core = "m2-pcore";      // a built-in name or a TOML file
  std::vector<std::string> recorded;  // path=value of a run that is repeated, before those of `sets`
  std::vector<std::string> sets;      // path=value, in order
  std::optional<std::string> cpu;     // a processor's name; the core's without
};

// `unset` says which core it is without the option.
void add_core_options(CLI::App& command, CoreOption& option, const std::string& unset = "m2-pcore");
void add_cpu_option(CLI::App& command, CoreOption& option);

// Throws UserError for an unknown core, an unreadable file, an unknown path or a bad value.
timing::CoreConfig configured(const CoreOption& option);
// The processor that the guest sees. Throws UserError for one that there is not, and an unreadable file.
emu::Cpu chosen_cpu(const CoreOption& option);

}  // namespace m2sim::cmd
