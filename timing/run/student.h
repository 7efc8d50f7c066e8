// How many standard errors wide an interval of confidence is.
#pragma once

#include <algorithm>

namespace m2sim::timing {

// Of the normal distribution: 95 % lie within so many standard deviations.
inline constexpr double kNormalQuantile = 1.959964;

// Of Student's t with `freedom` degrees of freedom, from one on. The expansion of Cornish and Fisher, 3 %
// short at two degrees of freedom and a quarter at one (calibration has it exactly, which is built upon this
// room).
constexpr double student_quantile(double freedom) {
  constexpr double z = kNormalQuantile;
  constexpr double z2 = z * z;
  const double n = std::max(1.0, freedom);
  return z + z * (z2 + 1) / (4 * n) + z * ((5 * z2 + 16) * z2 + 3) / (96 * n * n) +
         z * (((3 * z2 + 19) * z2 + 17) * z2 - 15) / (384 * n * n * n);
}

}  // namespace m2sim::timing
