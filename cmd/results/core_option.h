// --core and --set, for the commands that take them.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "timing/config/config.h"

namespace m2sim::cmd {

struct CoreOption {
  std::string core = "m2-pcore";  // a built-in name or a TOML file
  std::vector<std::string> sets;  // path=value, in order
};

void add_core_options(CLI::App& command, CoreOption& option);

// Throws UserError for an unknown core, an unreadable file, an unknown path or a bad value.
timing::CoreConfig configured(const CoreOption& option);

}  // namespace m2sim::cmd
