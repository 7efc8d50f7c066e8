// m2sim calibrate instructions.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "cmd/calibrate/options.h"

namespace m2sim::cmd {

struct InstructionsOptions {
  ModelOptions model;
  std::string filter;
  std::string kind;
  std::string json;
  std::string csv;
  unsigned every = 1;
  unsigned top = 30;
  bool quiet = false;
};

CLI::App* add_instructions_action(CLI::App& app, InstructionsOptions& options);

// Throws UserError.
int calibrate_instructions(const InstructionsOptions& options);

}  // namespace m2sim::cmd
