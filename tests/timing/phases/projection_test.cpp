#include "timing/phases/projection.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <vector>

namespace m2sim::timing {
namespace {

using Vector = std::vector<BlockCount>;

// `part` of the instructions are in block `block`, the others in `rest` blocks from 1000 on.
Vector vector_of(std::uint64_t block, double part, std::uint64_t rest) {
  constexpr double kAll = 1e6;
  Vector vector{{block, static_cast<std::uint64_t>(part * kAll)}};
  for (std::uint64_t i = 0; i < rest; ++i)
    vector.push_back({1000 + i, static_cast<std::uint64_t>((1 - part) * kAll) / rest});
  return vector;
}

TEST(Projection, WhatIsExecutedCountsAndNotHowMuch) {
  const Vector one{{1, 10}, {2, 30}};
  const Vector twice{{1, 20}, {2, 60}};
  EXPECT_LT(squared_distance(projected(one, 1), projected(twice, 1)), 1e-24);
  EXPECT_GT(squared_distance(projected(one, 1), projected(one, 2)), 0.01);
  EXPECT_EQ(squared_distance(projected(Vector{}, 1), Place{}), 0);
}

// Over many seeds the mean square is that of the vectors, and hardly any distance is far off.
TEST(Projection, KeepsDistances) {
  for (const double part : {0.01, 0.2, 1.0}) {
    double sum = 0;
    unsigned far_off = 0;
    constexpr unsigned kSeeds = 400;
    for (unsigned seed = 0; seed < kSeeds; ++seed) {
      const double squared =
          squared_distance(projected(vector_of(1, part, 50), seed), projected(vector_of(2, part, 50), seed));
      const double found = part_of(std::sqrt(squared));
      sum += found * found;
      if (found < part / 2 || found > 2 * part) ++far_off;
    }
    EXPECT_NEAR(std::sqrt(sum / kSeeds), part, 0.05 * part);
    EXPECT_LT(far_off, kSeeds / 50);
  }
}

TEST(Projection, ADistanceAndItsPartAreOne) { EXPECT_DOUBLE_EQ(part_of(distance_of(0.3)), 0.3); }

}  // namespace
}  // namespace m2sim::timing
