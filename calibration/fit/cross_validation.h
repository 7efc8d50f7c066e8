// How well a fit predicts what it has not seen: the observations are parted into groups, each is predicted by
// a fit to all others. Such a fit begins where the full one did, with vectors that were chosen without a look
// at any measurement, and ends in its local search.
#pragma once

#include <cstdint>
#include <vector>

#include "calibration/fit/search.h"

namespace m2sim::calibration {

struct CrossValidation {
  std::size_t groups = 0;
  Predictions held_out;  // of each observation by the fit without its group
};

// The group of each observation: as even as they can be, by chance.
std::vector<std::size_t> random_groups(const Chosen& chosen, std::size_t groups, std::uint64_t seed);
// One a set.
std::vector<std::size_t> groups_by_set(const FitProblem& problem, const Chosen& chosen);

CrossValidation cross_validate(const Objective& objective, const Space& space,
                               const std::vector<Values>& design, const std::vector<std::size_t>& group_of);

}  // namespace m2sim::calibration
