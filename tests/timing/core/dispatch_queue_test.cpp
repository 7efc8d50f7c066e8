// A dispatch queue of the cycle-driven model: who leaves when.
#include "timing/core/dispatch_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace m2sim::timing {
namespace {

struct DispatchQueues : public ::testing::Test {
  DispatchQueue queue;
  std::vector<unsigned> full;  // schedulers

  std::vector<std::uint64_t> leave(Cycle now, std::uint32_t per_cycle = 63) {
    std::vector<std::uint64_t> left;
    queue.leave(now, per_cycle, [&](const QueuedUop& uop) {
      if (std::ranges::find(full, uop.bound) != full.end()) return false;
      left.push_back(uop.sequence);
      return true;
    });
    return left;
  }
};

using Sequences = std::vector<std::uint64_t>;

TEST_F(DispatchQueues, NobodyLeavesBeforeItsTimeAndNoMoreThanMayInACycle) {
  for (std::uint64_t i = 0; i < 8; ++i) queue.push({i, 10 + i / 4, kLaneCount});
  EXPECT_EQ(leave(9), Sequences{});
  EXPECT_EQ(leave(10, 3), (Sequences{0, 1, 2}));
  EXPECT_EQ(leave(10), (Sequences{3}));
  EXPECT_EQ(leave(11), (Sequences{4, 5, 6, 7}));
  EXPECT_EQ(queue.size(), 0U);
}

TEST_F(DispatchQueues, WhoFindsNoRoomStopsThoseOfItsSchedulerAlone) {
  for (std::uint64_t i = 0; i < 9; ++i) queue.push({i, 5, static_cast<unsigned>(i % 3)});
  full = {1};
  EXPECT_EQ(leave(5), (Sequences{0, 2, 3, 5, 6, 8}));
  EXPECT_EQ(queue.size(), 3U);
  full = {};
  EXPECT_EQ(leave(6, 2), (Sequences{1, 4}));
  EXPECT_EQ(leave(6), (Sequences{7}));
}

// One place, and two that could take it.
TEST_F(DispatchQueues, TheOlderIsAskedFirst) {
  queue.push({1, 5, 2});
  queue.push({2, 5, 0});
  queue.push({3, 5, 2});
  std::vector<std::uint64_t> asked;
  queue.leave(5, 63, [&](const QueuedUop& uop) {
    asked.push_back(uop.sequence);
    return asked.size() == 1;
  });
  EXPECT_EQ(asked, (Sequences{1, 2, 3}));
  EXPECT_EQ(queue.size(), 2U);
}

TEST_F(DispatchQueues, NamesTheCyclesInWhichMoreMayBePossible) {
  queue.push({1, 5, 0});
  queue.push({2, 6, 2});
  std::vector<Cycle> events;
  const auto later = [&](Cycle cycle) { events.push_back(cycle); };
  queue.events(64, later);
  EXPECT_EQ(events, (std::vector<Cycle>{5, 69, 6, 70}));
  events.clear();
  queue.events(0, later);
  EXPECT_EQ(events, (std::vector<Cycle>{5, 6}));
}

}  // namespace
}  // namespace m2sim::timing
