#include <fmt/format.h>

#include "cmd/help/completion.h"

namespace m2sim::cmd {
namespace {

// Inside single quotes, and as text of a specification.
std::string zsh_text(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\'') {
      escaped += "'\\''";
    } else if (c == '[' || c == ']' || c == ':' || c == '\\') {
      escaped += std::string("\\") + c;
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string zsh_action(const OptionInfo& option) {
  if (option.takes_setting) return "_m2sim_settings";
  if (option.choices.empty()) return option.takes_file ? "_files" : option.takes_folder ? "_files -/" : " ";
  const std::string choices = fmt::format("{}", fmt::join(option.choices, " "));
  if (!option.takes_file) return fmt::format("({})", choices);
  return fmt::format("_alternative \"words:word:({})\" \"files:file:_files\"", choices);
}

std::string zsh_option(const OptionInfo& option, const std::string& name) {
  std::string text = fmt::format("    '{}{}", option.many ? "*" : "", name);
  if (!option.value.empty() && name.starts_with("--")) text += "=";
  text += fmt::format("[{}]", zsh_text(option.meaning));
  if (!option.value.empty()) text += fmt::format(":{}:{}", zsh_text(option.value), zsh_action(option));
  return text + "'";
}

// Its words are those behind the command's name.
std::string zsh_function(const CommandInfo& command) {
  std::string name = command.spoken();
  for (char& c : name) c = c == ' ' ? '_' : c;
  std::string text = fmt::format("_{}() {{\n", name);
  std::string specs;
  for (const OptionInfo& option : command.options) {
    if (option.by_place) {
      const bool program = option.names.front() == "PROGRAM";
      const std::string place = program ? "*::" : option.many ? "*:" : ":";
      const std::string action = program ? "_files" : zsh_action(option);
      specs += fmt::format(" \\\n    '{}{}:{}'", place, zsh_text(option.names.front()), action);
      continue;
    }
    for (const std::string& spelling : option.names) specs += " \\\n" + zsh_option(option, spelling);
  }
  if (command.commands.empty()) return text + "  _arguments -S" + specs + "\n}\n";
  text += "  local curcontext=$curcontext state line\n  _arguments -C" + specs +
          " \\\n    '1:command:->command' '*::argument:->argument'\n  case $state in\n    command)\n"
          "      local -a commands\n      commands=(\n";
  for (const CommandInfo& below : command.commands)
    text += fmt::format("        '{}:{}'\n", below.last_name(), zsh_text(below.meaning));
  text += "      )\n      _describe command commands\n      ;;\n    argument)\n      case $words[1] in\n";
  for (const CommandInfo& below : command.commands)
    text += fmt::format("        {}) _{}_{} ;;\n", below.last_name(), name, below.last_name());
  return text + "      esac\n      ;;\n  esac\n}\n";
}

}  // namespace

std::string zsh_completion(const CommandInfo& root, const std::vector<std::string>& settings) {
  std::string text = "#compdef m2sim\n_m2sim_settings() {\n  compadd -S = --";
  for (const std::string& setting : settings) text += " " + setting;
  text += "\n}\n";
  for (const CommandInfo* command : all_commands(root)) text += zsh_function(*command);
  return text + "if [[ $funcstack[1] == _m2sim ]]; then _m2sim \"$@\"; else compdef _m2sim m2sim; fi\n";
}

}  // namespace m2sim::cmd
