// Student's t distribution.
#pragma once

namespace m2sim::calibration {

// The value that a t of so many degrees of freedom exceeds in size with probability 1 - confidence: for 0.95
// and 4 it is 2.776. Degrees of freedom: at least 1.
double student_t(double confidence, unsigned degrees);

// The probability that such a t is at most `t` in size.
double student_t_within(double t, unsigned degrees);

}  // namespace m2sim::calibration
