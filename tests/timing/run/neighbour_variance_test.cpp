#include "timing/run/neighbour_variance.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace m2sim::timing {
namespace {

TEST(NeighbourVariance, OfTwoIsTheTextbooks) {
  NeighbourVariance variance;
  variance.add(3, 0, 10);
  EXPECT_FALSE(variance.known());
  variance.add(3, 0, 14);
  ASSERT_TRUE(variance.known());
  // The variance of {10, 14} is 8; the sum is three of each: 9 x 2 x 8.
  EXPECT_DOUBLE_EQ(variance.variance(), 144);
  EXPECT_DOUBLE_EQ(variance.equal_strata(), 2);
}

TEST(NeighbourVariance, ASlowTrendIsNoVariance) {
  NeighbourVariance trend;
  for (int i = 0; i < 1000; ++i) trend.add(1, 0, i);
  // As values would be that are spread over the whole range: 1000 x 1000 x 1000 / 12.
  EXPECT_LT(trend.variance(), 1e-3 * 1e9 / 12);
}

TEST(NeighbourVariance, WhatIsSeenVariesNoMore) {
  NeighbourVariance half;
  NeighbourVariance all;
  for (int i = 0; i < 10; ++i) {
    half.add(4, 2, i % 3);
    all.add(4, 4, i % 3);
  }
  EXPECT_GT(half.variance(), 0);
  EXPECT_EQ(all.half_width(), 0);
}

TEST(NeighbourVariance, FewLargeStrataKnowLessThanTheirNumber) {
  NeighbourVariance variance;
  variance.add(1, 0, 0);
  variance.add(1, 0, 0);
  variance.add(8, 0, 0);
  EXPECT_DOUBLE_EQ(variance.equal_strata(), 100.0 / 66);
}

// In nine of ten seeds, at the least, as 95 % promise.
TEST(NeighbourVariance, TheIntervalHoldsTheSum) {
  int inside = 0;
  constexpr int kSeeds = 200;
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    std::mt19937 random(seed);
    std::normal_distribution<double> value(5, 2);
    NeighbourVariance variance;
    double sum = 0;
    double strata = 0;
    for (int i = 0; i < 60; ++i) {
      const double stratum = std::pow(1.05, i);
      const double sample = value(random);
      variance.add(stratum, 0, sample);
      sum += stratum * sample;
      strata += stratum;
    }
    inside += std::abs(sum - 5 * strata) <= variance.half_width() ? 1 : 0;
  }
  EXPECT_GE(inside, 180);
  EXPECT_LT(inside, kSeeds);
}

}  // namespace
}  // namespace m2sim::timing
