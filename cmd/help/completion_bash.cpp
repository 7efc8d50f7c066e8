#include <fmt/format.h>

#include <algorithm>

#include "cmd/help/completion.h"

namespace m2sim::cmd {
namespace {

constexpr std::string_view kHead = R"bash(# bash completion of m2sim
_m2sim_settings() {
  compopt -o nospace
  COMPREPLY=($(compgen -S = -W "$_m2sim_setting_names" -- "$1"))
}
_m2sim_files() {
  compopt -o filenames
  local IFS=$'\n'
  COMPREPLY+=($(compgen "$1" -- "$2"))
}
)bash";

// Finds the command, and whether the program's own arguments have begun; `--name=value` comes as three words.
constexpr std::string_view kTail = R"bash(_m2sim() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev= command= own= word i
  COMPREPLY=()
  [[ $cur == = ]] && cur=
  for ((i = 1; i < COMP_CWORD; ++i)); do
    word=${COMP_WORDS[i]}
    if [[ $word == = ]]; then
      [[ -z $prev ]] && ((++i))
      continue
    fi
    if [[ -n $prev ]]; then
      prev=
    elif [[ $word == -* ]]; then
      _m2sim_takes_value "$command $word" && prev=$word
    elif _m2sim_is_command "${command:+$command }$word"; then
      command=${command:+$command }$word
    elif _m2sim_runs "$command"; then
      own=1
      break
    fi
  done
  if [[ -n $own ]]; then
    _m2sim_files -f "$cur"
  elif [[ -n $prev ]]; then
    _m2sim_value "$command $prev" "$cur"
  elif [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$(_m2sim_options "$command")" -- "$cur"))
  else
    COMPREPLY=($(compgen -W "$(_m2sim_words "$command")" -- "$cur"))
    [[ -n $command ]] && _m2sim_files -f "$cur"
  fi
}
complete -F _m2sim m2sim
)bash";

std::string bash_word(const std::string& text) { return "'" + text + "'"; }

// A function that says yes to some words.
std::string test_of(const std::string& name, const std::vector<std::string>& words) {
  std::string patterns;
  for (const std::string& word : words) patterns += (patterns.empty() ? "" : " | ") + bash_word(word);
  return fmt::format("{}() {{\n  case $1 in\n    {}) return 0 ;;\n  esac\n  return 1\n}}\n", name, patterns);
}

// What completes the value of an option.
std::string value_of(const OptionInfo& option) {
  std::string text;
  if (option.takes_setting) return "_m2sim_settings \"$2\"";
  if (!option.choices.empty())
    text = fmt::format("COMPREPLY=($(compgen -W \"{}\" -- \"$2\"))", fmt::join(option.choices, " "));
  const auto add = [&](const char* more) { text += (text.empty() ? "" : "; ") + std::string(more); };
  if (option.takes_file) add("_m2sim_files -f \"$2\"");
  if (option.takes_folder) add("_m2sim_files -d \"$2\"");
  return text.empty() ? ":" : text;
}

}  // namespace

std::string bash_completion(const CommandInfo& root, const std::vector<std::string>& settings) {
  std::vector<std::string> names;
  std::vector<std::string> running;
  std::vector<std::string> valued;
  std::string options = "_m2sim_options() {\n  case $1 in\n";
  std::string words = "_m2sim_words() {\n  case $1 in\n";
  std::string values = "_m2sim_value() {\n  case $1 in\n";
  for (const CommandInfo* command : all_commands(root)) {
    if (!command->name.empty()) names.push_back(command->name);
    if (command->runs_a_program()) running.push_back(command->name);
    std::vector<std::string> flags;
    std::vector<std::string> places;
    for (const CommandInfo& below : command->commands) places.push_back(below.last_name());
    for (const OptionInfo& option : command->options) {
      if (option.by_place) {
        places.insert(places.end(), option.choices.begin(), option.choices.end());
        continue;
      }
      for (const std::string& name : option.names) {
        flags.push_back(name);
        if (option.value.empty()) continue;
        valued.push_back(command->name + " " + name);
        values += fmt::format("    {}) {} ;;\n", bash_word(valued.back()), value_of(option));
      }
    }
    options += fmt::format("    {}) echo '{}' ;;\n", bash_word(command->name), fmt::join(flags, " "));
    words += fmt::format("    {}) echo '{}' ;;\n", bash_word(command->name), fmt::join(places, " "));
  }
  const std::string end = "  esac\n}\n";
  return fmt::format("{}_m2sim_setting_names='{}'\n", kHead, fmt::join(settings, " ")) +
         test_of("_m2sim_is_command", names) + test_of("_m2sim_runs", running) +
         test_of("_m2sim_takes_value", valued) + options + end + words + end + values + end +
         std::string(kTail);
}

}  // namespace m2sim::cmd
