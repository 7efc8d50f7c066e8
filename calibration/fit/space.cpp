#include "calibration/fit/space.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace m2sim::calibration {
namespace {

bool logarithmic(const FitParameter& parameter) {
  return parameter.min >= 1 && parameter.max / parameter.min >= 4;
}

double fraction(const FitParameter& parameter, std::uint32_t value) {
  const auto min = static_cast<double>(parameter.min);
  const auto max = static_cast<double>(parameter.max);
  if (parameter.min == parameter.max) return 0;
  if (logarithmic(parameter)) return std::log(value / min) / std::log(max / min);
  return (value - min) / (max - min);
}

std::uint32_t value_at(const FitParameter& parameter, double fraction) {
  const auto min = static_cast<double>(parameter.min);
  const auto max = static_cast<double>(parameter.max);
  const double value =
      logarithmic(parameter) ? min * std::pow(max / min, fraction) : min + fraction * (max - min);
  return static_cast<std::uint32_t>(std::clamp(std::round(value), min, max));
}

}  // namespace

Space::Space(const std::vector<FitParameter>& parameters)
    : parameters_(parameters), fixed_(parameters.size()) {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    fixed_[i] = parameters[i].own;
    if (parameters[i].min < parameters[i].max) free_.push_back(i);
  }
}

void Space::fix(std::size_t parameter, std::uint32_t value) {
  fixed_[parameter] = value;
  std::erase(free_, parameter);
}

bool Space::is_free(std::size_t parameter) const { return std::ranges::binary_search(free_, parameter); }

std::vector<double> Space::relaxed(const Values& values) const {
  std::vector<double> fractions;
  for (const std::size_t i : free_) fractions.push_back(fraction(parameters_[i], values[i]));
  return fractions;
}

Values Space::values(std::span<const double> relaxed) const {
  Values values = fixed_;
  for (std::size_t i = 0; i < free_.size(); ++i)
    values[free_[i]] = value_at(parameters_[free_[i]], relaxed[i]);
  return values;
}

Values Space::within(Values values) const {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!is_free(i)) values[i] = fixed_[i];
  }
  return values;
}

Values Space::moved(Values values, std::size_t parameter, std::int64_t steps) const {
  const FitParameter& bounds = parameters_[parameter];
  values[parameter] =
      static_cast<std::uint32_t>(std::clamp<std::int64_t>(values[parameter] + steps, bounds.min, bounds.max));
  return values;
}

double Space::distance(const Values& values) const {
  double distance = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const FitParameter& parameter = parameters_[i];
    if (parameter.min == parameter.max) continue;
    distance += std::abs(fraction(parameter, values[i]) - fraction(parameter, parameter.own));
  }
  return distance;
}

}  // namespace m2sim::calibration
