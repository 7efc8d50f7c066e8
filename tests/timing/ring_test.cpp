#include "timing/ring.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <random>

namespace m2sim::timing {
namespace {

TEST(Ring, IsAQueueOfItsCapacityHoweverOftenItGoesRound) {
  constexpr std::size_t kCapacity = 8;
  Ring<std::uint64_t, kCapacity> ring;
  std::deque<std::uint64_t> plain;
  std::mt19937 random(1);
  unsigned times_full = 0;
  unsigned times_empty = 0;
  for (std::uint64_t turn = 0; turn < 100'000; ++turn) {
    const bool filling = turn / 64 % 2 == 0;
    const bool push = plain.empty() || (plain.size() < kCapacity && random() % 4 < (filling ? 3U : 1U));
    if (push) {
      ring.push(turn);
      plain.push_back(turn);
    } else {
      ring.pop();
      plain.pop_front();
    }
    ASSERT_EQ(ring.size(), plain.size());
    ASSERT_EQ(ring.empty(), plain.empty());
    ASSERT_EQ(ring.full(), plain.size() == kCapacity);
    if (!plain.empty()) {
      ASSERT_EQ(ring.front(), plain.front());
    }
    times_full += ring.full() ? 1U : 0U;
    times_empty += ring.empty() ? 1U : 0U;
  }
  EXPECT_GT(times_full, kCapacity);
  EXPECT_GT(times_empty, kCapacity);
}

TEST(Ring, TheFrontCanBeChangedInPlace) {
  Ring<int, 2> ring;
  ring.push(1);
  ring.push(2);
  ring.front() = 3;
  const auto& unchanging = ring;
  EXPECT_EQ(unchanging.front(), 3);
  ring.pop();
  EXPECT_EQ(unchanging.front(), 2);
}

}  // namespace
}  // namespace m2sim::timing
