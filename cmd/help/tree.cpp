#include "cmd/help/tree.h"

#include <algorithm>

namespace m2sim::cmd {
namespace {

bool is_placeholder(const std::string& word) {
  return word.empty() || std::any_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

// "m2-pcore|m1-pcore|FILE.toml": two words to choose from, and a file.
void read_value(OptionInfo& info) {
  const std::string value = info.value + "|";
  if (value.find('|') + 1 != value.size()) {
    for (std::size_t begin = 0, end = 0; (end = value.find('|', begin)) != std::string::npos;
         begin = end + 1) {
      const std::string word = value.substr(begin, end - begin);
      if (!is_placeholder(word)) info.choices.push_back(word);
    }
  }
  const auto says = [&](const char* word) { return info.value.find(word) != std::string::npos; };
  info.takes_file = says("FILE") || info.value == "PROGRAM" || info.names.front() == "PROGRAM";
  info.takes_folder = says("DIR");
  info.takes_setting = info.value.starts_with("PATH=");
}

OptionInfo option_info(const CLI::Option& option) {
  OptionInfo info;
  info.by_place = option.get_positional();
  if (info.by_place) info.names.push_back(option.get_name(true));
  for (const std::string& name : option.get_snames()) info.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) info.names.push_back("--" + name);
  // Behind a colon CLI11 says what it checks.
  if (option.get_items_expected_max() > 0) info.value = option.get_type_name();
  if (const std::size_t check = info.value.find(':'); check != std::string::npos &&
                                                      check + 1 < info.value.size() && info.value != "A:B" &&
                                                      !info.value.starts_with("PATH="))
    info.value.resize(check);
  info.meaning = option.get_description();
  info.group = option.get_group();
  info.required = option.get_required();
  info.many = option.get_items_expected_max() > 1;
  read_value(info);
  return info;
}

CommandInfo read(const CLI::App& app, const std::string& name) {
  CommandInfo info;
  info.name = name;
  info.meaning = app.get_description();
  for (const CLI::Option* option : app.get_options()) info.options.push_back(option_info(*option));
  const auto all = [](const CLI::App* /*command*/) { return true; };
  for (const CLI::App* command : app.get_subcommands(all))
    info.commands.push_back(
        read(*command, name.empty() ? command->get_name() : name + " " + command->get_name()));
  return info;
}

void collect(const CommandInfo& command, std::vector<const CommandInfo*>& all) {
  all.push_back(&command);
  for (const CommandInfo& below : command.commands) collect(below, all);
}

}  // namespace

bool CommandInfo::runs_a_program() const {
  return std::any_of(options.begin(), options.end(), [](const OptionInfo& option) {
    return option.by_place && option.names.front() == "PROGRAM";
  });
}

bool CommandInfo::has(const std::string& option) const {
  return std::any_of(options.begin(), options.end(), [&](const OptionInfo& info) {
    return std::find(info.names.begin(), info.names.end(), option) != info.names.end();
  });
}

CommandInfo command_info(const CLI::App& app) { return read(app, ""); }

std::vector<const CommandInfo*> all_commands(const CommandInfo& root) {
  std::vector<const CommandInfo*> all;
  collect(root, all);
  return all;
}

const CommandInfo* find_command(const CommandInfo& root, const std::string& name) {
  for (const CommandInfo* command : all_commands(root)) {
    if (command->name == name) return command;
  }
  return nullptr;
}

std::string synopsis(const CommandInfo& command) {
  std::string text = command.spoken();
  if (!command.commands.empty()) return text + " COMMAND [OPTIONS]";
  text += " [OPTIONS]";
  for (const OptionInfo& option : command.options) {
    if (!option.by_place) continue;
    const std::string& name = option.names.front();
    if (name == "PROGRAM") {
      text += " PROGRAM [ARGUMENTS...]";
    } else {
      const std::string word = option.many ? name + "..." : name;
      text += option.required ? " " + word : " [" + word + "]";
    }
  }
  return text;
}

}  // namespace m2sim::cmd
