#include "cmd/results/condition.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "cmd/console/failure.h"
#include "cmd/console/nearest.h"

namespace m2sim::cmd {
namespace {

// More names than this are no answer: then the nearest is.
constexpr std::size_t kMostListed = 40;

double value_of(const Condition& condition, std::span<const NamedFigure> figures) {
  const auto figure = std::ranges::find(figures, condition.figure, &NamedFigure::name);
  if (figure != figures.end()) return figure->value;
  std::vector<std::string> names;
  for (const NamedFigure& known : figures) names.push_back(known.name);
  if (names.empty()) throw failure("--fail-if: nothing was compared, so there is no '{}'", condition.figure);
  if (names.size() > kMostListed) {
    throw failure("--fail-if: there is no '{}' in these results{}", condition.figure,
                  did_you_mean(condition.figure, names));
  }
  throw failure("--fail-if: there is no '{}' in these results; there are {}", condition.figure,
                fmt::join(names, ", "));
}

double changed(const Condition& condition, double before, double after) {
  if (!condition.percent) return after - before;
  if (before == 0) return after == 0 ? 0 : std::copysign(INFINITY, after);
  return (after - before) / std::abs(before);
}

}  // namespace

Condition Condition::parse(const std::string& text) {
  Condition condition;
  condition.text = text;
  const std::size_t at = text.find_first_of("<>");
  if (at == std::string::npos || at == 0)
    throw failure("--fail-if: '{}' is no condition; write it like 'AB.mean>6%' or 'core.cpi>+2%'", text);
  condition.figure = text.substr(0, at);
  condition.op = text.substr(at, text.compare(at + 1, 1, "=") == 0 ? 2 : 1);
  std::string number = text.substr(at + condition.op.size());
  condition.percent = number.ends_with('%');
  if (condition.percent) number.pop_back();
  condition.change = number.starts_with('+') || number.starts_with('-');
  const char* const first = number.data() + (number.starts_with('+') ? 1 : 0);
  const char* const last = number.data() + number.size();
  const auto [stop, error] = std::from_chars(first, last, condition.limit);
  if (error != std::errc() || stop != last || !std::isfinite(condition.limit) || number.starts_with("+-"))
    throw failure("--fail-if: '{}' ends with no number; write it like 'AB.mean>6%' or 'core.cpi>+2%'", text);
  if (condition.percent) condition.limit /= 100;
  return condition;
}

std::vector<Condition> Condition::parse(std::span<const std::string> texts) {
  std::vector<Condition> conditions;
  for (const std::string& text : texts) conditions.push_back(parse(text));
  return conditions;
}

bool Condition::holds(double value) const {
  if (op == "<") return value < limit;
  if (op == "<=") return value <= limit;
  return op == ">" ? value > limit : value >= limit;
}

std::string conditions_that_hold(std::span<const Condition> conditions, std::span<const NamedFigure> figures,
                                 std::span<const NamedFigure> before) {
  std::string text;
  for (const Condition& condition : conditions) {
    const double value = value_of(condition, figures);
    if (std::isnan(value)) {
      text += fmt::format("failed: {}, it is not known\n", condition.text);
      continue;
    }
    if (!condition.change) {
      if (condition.holds(value)) text += fmt::format("failed: {}, it is {:.4g}\n", condition.text, value);
      continue;
    }
    if (before.empty())
      throw failure("--fail-if: '{}' asks for a change, and there is nothing to compare with",
                    condition.text);
    const double was = value_of(condition, before);
    const double change = changed(condition, was, value);
    if (!condition.holds(change)) continue;
    text += fmt::format(
        "failed: {}, it went from {:.6g} to {:.6g}, {}\n", condition.text, was, value,
        condition.percent ? fmt::format("{:+.2f} %", 100 * change) : fmt::format("{:+.4g}", change));
  }
  return text;
}

}  // namespace m2sim::cmd
