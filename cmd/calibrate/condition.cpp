#include "cmd/calibrate/condition.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "cmd/console/failure.h"

namespace m2sim::cmd {

Condition Condition::parse(const std::string& text) {
  Condition condition;
  condition.text = text;
  const std::size_t at = text.find_first_of("<>");
  if (at == std::string::npos || at == 0)
    throw failure("--fail-if: '{}' is no condition; write it like 'AB.mean>6%'", text);
  condition.figure = text.substr(0, at);
  condition.op = text.substr(at, text.compare(at + 1, 1, "=") == 0 ? 2 : 1);
  std::string number = text.substr(at + condition.op.size());
  const bool percent = number.ends_with('%');
  if (percent) number.pop_back();
  const auto [stop, error] = std::from_chars(number.data(), number.data() + number.size(), condition.limit);
  if (error != std::errc() || stop != number.data() + number.size() || !std::isfinite(condition.limit))
    throw failure("--fail-if: '{}' ends with no number; write it like 'AB.mean>6%'", text);
  if (percent) condition.limit /= 100;
  return condition;
}

bool Condition::holds(double value) const {
  if (op == "<") return value < limit;
  if (op == "<=") return value <= limit;
  return op == ">" ? value > limit : value >= limit;
}

std::string conditions_that_hold(std::span<const Condition> conditions,
                                 std::span<const NamedFigure> figures) {
  std::string text;
  for (const Condition& condition : conditions) {
    const auto figure = std::ranges::find(figures, condition.figure, &NamedFigure::name);
    if (figure == figures.end()) {
      std::vector<std::string> names;
      for (const NamedFigure& known : figures) names.push_back(known.name);
      if (names.empty())
        throw failure("--fail-if: nothing was compared, so there is no '{}'", condition.figure);
      throw failure("--fail-if: there is no '{}' in these results; there are {}", condition.figure,
                    fmt::join(names, ", "));
    }
    if (condition.holds(figure->value))
      text += fmt::format("failed: {}, it is {:.4g}\n", condition.text, figure->value);
  }
  return text;
}

}  // namespace m2sim::cmd
