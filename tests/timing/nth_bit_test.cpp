#include "timing/nth_bit.h"

#include <gtest/gtest.h>

#include <bit>
#include <random>

namespace m2sim::timing {
namespace {

TEST(NthBit, IsFoundAmongThoseThatAreSet) {
  std::mt19937_64 random(1);
  for (unsigned turn = 0; turn < 2000; ++turn) {
    const std::uint64_t half = random();
    const std::uint64_t word = turn == 0 ? ~std::uint64_t{0} : half & random();
    unsigned n = 0;
    for (std::uint64_t rest = word; rest != 0; rest &= rest - 1)
      ASSERT_EQ(nth_bit(word, ++n), static_cast<unsigned>(std::countr_zero(rest)));
    EXPECT_EQ(n, static_cast<unsigned>(std::popcount(word)));
  }
}

}  // namespace
}  // namespace m2sim::timing
