#include "cmd/help/man.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "cmd/help/facts.h"
#include "cmd/results/manifest.h"

namespace m2sim::cmd {
namespace {

// As text, wherever it stands.
std::string roff(std::string_view text) {
  std::string escaped;
  if (text.starts_with('.') || text.starts_with('\'')) escaped = "\\&";
  for (const char c : text) {
    switch (c) {
      case '\\':
        escaped += "\\e";
        break;
      case '-':
        escaped += "\\-";
        break;
      case '\'':
        escaped += "\\(aq";
        break;
      case '~':
        escaped += "\\(ti";
        break;
      case '^':
        escaped += "\\(ha";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string paragraph(const std::string& head, std::string_view text) {
  return fmt::format(".TP\n{}\n{}\n", head, roff(text));
}

std::string bold(std::string_view text) { return fmt::format("\\fB{}\\fR", roff(text)); }
std::string italic(std::string_view text) { return fmt::format("\\fI{}\\fR", roff(text)); }

std::string man_head(const OptionInfo& option) {
  std::string head;
  for (const std::string& name : option.names) {
    if (!head.empty()) head += ", ";
    head += option.by_place ? italic(name) : bold(name);
  }
  if (!option.value.empty() && option.value != option.names.front()) head += " " + italic(option.value);
  return head;
}

std::string man_options(const CommandInfo& command) {
  std::string text;
  for (const OptionInfo& option : command.options) {
    if (option.by_place) text += paragraph(man_head(option), option.meaning);
  }
  if (!text.empty()) text = ".SH ARGUMENTS\n" + text;
  text += ".SH OPTIONS\n";
  std::vector<std::string> groups;
  for (const OptionInfo& option : command.options) {
    if (option.by_place || std::find(groups.begin(), groups.end(), option.group) != groups.end()) continue;
    groups.push_back(option.group);
    if (option.group != "Options") text += fmt::format(".SS {}\n", roff(option.group));
    for (const OptionInfo& other : command.options) {
      if (!other.by_place && other.group == option.group) text += paragraph(man_head(other), other.meaning);
    }
  }
  return text;
}

std::string see_also(const CommandInfo& root, const CommandInfo& command) {
  std::string text;
  for (const CommandInfo* other : all_commands(root)) {
    if (other == &command) continue;
    text += fmt::format("{}.BR {} (1)", text.empty() ? "" : ",\n", roff(man_name(*other)));
  }
  return ".SH SEE ALSO\n" + text + "\n";
}

}  // namespace

std::string man_name(const CommandInfo& command) {
  std::string name = command.spoken();
  std::replace(name.begin(), name.end(), ' ', '-');
  return name;
}

std::string man_page(const CommandInfo& root, const CommandInfo& command) {
  std::string title = man_name(command);
  std::transform(title.begin(), title.end(), title.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  std::string text = fmt::format(".TH {} 1 \"\" \"m2sim {}\" \"m2sim\"\n", roff(title), version());
  text += fmt::format(".SH NAME\n{} \\- {}\n", roff(man_name(command)), roff(command.meaning));
  text += fmt::format(".SH SYNOPSIS\n{}{}\n", bold(command.spoken()),
                      roff(synopsis(command).substr(command.spoken().size())));
  if (!command.commands.empty()) {
    text += ".SH COMMANDS\n";
    for (const CommandInfo& below : command.commands)
      text += paragraph(bold(below.last_name()), below.meaning);
  }
  text += man_options(command);
  text += ".SH EXIT STATUS\n";
  for (const ExitStatus& status : exit_statuses_of(command))
    text += paragraph(bold(status.status), status.meaning);
  text += ".SH EXAMPLES\n";
  for (const Example& example : examples_of(command)) text += paragraph(bold(example.line), example.meaning);
  return text + see_also(root, command);
}

}  // namespace m2sim::cmd
