#include "timing/fast/port_calendar.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <vector>

namespace m2sim::timing {
namespace {

// The same calendar with a flag a port and cycle.
class PlainCalendar {
 public:
  bool busy(unsigned port, Cycle cycle) const { return at(busy_[port], cycle); }
  void book(unsigned port, Cycle cycle, unsigned length) {
    set(leaves_[port], cycle);
    for (Cycle i = cycle; i < cycle + length; ++i) set(busy_[port], i);
  }
  Cycle first_free(unsigned port, Cycle from, unsigned length) const {
    Cycle begin = from;
    for (Cycle cycle = from; cycle < begin + length; ++cycle) {
      if (busy(port, cycle)) begin = cycle + 1;
    }
    return begin;
  }
  std::array<unsigned, kCalendarPorts> advance(Cycle cycle) {
    std::array<unsigned, kCalendarPorts> left{};
    for (; now_ < cycle; ++now_) {
      for (unsigned p = 0; p < kCalendarPorts; ++p) left[p] += at(leaves_[p], now_ + 1) ? 1U : 0U;
    }
    return left;
  }
  // A port's first leave after now.
  Cycle next_leave_of(unsigned port) const {
    for (Cycle cycle = now_ + 1; cycle < leaves_[port].size(); ++cycle) {
      if (leaves_[port][cycle]) return cycle;
    }
    return kNever;
  }
  Cycle next_leave_of_any(unsigned mask, Cycle after) const {
    for (Cycle cycle = after + 1; cycle < after + 70'000; ++cycle) {
      if (leaving(mask, cycle) != 0) return cycle;
    }
    return kNever;
  }
  unsigned leaving(unsigned mask, Cycle cycle) const {
    unsigned count = 0;
    for (unsigned p = 0; p < kCalendarPorts; ++p)
      count += (mask >> p & 1U) != 0 && at(leaves_[p], cycle) ? 1U : 0U;
    return count;
  }
  Cycle now() const { return now_; }

 private:
  static bool at(const std::vector<bool>& flags, Cycle cycle) { return cycle < flags.size() && flags[cycle]; }
  static void set(std::vector<bool>& flags, Cycle cycle) {
    if (flags.size() <= cycle) flags.resize(cycle + 1);
    flags[cycle] = true;
  }

  Cycle now_ = 0;
  std::array<std::vector<bool>, kCalendarPorts> busy_;
  std::array<std::vector<bool>, kCalendarPorts> leaves_;
};

struct Pair {
  PortCalendar calendar;
  PlainCalendar plain;

  void advance(Cycle cycle) {
    const Lanes left = calendar.advance(cycle, {0, 16, 32, 48});
    const std::array<unsigned, kCalendarPorts> expected = plain.advance(cycle);
    for (unsigned p = 0; p < kCalendarPorts; ++p) ASSERT_EQ(left >> (16 * p) & kWholeLane, expected[p]) << p;
    ASSERT_EQ(calendar.now(), cycle);
  }
  void book(unsigned port, Cycle from, unsigned length) {
    const Cycle first = plain.first_free(port, from, length);
    ASSERT_EQ(calendar.first_free(port, from, length), first);
    if (length == 1) {
      ASSERT_EQ(calendar.book_first(port, from), first);
    } else if (length <= PortCalendar::kMostInARow && first % 2 == 0) {
      calendar.book_row(port, first, length);
    } else {
      calendar.book(port, first, length);
    }
    plain.book(port, first, length);
  }
  void book_one_of(unsigned ports, Cycle from) {
    Cycle first = kNever;
    unsigned expected = 0;
    for (unsigned p = 0; p < kCalendarPorts; ++p) {
      if ((ports >> p & 1U) == 0 || plain.first_free(p, from, 1) >= first) continue;
      first = plain.first_free(p, from, 1);
      expected = p;
    }
    unsigned port = kCalendarPorts;
    ASSERT_EQ(calendar.book_first_of(ports, from, port), first);
    ASSERT_EQ(port, expected);
    plain.book(port, first, 1);
  }
  // The cycle by whose end so many have left: by asking for one more after each.
  void check_leave_of(unsigned mask) {
    Cycle cycle = calendar.now();
    for (std::uint64_t count = 0; cycle != kNever && count < 200;) {
      cycle = plain.next_leave_of_any(mask, cycle);
      if (cycle == kNever) break;
      for (const std::uint64_t end = count + plain.leaving(mask, cycle); count < end;)
        ASSERT_EQ(calendar.leave_of(mask, ++count), cycle) << count << " of " << mask;
    }
  }
  void check_next_leave() {
    std::array<Cycle, kCalendarPorts> first{};
    for (unsigned p = 0; p < kCalendarPorts; ++p) first[p] = plain.next_leave_of(p);
    for (unsigned mask = 0; mask < 1U << kCalendarPorts; ++mask) {
      Cycle expected = kNever;
      for (unsigned p = 0; p < kCalendarPorts; ++p) {
        if ((mask >> p & 1) != 0) expected = std::min(expected, first[p]);
      }
      ASSERT_EQ(calendar.next_leave(mask), expected) << mask;
    }
  }
};

// Operations mostly soon and one after the other, some thousands of cycles away, at times a long one; time
// goes on in small steps and in leaps, until the calendar has been round several times.
void run_random(unsigned seed, Cycle reach, Cycle leap) {
  Pair pair;
  std::mt19937 random(seed);
  constexpr Cycle kEnd = 200'000;
  Cycle checked = 0;
  while (pair.calendar.now() < kEnd) {
    const Cycle now = pair.calendar.now();
    for (unsigned i = 0; i < 4; ++i) {
      const Cycle from = now + 1 + (random() % 8 == 0 ? random() % reach : random() % 30);
      ASSERT_LT(from, now + PortCalendar::kReach);
      const unsigned length = random() % 16 == 0 ? 2 + static_cast<unsigned>(random() % 70) : 1;
      pair.book(static_cast<unsigned>(random() % kCalendarPorts), from, length);
      pair.book_one_of(1 + static_cast<unsigned>(random() % 15), from);
      if (::testing::Test::HasFatalFailure()) return;
    }
    if (now >= checked) {
      pair.check_next_leave();
      for (const unsigned mask : {1U, 4U, 7U, 15U}) pair.check_leave_of(mask);
      if (::testing::Test::HasFatalFailure()) return;
      checked = now + 200;
    }
    pair.advance(now + (random() % 16 == 0 ? random() % leap : random() % 8));
    if (::testing::Test::HasFatalFailure()) return;
  }
}

TEST(PortCalendar, AgreesWithAFlagForEachCycle) {
  run_random(1, 300, 200);
  run_random(2, 3000, 100);
  run_random(3, 60'000, 5000);
}

TEST(PortCalendar, ALeapOverTheWholeCalendarLeavesItEmpty) {
  Pair pair;
  for (Cycle cycle = 1; cycle < 60'000; cycle += 7) pair.book(cycle % kCalendarPorts, cycle, 1);
  pair.advance(1'000'000);
  for (unsigned port = 0; port < kCalendarPorts; ++port) {
    for (Cycle cycle = 1'000'000; cycle < 1'060'000; ++cycle) {
      ASSERT_EQ(pair.calendar.first_free(port, cycle, 1), cycle);
    }
  }
  EXPECT_EQ(pair.calendar.next_leave(15), kNever);
}

// Whatever is in reach can be booked and is found again at the very place, from any phase of time.
TEST(PortCalendar, WhatIsInReachCanBeBooked) {
  for (Cycle now = 0; now < 130; ++now) {
    Pair pair;
    pair.advance(now);
    // Of somebody who is as far ahead of the calendar as may be.
    const Cycle farthest = now + PortCalendar::kMostBehind - 1 + PortCalendar::kReach - 1;
    pair.book(1, farthest, 1);
    pair.book(2, farthest, 100);
    EXPECT_EQ(pair.calendar.next_leave(2), farthest);
    EXPECT_EQ(pair.calendar.first_free(2, farthest, 1), farthest + 100);
    EXPECT_EQ(pair.calendar.first_free(1, now + 1, 1), now + 1) << "one turn earlier";
    EXPECT_EQ(pair.calendar.first_free(2, now + 1, 100), now + 1);
    pair.advance(farthest + 200);
  }
}

}  // namespace
}  // namespace m2sim::timing
