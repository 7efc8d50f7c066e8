#include "calibration/fit/cross_validation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/calibration/fit/analytic.h"

namespace m2sim::calibration {
namespace {

TEST(CrossValidation, GroupsAreEvenAndDependOnTheSeed) {
  Chosen chosen(20, true);
  chosen[3] = false;
  const std::vector<std::size_t> groups = random_groups(chosen, 5, 1);
  std::vector<int> sizes(5);
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    if (chosen[i]) ++sizes[groups[i]];
  }
  EXPECT_EQ(*std::ranges::max_element(sizes), 4);
  EXPECT_EQ(*std::ranges::min_element(sizes), 3);
  EXPECT_EQ(groups, random_groups(chosen, 5, 1));
  EXPECT_NE(groups, random_groups(chosen, 5, 2));
}

TEST(CrossValidation, SetsAreGroups) {
  FitProblem problem;
  problem.observations = {{.name = "a", .set = "x"}, {.name = "b", .set = "y"}, {.name = "c", .set = "x"}};
  EXPECT_EQ(groups_by_set(problem, {true, true, true}), (std::vector<std::size_t>{0, 1, 0}));
}

TEST(CrossValidation, PredictsWhatItHasNotSeen) {
  // Twice a line; of the third observation nothing else knows the parameter.
  const std::vector<Formula> formulas = {[](const Values& v) { return 10.0 + v[0]; },
                                         [](const Values& v) { return 20.0 + v[0]; },
                                         [](const Values& v) { return 30.0 + v[1]; }};
  const FitProblem problem = analytic_problem({{"a", 1, 60, 5}, {"b", 1, 60, 5}}, formulas, {40, 50});
  Evaluations evaluations(problem, 1, {});
  const Loss loss(problem, {});
  const Objective objective(evaluations, loss, {true, true, true});
  const Space space(problem.parameters);
  const SearchResult found = search(objective, space, {});
  EXPECT_EQ(found.best.values, (Values{40, 50}));
  const CrossValidation result = cross_validate(objective, space, found.design, {0, 1, 2});
  EXPECT_EQ(result.groups, 3U);
  EXPECT_DOUBLE_EQ(result.held_out[0], 50);
  EXPECT_DOUBLE_EQ(result.held_out[1], 60);
  EXPECT_DOUBLE_EQ(result.held_out[2], 35) << "what nothing reacts to keeps its own value";
}

}  // namespace
}  // namespace m2sim::calibration
