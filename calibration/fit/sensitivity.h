// How predictions react to parameters near a vector, and what that says of how well these are determined: the
// Gauss-Newton approximation of the loss, its inverse the covariance.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "calibration/fit/loss.h"
#include "calibration/fit/space.h"

namespace m2sim::calibration {

// Two that no measurement tells apart, or hardly: |correlation| above this.
inline constexpr double kMoveTogether = 0.95;

struct MovingTogether {
  std::size_t a = 0;
  std::size_t b = 0;
  double correlation = 0;
};

struct Sensitivity {
  // d ln(prediction) / d parameter, [observation][parameter]: from the smallest steps that change anything.
  std::vector<std::vector<double>> slopes;
  // Whether any observation reacts to a parameter within its bounds.
  std::vector<bool> reacts;
  // Of free parameters; nothing where the slopes leave a direction open to which it belongs.
  std::vector<std::optional<double>> standard_errors;
  std::vector<MovingTogether> together;
};

// `scatter` is the factor on the variances of all measurements by which the model misses them.
Sensitivity sensitivity(const Objective& objective, const Space& space, const Values& at, double scatter);

// The free parameters that could make up for a change of this one: some measurement reacts to both, or to
// both of two in a chain of such.
std::vector<std::size_t> linked(const Sensitivity& sensitivity, const Space& space, std::size_t parameter);

// Where the parameter is at `value`, and the others where their slopes say that the loss is least.
Values conditional(const Sensitivity& sensitivity, const Objective& objective, const Space& space,
                   const Values& at, std::size_t parameter, std::uint32_t value);

}  // namespace m2sim::calibration
