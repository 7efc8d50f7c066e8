// Measurements by how far they can be trusted. All rules are in grade.cpp, and docs/measurements.md says them
// in words.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calibration/measured/measurement.h"
#include "calibration/statistics/regression.h"

namespace m2sim::calibration {

enum class Grade : std::uint8_t { kA, kB, kC, kX };
std::string_view name_of(Grade grade);  // "A"

// The limits of the rules, shares of the slope where nothing else is said.
inline constexpr double kSlopeErrorA = 0.002;  // standard error; a better grade needs at most this
inline constexpr double kSlopeErrorB = 0.022;
inline constexpr double kLinear = 0.05;  // least squares and Theil-Sen differ by at most this
inline constexpr double kLinearR2 = 0.99;
inline constexpr double kDriftA = 0.01;  // largest clock less smallest, of the median
inline constexpr double kDriftB = 0.05;
inline constexpr double kLargestIntercept =
    1;  // of what the loop adds from the fewest iterations to the most
inline constexpr double kFasterThanCan = 0.05;  // below certain cycles, at a clock that was not assumed
inline constexpr double kTrimmedShare = 0.2;    // of a point's readings, at each side

// What a regression is over.
enum class Over : std::uint8_t { kNanoseconds, kCycles };

struct Graded {
  std::string set, source, program, unit, chip;
  std::string core_type;  // as in the file
  Grade grade = Grade::kA;
  std::vector<std::string> reasons;  // why not A, the gravest first

  std::optional<double> cycles;  // an iteration's; nothing where the set has no clock
  // What the measurement leaves open: 95 % of least squares, with the clock's own error where that was
  // derived, or what was published; where Theil-Sen gives another slope it lies inside too.
  double low = 0, high = 0;
  std::optional<double> ns;  // an iteration's; nothing where only cycles were counted
  std::optional<double> clock_ghz;
  std::string clock_how;     // as in the file
  bool gives_clock = false;  // the clock of its set is derived from it: its own cycles say nothing new
  std::optional<double> certain_cycles;
  std::string certain_why;
  std::string note;

  std::optional<Regression> regression;  // over iterations; nothing for a figure and for a single size
  Over regression_over = Over::kNanoseconds;
  std::map<std::string, double> counters;  // an iteration's
};

// One of each measurement, in the file's order.
std::vector<Graded> graded(const MeasurementFile& file);

}  // namespace m2sim::calibration
