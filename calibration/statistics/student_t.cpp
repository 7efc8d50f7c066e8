#include "calibration/statistics/student_t.h"

#include <cmath>
#include <numbers>

namespace m2sim::calibration {

// For whole degrees of freedom the integral is a finite sum (Abramowitz and Stegun, 26.7.3 and 26.7.4).
double student_t_within(double t, unsigned degrees) {
  const double angle = std::atan2(std::abs(t), std::sqrt(static_cast<double>(degrees)));
  const double cosine = std::cos(angle);
  const bool odd = degrees % 2 != 0;
  double term = odd ? cosine : 1;
  double sum = degrees == 1 ? 0 : term;
  for (unsigned k = odd ? 3 : 2; k + 2 <= degrees; k += 2) {
    term *= cosine * cosine * (k - 1) / k;
    sum += term;
  }
  if (!odd) return std::sin(angle) * sum;
  return 2 / std::numbers::pi * (angle + std::sin(angle) * sum);
}

double student_t(double confidence, unsigned degrees) {
  double low = 0;
  double high = 1;
  while (student_t_within(high, degrees) < confidence) high *= 2;
  // Doubles have 53 bits: more halvings change nothing.
  for (int step = 0; step < 60; ++step) {
    const double middle = low + (high - low) / 2;
    (student_t_within(middle, degrees) < confidence ? low : high) = middle;
  }
  return high;
}

}  // namespace m2sim::calibration
