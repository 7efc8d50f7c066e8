// The vectors that a search goes through: some parameters are free, the others stay at given values. Where a
// parameter spans more than a factor of four it is searched in its logarithm.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "calibration/fit/problem.h"

namespace m2sim::calibration {

class Space {
 public:
  // All free.
  explicit Space(const std::vector<FitParameter>& parameters);

  void fix(std::size_t parameter, std::uint32_t value);

  const std::vector<FitParameter>& parameters() const { return parameters_; }
  // Places in `parameters` of those that are free.
  const std::vector<std::size_t>& free() const { return free_; }
  bool is_free(std::size_t parameter) const;

  // The free parameters as fractions of their spans, and back, rounded.
  std::vector<double> relaxed(const Values& values) const;
  Values values(std::span<const double> relaxed) const;
  // The same with those that are not free where they stay.
  Values within(Values values) const;

  // The neighbour so many steps away, or at the bound before it.
  Values moved(Values values, std::size_t parameter, std::int64_t steps) const;

  // From the parameters' own values, in spans.
  double distance(const Values& values) const;

 private:
  const std::vector<FitParameter>& parameters_;
  std::vector<std::uint32_t> fixed_;
  std::vector<std::size_t> free_;
};

}  // namespace m2sim::calibration
