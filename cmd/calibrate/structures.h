// m2sim calibrate structures.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "cmd/calibrate/options.h"

namespace m2sim::cmd {

struct StructuresOptions {
  ModelOptions model;
  std::string filter;
  std::string against;  // whose measurements; empty: the core's
  std::string json;
  std::string csv;
  std::string svg;
  bool quiet = false;
};

CLI::App* add_structures_action(CLI::App& app, StructuresOptions& options);

// Throws UserError.
int calibrate_structures(const StructuresOptions& options);

}  // namespace m2sim::cmd
