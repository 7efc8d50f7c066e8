// What is to be fitted, and to what: whole numbers within bounds, and measurements that a model has something
// to say to. Nothing here knows what the numbers are of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace m2sim::calibration {

struct FitParameter {
  std::string path;
  std::uint32_t min = 0;  // both inclusive
  std::uint32_t max = 0;
  std::uint32_t own = 0;  // the value it has without a fit, within the bounds
};

// All are above 0: what is compared are ratios.
struct FitObservation {
  std::string name;
  std::string set;  // of whose measurements it is one
  double measured = 0;
  double low = 0;  // the measurement's 95 % interval
  double high = 0;
  double cost = 1;           // about how long a prediction takes
  std::size_t question = 0;  // what the model is asked; the same for several that measured the same
};

using Values = std::vector<std::uint32_t>;  // of all parameters, in their order

struct FitProblem {
  std::vector<FitParameter> parameters;
  std::vector<FitObservation> observations;
  std::function<bool(const Values&)> buildable;  // whether there can be a core of these
  // Called from several threads. Throws where the model has nothing to say.
  std::function<double(std::size_t question, const Values&)> predict;
  // What that would return, if it is known already; may be empty.
  std::function<std::optional<double>(std::size_t question, const Values&)> known{};

  Values own() const {
    Values values;
    for (const FitParameter& parameter : parameters) values.push_back(parameter.own);
    return values;
  }
};

}  // namespace m2sim::calibration
