// The command line before CLI11 sees it: whose argument is whose, and options that do not exist.
#pragma once

#include <CLI/CLI.hpp>
#include <span>
#include <string>
#include <vector>

namespace m2sim::cmd {

struct SplitArguments {
  std::vector<std::string> own;    // options of `command`
  std::vector<std::string> guest;  // the program and its arguments
};

// Everything from the first argument on that is neither an option of `command` nor an option's value
// belongs to the guest; "--" in front of it is dropped. Throws UserError for an unknown option.
SplitArguments split_at_program(const CLI::App& command, std::span<const std::string> arguments);

// For the help alone, as split_at_program has taken the guest away before CLI11 looks.
// All options that `add` adds stand under this heading in help and manual.
template <class Add>
void add_group(CLI::App& command, const std::string& heading, Add add) {
  const std::size_t before = command.get_options().size();
  add();
  const std::vector<CLI::Option*> options = command.get_options();
  for (std::size_t i = before; i < options.size(); ++i) options[i]->group(heading);
}

void add_program(CLI::App& command, std::vector<std::string>& guest);

// Throws UserError for an argument that looks like an option and is none, naming the nearest one.
void check_options(const CLI::App& command, std::span<const std::string> arguments);

// For CLI::Option::check, as CLI11 would take -5 as nearly 2^64: empty, or what is wrong.
std::string whole_number(const std::string& text);

// For CLI::Option::transform, of numbers that may be large: 10M or 2e9 become their digits. Empty, or what is
// wrong.
std::string large_number(std::string& text);

}  // namespace m2sim::cmd
