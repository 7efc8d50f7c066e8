#include "calibration/structures/trial.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace m2sim::calibration {
namespace {

using Grid = std::vector<std::uint64_t>;

TEST(Trial, GridsHaveBothEnds) {
  EXPECT_EQ(every(4, 2, 12), (Grid{2, 6, 10, 12}));
  EXPECT_EQ(octaves(16, 128, 1), (Grid{16, 32, 64, 128}));
  EXPECT_EQ(octaves(1, 4, 3), (Grid{1, 2, 3, 4})) << "no value twice";
}

TEST(Trial, AnOrderIsRandomAndAlwaysTheSame) {
  Random first(7);
  Random second(7);
  Grid order = shuffled(1000, first);
  EXPECT_EQ(order, shuffled(1000, second));
  EXPECT_FALSE(std::ranges::is_sorted(order));
  std::ranges::sort(order);
  EXPECT_EQ(order, every(1, 0, 999));
}

}  // namespace
}  // namespace m2sim::calibration
