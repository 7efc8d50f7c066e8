#include "calibration/csv.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace m2sim::calibration {

namespace {

// What stands in quotes from `at` on; `at` is then behind them.
std::optional<std::string> quoted(std::string_view line, std::size_t& at) {
  std::string text;
  for (++at; at < line.size(); ++at) {
    if (line[at] != '"') {
      text += line[at];
    } else if (at + 1 < line.size() && line[at + 1] == '"') {
      text += line[at++];
    } else {
      ++at;
      return text;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::vector<std::string>> csv_fields(std::string_view line) {
  std::vector<std::string> fields;
  std::size_t at = 0;
  for (;;) {
    if (at < line.size() && line[at] == '"') {
      std::optional<std::string> text = quoted(line, at);
      if (!text || (at < line.size() && line[at] != ',')) return std::nullopt;
      fields.push_back(*std::move(text));
    } else {
      const std::size_t end = std::min(line.find(',', at), line.size());
      fields.emplace_back(line.substr(at, end - at));
      at = end;
    }
    if (at == line.size()) return fields;
    ++at;
  }
}

void for_each_row(std::string_view csv, std::string_view head,
                  const std::function<void(std::string_view line, std::size_t number)>& row) {
  bool head_seen = false;
  for (std::size_t number = 1; !csv.empty(); ++number) {
    const std::size_t end = std::min(csv.find('\n'), csv.size());
    const std::string_view line = csv.substr(0, end);
    csv.remove_prefix(std::min(end + 1, csv.size()));
    if (line.empty() || line.front() == '#') continue;
    if (!head_seen && line != head)
      throw std::invalid_argument("line " + std::to_string(number) + ": not the columns' names");
    if (std::exchange(head_seen, true)) row(line, number);
  }
}

}  // namespace m2sim::calibration
