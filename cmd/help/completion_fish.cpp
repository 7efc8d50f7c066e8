#include <fmt/format.h>

#include <algorithm>

#include "cmd/help/completion.h"

namespace m2sim::cmd {
namespace {

std::string fish_word(const std::string& text) {
  std::string escaped = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped + "'";
}

// Where the words of `command` have been said and none of a command below it.
std::string fish_condition(const CommandInfo& command) {
  std::string text;
  const std::string& name = command.name;
  for (std::size_t begin = 0; begin < name.size();) {
    const std::size_t end = std::min(name.find(' ', begin), name.size());
    text += fmt::format("{}__fish_seen_subcommand_from {}", text.empty() ? "" : "; and ",
                        name.substr(begin, end - begin));
    begin = end + 1;
  }
  if (command.commands.empty()) return text;
  std::vector<std::string> below;
  for (const CommandInfo& one : command.commands) below.push_back(one.last_name());
  return fmt::format("{}not __fish_seen_subcommand_from {}", text.empty() ? "" : text + "; and ",
                     fmt::join(below, " "));
}

std::string fish_option(const OptionInfo& option, const std::string& where) {
  std::string line = "complete -c m2sim -n " + fish_word(where);
  for (const std::string& name : option.names)
    line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  const bool files = option.takes_file || option.takes_folder;
  if (!option.value.empty()) line += files ? " -r -F" : " -x";
  std::string choices = fmt::format("{}", fmt::join(option.choices, " "));
  if (option.takes_setting) choices = "$__m2sim_settings";
  if (!choices.empty())
    line += option.takes_setting ? " -a \"$__m2sim_settings\"" : " -a " + fish_word(choices);
  return line + " -d " + fish_word(option.meaning) + "\n";
}

}  // namespace

std::string fish_completion(const CommandInfo& root, const std::vector<std::string>& settings) {
  std::string text = "# fish completion of m2sim\nset -g __m2sim_settings";
  for (const std::string& setting : settings) text += " " + setting + "=";
  text += "\n";
  for (const CommandInfo* command : all_commands(root)) {
    const std::string where = fish_condition(*command);
    for (const CommandInfo& below : command->commands) {
      text += fmt::format("complete -c m2sim -n {} -f -a {} -d {}\n", fish_word(where), below.last_name(),
                          fish_word(below.meaning));
    }
    for (const OptionInfo& option : command->options) {
      if (!option.by_place) {
        text += fish_option(option, where);
      } else if (!option.choices.empty()) {
        text += fmt::format("complete -c m2sim -n {} -a {}\n", fish_word(where),
                            fish_word(fmt::format("{}", fmt::join(option.choices, " "))));
      }
    }
  }
  return text;
}

}  // namespace m2sim::cmd
