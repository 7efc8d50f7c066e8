#include "timing/core/queue_sleepers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace m2sim::timing {
namespace {

UopInfo uop_with(std::uint16_t flags) {
  UopInfo uop;
  uop.flags = flags;
  return uop;
}

// add, load 1, branch, load 2, store, load 3
class QueueSleepersTest : public ::testing::Test {
 protected:
  QueueSleepersTest() {
    for (const UopInfo* uop : {&add_, &load_, &branch_, &load_, &store_, &load_}) {
      const std::uint64_t sequence = ring_.allocate();
      ring_.at(sequence).start(*uop, 0, 1, 0);
      if (uop == &load_) ring_.at(sequence).memory_number = ++loads_;
    }
  }
  void done(std::uint64_t sequence, Cycle cycle) { ring_.at(sequence).result = Result{cycle}; }
  std::vector<std::uint64_t> freed(Cycle now, std::uint64_t oldest = 1) {
    std::vector<std::uint64_t> numbers;
    sleepers_.free_loads(ring_, oldest, now,
                         [&numbers](const InFlight& load) { numbers.push_back(load.memory_number); });
    return numbers;
  }

  const UopInfo add_ = uop_with(0);
  const UopInfo load_ = uop_with(kUopLoad);
  const UopInfo store_ = uop_with(kUopStore);
  const UopInfo branch_ = uop_with(kUopBranch);
  std::uint64_t loads_ = 0;
  InFlightRing ring_{timing::m2_pcore().rob};
  QueueSleepers sleepers_;
};

using Numbers = std::vector<std::uint64_t>;

TEST_F(QueueSleepersTest, LoadsWaitForWhatMayFailBeforeThem) {
  EXPECT_EQ(freed(10), Numbers{}) << "the addition is not done, and cannot fail; the load may";
  done(2, 12);
  done(4, 11);
  EXPECT_EQ(freed(11), Numbers{});
  EXPECT_EQ(sleepers_.next_free(ring_), 12U);
  EXPECT_EQ(freed(12), Numbers{1}) << "the second load is done, but not the branch before it";
  EXPECT_EQ(sleepers_.next_free(ring_), kNever);
  done(3, 20);
  EXPECT_EQ(freed(20), Numbers{2});
  done(5, 21);
  done(6, 21);
  EXPECT_EQ(freed(21), Numbers{3});
  EXPECT_EQ(sleepers_.next_free(ring_), kNever) << "nothing is left";
}

TEST_F(QueueSleepersTest, WhatHasRetiredIsNotAskedAgain) {
  for (const std::uint64_t sequence : {4U, 5U, 6U}) done(sequence, 30);
  EXPECT_EQ(freed(30, 4), (Numbers{2, 3})) << "the first three have retired";
}

TEST_F(QueueSleepersTest, SeveralWaitForOneStore) {
  const auto woken = [this](std::uint64_t store) {
    Numbers sequences;
    sleepers_.written(store, ring_, [&](InFlight& entry) { sequences.push_back(ring_.index_of(entry)); });
    std::ranges::sort(sequences);
    return sequences;
  };
  for (const std::uint64_t sequence : {2U, 4U, 6U})
    sleepers_.sleep_until_written(sequence == 4 ? 8 : 7, ring_, ring_.at(sequence));
  EXPECT_EQ(woken(6), Numbers{});
  EXPECT_EQ(woken(7), (Numbers{2, 6}));
  EXPECT_EQ(woken(7), Numbers{}) << "it wakes them once";
  EXPECT_EQ(woken(8), Numbers{4});
}

}  // namespace
}  // namespace m2sim::timing
