#include "cmd/help/facts.h"

#include <array>
#include <sstream>

namespace m2sim::cmd {
namespace {

constexpr auto kExamples = std::to_array<Example>({
#define EXAMPLE(command, line, meaning) {command, line, meaning},
#include "cmd/help/examples.inc"
#undef EXAMPLE
});

struct Row {
  std::string_view status;
  std::string_view who;
  std::string_view meaning;
};

constexpr auto kStatuses = std::to_array<Row>({
#define STATUS(status, who, meaning) {status, who, meaning},
#include "cmd/help/exit_statuses.inc"
#undef STATUS
});

bool concerns(const Row& row, const CommandInfo& command) {
  const bool passes_on = command.has("--strace") && command.name != "verify";
  const std::string first = command.name.substr(0, command.name.find(' '));
  std::istringstream words{std::string(row.who)};
  for (std::string word; words >> word;) {
    if (word == "all" || word == first || command.has(word)) return true;
    if (word == "guest" && passes_on) return true;
    if (word == "own" && !passes_on && command.name != "verify") return true;
  }
  return false;
}

}  // namespace

std::vector<Example> examples_of(const CommandInfo& command) {
  std::vector<Example> examples;
  for (const Example& example : kExamples) {
    if (example.command == command.name) examples.push_back(example);
  }
  return examples;
}

std::vector<ExitStatus> exit_statuses_of(const CommandInfo& command) {
  std::vector<ExitStatus> statuses;
  for (const Row& row : kStatuses) {
    if (concerns(row, command)) statuses.push_back({row.status, row.meaning});
  }
  return statuses;
}

}  // namespace m2sim::cmd
