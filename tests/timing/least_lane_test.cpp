#include "timing/least_lane.h"

#include <gtest/gtest.h>

#include <random>

namespace m2sim::timing {
namespace {

TEST(LeastLane, IsTheLowestOfTheLeastThatAreNeitherFullNorExcluded) {
  std::mt19937 random(1);
  unsigned without = 0;
  for (unsigned turn = 0; turn < 100000; ++turn) {
    Lanes counts = 0;
    Lanes full = 0;
    Lanes excluded = 0;
    unsigned expected = kLaneCount;
    std::uint64_t least = kWholeLane;
    for (unsigned lane = 0; lane < kLaneCount; ++lane) {
      const std::uint64_t entries = random() % 5;
      const std::uint64_t count = random() % (entries + 1);
      const bool out = random() % 3 == 0;
      counts |= in_lane(lane, count);
      full |= in_lane(lane, entries);
      if (out) excluded |= in_lane(lane, kWholeLane);
      if (out || count == entries || count >= least) continue;
      least = count;
      expected = lane;
    }
    without += expected == kLaneCount ? 1U : 0U;
    ASSERT_EQ(least_lane(counts, full, excluded), expected)
        << std::hex << counts << " full at " << full << " without " << excluded;
  }
  EXPECT_GT(without, 1000U);
}

}  // namespace
}  // namespace m2sim::timing
