// m2sim config: configurations and the names that files and options use.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "cmd/results/core_option.h"

namespace m2sim::cmd {

struct ConfigOptions {
  CoreOption core;
  bool dump = false;
  std::string check;  // a TOML file
  bool list_stats = false;
  bool list_fields = false;
};

CLI::App* add_config_command(CLI::App& app, ConfigOptions& options);

int config(const ConfigOptions& options);

}  // namespace m2sim::cmd
