#include "calibration/fit/cross_validation.h"

#include <algorithm>
#include <limits>
#include <random>
#include <string>
#include <utility>

namespace m2sim::calibration {

std::vector<std::size_t> random_groups(const Chosen& chosen, std::size_t groups, std::uint64_t seed) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    if (chosen[i]) places.push_back(i);
  }
  // std::shuffle and the distributions differ from library to library; the generator does not.
  std::mt19937_64 random(seed);
  for (std::size_t i = places.size(); i > 1; --i) std::swap(places[i - 1], places[random() % i]);
  std::vector<std::size_t> group_of(chosen.size());
  for (std::size_t i = 0; i < places.size(); ++i) group_of[places[i]] = i % groups;
  return group_of;
}

std::vector<std::size_t> groups_by_set(const FitProblem& problem, const Chosen& chosen) {
  std::vector<std::string> sets;
  std::vector<std::size_t> group_of(chosen.size());
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    if (!chosen[i]) continue;
    const auto found = std::ranges::find(sets, problem.observations[i].set);
    group_of[i] = static_cast<std::size_t>(found - sets.begin());
    if (found == sets.end()) sets.push_back(problem.observations[i].set);
  }
  return group_of;
}

CrossValidation cross_validate(const Objective& objective, const Space& space,
                               const std::vector<Values>& design, const std::vector<std::size_t>& group_of) {
  const std::size_t observations = objective.chosen().size();
  CrossValidation result;
  result.held_out.assign(observations, std::numeric_limits<double>::quiet_NaN());
  for (std::size_t i = 0; i < observations; ++i) {
    if (objective.chosen()[i]) result.groups = std::max(result.groups, group_of[i] + 1);
  }
  FitStatus& status = objective.evaluations().status();
  for (std::size_t group = 0; group < result.groups; ++group) {
    status.advance(static_cast<double>(group) / static_cast<double>(result.groups));
    Chosen rest = objective.chosen();
    for (std::size_t i = 0; i < observations; ++i) {
      if (group_of[i] == group) rest[i] = false;
    }
    const Objective without(objective.evaluations(), objective.loss(), rest);
    const Candidate found = search_locally(without, space, design);
    const Predictions& predictions = objective.evaluations()(found.values);
    for (std::size_t i = 0; i < observations; ++i) {
      if (objective.chosen()[i] && group_of[i] == group) result.held_out[i] = predictions[i];
    }
  }
  return result;
}

}  // namespace m2sim::calibration
