// The commands and their options as help, man pages and completion see them: all of it read from the tree
// that parses the command line.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace m2sim::cmd {

struct OptionInfo {
  std::vector<std::string> names;  // "-q", "--quiet"; of what goes by its place, the word that stands for it
  std::string value;               // what stands behind it: "FILE"; empty: nothing
  std::string meaning;
  std::string group;
  bool by_place = false;
  bool required = false;
  bool many = false;

  // What can stand for the value, as far as that is known.
  std::vector<std::string> choices;
  bool takes_file = false;
  bool takes_folder = false;
  bool takes_setting = false;
};

struct CommandInfo {
  std::string name;  // "calibrate fit"; "" of m2sim itself
  std::string meaning;
  std::vector<OptionInfo> options;
  std::vector<CommandInfo> commands;

  std::string last_name() const { return name.substr(name.rfind(' ') + 1); }
  std::string spoken() const { return name.empty() ? "m2sim" : "m2sim " + name; }
  // Its options end at the program's name.
  bool runs_a_program() const;
  bool has(const std::string& option) const;
};

CommandInfo command_info(const CLI::App& app);

// Itself and all below, in order.
std::vector<const CommandInfo*> all_commands(const CommandInfo& root);
// Null: there is none of this name.
const CommandInfo* find_command(const CommandInfo& root, const std::string& name);

// "m2sim run [OPTIONS] PROGRAM [ARGUMENTS...]".
std::string synopsis(const CommandInfo& command);

}  // namespace m2sim::cmd
