#include "timing/phases/strata.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "timing/phases/draw.h"
#include "timing/phases/random.h"

namespace m2sim::timing {
namespace {

constexpr std::uint64_t kSize = 100;

std::vector<StratumMember> with_new_blocks(const std::vector<std::uint64_t>& counts) {
  std::vector<StratumMember> members;
  for (std::size_t i = 0; i < counts.size(); ++i) members.push_back({i, kSize, counts[i]});
  return members;
}

TEST(Strata, HaveAllMembersAndTwoPointsEach) {
  Random random(1);
  const std::vector<Stratum> strata =
      drawn_by_strata(with_new_blocks(std::vector<std::uint64_t>(40, 0)), 10, kSize, random);
  ASSERT_EQ(strata.size(), 5U);
  std::size_t last = 0;
  for (const Stratum& stratum : strata) {
    EXPECT_EQ(stratum.members.size(), 8U);
    ASSERT_EQ(stratum.drawn.size(), 2U);
    EXPECT_LT(stratum.drawn[0], stratum.drawn[1]);
    // Where nothing is new they follow the run.
    EXPECT_TRUE(&stratum == &strata.front() || stratum.drawn[0] > last);
    last = stratum.drawn[1];
  }
}

// The interval in which nearly everything is new is always among the points, and stands for itself.
TEST(Strata, WhatIsMostlyNewStandsForItself) {
  std::vector<std::uint64_t> counts(60, 1);
  counts[7] = 5'000;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Random random(seed);
    const std::vector<Stratum> strata = drawn_by_strata(with_new_blocks(counts), 12, kSize, random);
    EXPECT_EQ(strata.back().members.size(), 1U);
    EXPECT_EQ(strata.back().drawn, std::vector<std::size_t>{7});
  }
}

// The estimate has no bias, whatever is new: over seeds the points' weights say how large a value is on
// average.
TEST(Strata, StandForTheWholeOnAverage) {
  std::vector<std::uint64_t> counts;
  double sum = 0;
  for (std::uint64_t i = 0; i < 50; ++i) {
    counts.push_back(i % 7 == 0 ? 10 * i : i % 3);
    sum += static_cast<double>(i * i);
  }
  double estimates = 0;
  constexpr unsigned kSeeds = 2'000;
  Random random(3);
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    for (const Stratum& stratum : drawn_by_strata(with_new_blocks(counts), 8, kSize, random)) {
      const double each =
          static_cast<double>(stratum.members.size()) / static_cast<double>(stratum.drawn.size());
      for (const std::size_t i : stratum.drawn) estimates += each * static_cast<double>(i * i);
    }
  }
  EXPECT_NEAR(estimates / kSeeds / sum, 1, 0.02);
}

TEST(Strata, DrawsNoneTwice) {
  Random random(5);
  const std::vector<std::size_t> all{3, 1, 2};
  EXPECT_EQ(drawn(all, 9, random), (std::vector<std::size_t>{1, 2, 3}));
  EXPECT_EQ(drawn(all, 2, random).size(), 2U);
}

}  // namespace
}  // namespace m2sim::timing
