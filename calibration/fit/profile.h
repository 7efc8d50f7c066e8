// The values of a parameter that measurements allow: those for which there are values of the others with
// which the loss is within a threshold. Integers need no derivative for that: values are tried, the others
// are sought anew.
#pragma once

#include <cstdint>

#include "calibration/fit/polish.h"
#include "calibration/fit/sensitivity.h"

namespace m2sim::calibration {

// 95 % of a chi-squared distribution of one degree of freedom.
inline constexpr double kLikelihood95 = 3.841;

struct Allowed {
  std::uint32_t low = 0;
  std::uint32_t high = 0;
};

// Around `best`, from where it is searched outwards, in steps that double, and back between the last two.
Allowed allowed_values(const Objective& objective, const Space& space, const Sensitivity& sensitivity,
                       const Values& best, std::size_t parameter, double threshold);

}  // namespace m2sim::calibration
