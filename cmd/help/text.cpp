#include "cmd/help/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "cmd/help/facts.h"

namespace m2sim::cmd {
namespace {

constexpr std::size_t kColumn = 24;  // where meanings begin

// `text` in lines that end before `width`; the first goes on at `column`, the others begin at `indent`.
std::string wrapped(const std::string& text, std::size_t column, std::size_t indent, std::size_t width) {
  std::istringstream words(text);
  std::string lines;
  bool first = true;
  for (std::string word; words >> word;) {
    if (!first && column + 1 + word.size() > width) {
      lines += "\n" + std::string(indent, ' ');
      column = indent;
      first = true;
    }
    if (!first) lines += " ";
    lines += word;
    column += word.size() + (first ? 0 : 1);
    first = false;
  }
  return lines + "\n";
}

std::string entry(const std::string& head, const std::string& meaning, std::size_t width) {
  std::string text = "  " + head;
  if (text.size() + 2 > kColumn) {
    text += "\n" + std::string(kColumn, ' ');
  } else {
    text.resize(kColumn, ' ');
  }
  return text + wrapped(meaning, kColumn, kColumn, width);
}

std::string text_head(const OptionInfo& option) {
  std::string head = fmt::format("{}", fmt::join(option.names, ", "));
  if (!option.value.empty() && option.value != head) head += " " + option.value;
  return head;
}

std::string text_options(const CommandInfo& command, std::size_t width) {
  std::vector<std::string> groups;
  std::string text;
  for (const OptionInfo& option : command.options) {
    const auto found = std::find(groups.begin(), groups.end(), option.group);
    if (!option.by_place && found == groups.end()) groups.push_back(option.group);
  }
  for (const std::string& group : groups) {
    text += "\n" + group + ":\n";
    for (const OptionInfo& option : command.options) {
      if (!option.by_place && option.group == group) text += entry(text_head(option), option.meaning, width);
    }
  }
  return text;
}

}  // namespace

std::string help_text(const CommandInfo& command, unsigned width) {
  std::string text = "Usage: " + wrapped(synopsis(command), 7, 11, width) + "\n";
  text += wrapped(command.meaning, 0, 0, width);
  std::string places;
  for (const OptionInfo& option : command.options) {
    if (option.by_place) places += entry(text_head(option), option.meaning, width);
  }
  if (!places.empty()) text += "\n" + places;
  if (!command.commands.empty()) {
    text += "\nCommands:\n";
    for (const CommandInfo& below : command.commands) text += entry(below.last_name(), below.meaning, width);
  }
  text += text_options(command, width);
  text += "\nExamples:\n";
  for (const Example& example : examples_of(command)) {
    text += fmt::format("  {}\n", example.line);
    text += "      " + wrapped(std::string(example.meaning), 6, 6, width);
  }
  text += "\nExit status:\n";
  for (const ExitStatus& status : exit_statuses_of(command))
    text += entry(std::string(status.status), std::string(status.meaning), width);
  return text;
}

}  // namespace m2sim::cmd
