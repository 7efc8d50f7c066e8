#include "timing/xorshift.h"

#include <gtest/gtest.h>

#include <array>

namespace m2sim::timing {
namespace {

TEST(Xorshift, IsMarsaglias) {
  Xorshift random(2463534242U);
  EXPECT_EQ(random.next(), 723471715U);
}

TEST(Xorshift, EveryNumberBelowIsAsLikely) {
  Xorshift random;
  std::array<unsigned, 3> seen{};
  for (unsigned i = 0; i < 30'000; ++i) ++seen.at(random.below(3));
  for (const unsigned count : seen) EXPECT_NEAR(count, 10'000, 300);
}

}  // namespace
}  // namespace m2sim::timing
