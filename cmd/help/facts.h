// What the options do not say of a command: examples, and with which status it exits.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/help/tree.h"

namespace m2sim::cmd {

struct Example {
  std::string_view command;  // CommandInfo::name
  std::string_view line;
  std::string_view meaning;
};

struct ExitStatus {
  std::string_view status;
  std::string_view meaning;
};

std::vector<Example> examples_of(const CommandInfo& command);
// In ascending order; of m2sim itself, those that every command shares.
std::vector<ExitStatus> exit_statuses_of(const CommandInfo& command);

}  // namespace m2sim::cmd
