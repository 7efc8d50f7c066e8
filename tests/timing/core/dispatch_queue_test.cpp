// A dispatch queue of the cycle-driven model: who leaves when.
#include "timing/core/dispatch_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace m2sim::timing {
namespace {

// Four schedulers of one port each; a uop may keep its scheduler for 64 cycles.
struct DispatchQueues : public ::testing::Test {
  static constexpr std::uint8_t kAnyPort = 15;
  DispatchQueue queue;
  QueueLane lane;
  std::vector<unsigned> full;  // schedulers
  Lanes waiting = 0;

  DispatchQueues() {
    lane.bound_cycles = 64;
    for (unsigned i = 0; i < kLaneCount; ++i) lane.capacity |= in_lane(i, 63);
    for (unsigned ports = 0; ports < lane.choices.size(); ++ports) {
      for (unsigned i = 0; i < kLaneCount; ++i) {
        if ((ports >> i & 1U) == 0) lane.choices[ports].excluded |= in_lane(i, kWholeLane);
      }
    }
  }
  void push(std::uint32_t key, Cycle earliest, unsigned bound, std::uint8_t ports = kAnyPort) {
    queue.push({earliest, key, static_cast<std::uint8_t>(bound), ports});
  }
  // The scheduler is full no more.
  void leaves_room(unsigned scheduler) {
    std::erase(full, scheduler);
    queue.room_in(scheduler);
  }
  std::vector<std::uint32_t> leave(Cycle now, std::uint32_t per_cycle = 63) {
    std::vector<std::uint32_t> left;
    lane.per_cycle = per_cycle;
    waiting = 0;
    for (const unsigned scheduler : full) waiting += in_lane(scheduler, 63);
    queue.leave(now, lane, waiting, [&](const QueuedUop& uop, unsigned scheduler) {
      EXPECT_TRUE(std::ranges::find(full, scheduler) == full.end());
      left.push_back(uop.key);
    });
    return left;
  }
};

using Keys = std::vector<std::uint32_t>;

TEST_F(DispatchQueues, NobodyLeavesBeforeItsTimeAndNoMoreThanMayInACycle) {
  lane.bound_cycles = 0;
  for (std::uint32_t i = 0; i < 8; ++i) push(i, 10 + i / 4, kLaneCount);
  EXPECT_EQ(queue.next_look(), 10U);
  EXPECT_EQ(leave(9), Keys{});
  EXPECT_EQ(leave(10, 3), (Keys{0, 1, 2}));
  EXPECT_EQ(queue.next_look(), 11U);
  EXPECT_EQ(leave(10), (Keys{3}));
  EXPECT_EQ(queue.next_look(), 11U);
  EXPECT_EQ(leave(11), (Keys{4, 5, 6, 7}));
  EXPECT_EQ(queue.size(), 0U);
  EXPECT_EQ(queue.next_look(), kNever);
}

TEST_F(DispatchQueues, WhoFindsNoRoomStopsThoseOfItsSchedulerAlone) {
  for (std::uint32_t i = 0; i < 9; ++i) push(i, 5, static_cast<unsigned>(i % 3));
  full = {1};
  EXPECT_EQ(leave(5), (Keys{0, 2, 3, 5, 6, 8}));
  EXPECT_EQ(queue.size(), 3U);
  EXPECT_EQ(queue.next_look(), 5U + 64);
  queue.room_in(2);  // of no use to anybody
  EXPECT_EQ(queue.next_look(), 5U + 64);
  leaves_room(1);
  EXPECT_LE(queue.next_look(), 6U);
  EXPECT_EQ(leave(6, 2), (Keys{1, 4}));
  EXPECT_EQ(queue.next_look(), 7U);
  EXPECT_EQ(leave(7), (Keys{7}));
}

TEST_F(DispatchQueues, WhoHasWaitedForItsSchedulerForLongGoesToAnyThatCanExecuteIt) {
  push(1, 5, 1, 0b0011);
  push(2, 5, 1, 0b1010);
  full = {0, 1};
  EXPECT_EQ(leave(5), Keys{});
  EXPECT_EQ(queue.next_look(), 69U);
  EXPECT_EQ(leave(69), Keys{});  // the older one finds both full
  EXPECT_EQ(queue.next_look(), kNever);
  leaves_room(0);
  EXPECT_EQ(leave(70), (Keys{1, 2}));
}

TEST_F(DispatchQueues, TheOlderIsAskedFirst) {
  push(1, 5, 2);
  push(2, 5, 0);
  push(3, 5, 2);
  EXPECT_EQ(leave(5, 1), (Keys{1}));
  EXPECT_EQ(leave(6, 1), (Keys{2}));
  EXPECT_EQ(leave(7, 1), (Keys{3}));
}

// One that waits for long while others come and go: slots are reused, and age stays what it was.
TEST_F(DispatchQueues, WhoWaitsKeepsItsAgeHoweverManyPass) {
  lane.bound_cycles = 1000;
  push(1, 5, 1);
  full = {1};
  for (std::uint32_t i = 2; i < 300; ++i) {
    push(i, 5, i % 7 == 0 ? 1 : 2);
    ASSERT_EQ(leave(5), i % 7 == 0 ? Keys{} : Keys{i});
  }
  EXPECT_EQ(queue.size(), 1U + 42);
  leaves_room(1);
  const Keys all = leave(6);
  EXPECT_EQ(all.size(), 43U);
  EXPECT_EQ(all.front(), 1U);
  EXPECT_TRUE(std::ranges::is_sorted(all));
}

}  // namespace
}  // namespace m2sim::timing
