// The uops in each dispatch queue, against a list of when each leaves.
#include "timing/fast/queue_exits.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <vector>

namespace m2sim::timing {
namespace {

constexpr unsigned kMostQueued = Bounds<DispatchQueueConfig>::entries.max;

class PlainQueues {
 public:
  void enter(unsigned queue, Cycle leaves) { leaves_[queue].push_back(leaves); }
  unsigned queued(unsigned queue, Cycle now) {
    std::erase_if(leaves_[queue], [now](Cycle leaves) { return leaves <= now; });
    return static_cast<unsigned>(leaves_[queue].size());
  }
  Cycle next_leave(unsigned queues) const {
    Cycle first = kNever;
    for (unsigned q = 0; q < kMaxDispatchQueues; ++q) {
      if ((queues >> q & 1U) == 0) continue;
      for (const Cycle leaves : leaves_[q]) first = std::min(first, leaves);
    }
    return first;
  }

 private:
  std::array<std::vector<Cycle>, kMaxDispatchQueues> leaves_;
};

// Time goes on in small steps and in leaps; uops leave soon, some far beyond what has a place of its own.
void run_random(unsigned seed, Cycle reach, Cycle leap, unsigned& full) {
  QueueExits exits;
  PlainQueues plain;
  std::mt19937 random(seed);
  Cycle now = 0;
  for (unsigned turn = 0; turn < 20'000; ++turn) {
    for (std::uint64_t i = random() % 12; i != 0; --i) {
      const auto queue = static_cast<unsigned>(random() % kMaxDispatchQueues);
      if (plain.queued(queue, now) == kMostQueued) {
        ++full;
        continue;
      }
      const Cycle leaves = now + (random() % 8 == 0 ? random() % reach : random() % 20);
      exits.enter(queue, leaves);
      plain.enter(queue, leaves);
    }
    for (unsigned q = 0; q < kMaxDispatchQueues; ++q) ASSERT_EQ(exits.queued(q), plain.queued(q, now)) << q;
    const auto asked = 1 + static_cast<unsigned>(random() % 255);
    ASSERT_EQ(exits.next_leave(asked), plain.next_leave(asked)) << asked;
    now += random() % 16 == 0 ? random() % leap : random() % 4;
    exits.advance(now);
  }
}

TEST(QueueExits, AgreesWithAListOfTimes) {
  unsigned full = 0;
  run_random(1, 100, 30, full);
  run_random(2, 3000, 200, full);
  run_random(3, 400'000, 3000, full);
  EXPECT_GT(full, 100U) << "a queue has at times as many as it can have";
}

TEST(QueueExits, NobodyIsLeftBehindALeap) {
  QueueExits exits;
  for (unsigned i = 0; i < kMostQueued; ++i) exits.enter(i % kMaxDispatchQueues, 1 + Cycle{100} * i);
  exits.advance(1'000'000);
  for (unsigned q = 0; q < kMaxDispatchQueues; ++q) EXPECT_EQ(exits.queued(q), 0U);
  EXPECT_EQ(exits.next_leave(255), kNever);
}

}  // namespace
}  // namespace m2sim::timing
