#include "timing/core/wake_wheel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

namespace m2sim::timing {
namespace {

constexpr std::uint32_t kIndices = 4096;  // of entries that wait

// The wheel with its user, who adds again what comes back too early, beside a plain list of what is due when.
class Harness {
 public:
  void add(std::uint32_t index, Cycle cycle) {
    due_[cycle].push_back(index);
    when_[index] = cycle;
    wheel_.add(ring_, index, now_, cycle);
  }
  bool waits(std::uint32_t index) const { return when_.contains(index); }
  Cycle earliest() const { return due_.empty() ? kNever : due_.begin()->first; }
  Cycle next() const { return wheel_.next(now_); }
  Cycle now() const { return now_; }
  unsigned early() const { return early_; }

  // Goes on to `cycle`; what is woken there must be what is due.
  void step(Cycle cycle) {
    now_ = cycle;
    std::vector<std::uint32_t> woken;
    wheel_.drain(ring_, now_, [&](std::uint32_t index) { woken.push_back(index); });
    std::vector<std::uint32_t> on_time;
    for (const std::uint32_t index : woken) {
      ASSERT_TRUE(when_.contains(index)) << "woken twice";
      ASSERT_GE(when_[index], now_) << "woken late";
      if (when_[index] == now_) {
        on_time.push_back(index);
      } else {
        wheel_.add(ring_, index, now_, when_[index]);
        ++early_;
      }
    }
    std::vector<std::uint32_t> expected = due_[now_];
    std::ranges::sort(expected);
    std::ranges::sort(on_time);
    ASSERT_EQ(on_time, expected) << "in cycle " << now_;
    for (const std::uint32_t index : expected) when_.erase(index);
    due_.erase(now_);
  }

 private:
  static InFlightRing ring_of_many() {
    RobConfig config = m2_pcore().rob;
    config.groups = kIndices / config.issuing_uops_per_group - 1;
    return InFlightRing(config);
  }

  InFlightRing ring_ = ring_of_many();
  WakeWheel wheel_;
  Cycle now_ = 0;
  std::map<Cycle, std::vector<std::uint32_t>> due_;
  std::map<std::uint32_t, Cycle> when_;
  unsigned early_ = 0;
};

void run_random(Cycle reach, unsigned adds_each, bool jumps, unsigned* early) {
  Harness harness;
  std::mt19937 random(static_cast<unsigned>(reach));
  for (unsigned turn = 0; turn < 20'000; ++turn) {
    for (unsigned i = 0; i < random() % (adds_each + 1); ++i) {
      const std::uint32_t index = random() % kIndices;
      if (!harness.waits(index)) harness.add(index, harness.now() + 1 + random() % reach);
    }
    const Cycle next = harness.next();
    ASSERT_GT(next, harness.now());
    ASSERT_LE(next, harness.earliest()) << "would be slept through";
    if (*early == 0 && harness.early() == 0 && reach < 500) {
      ASSERT_EQ(next, harness.earliest());
    }
    harness.step(jumps && next != kNever ? next : harness.now() + 1);
    if (::testing::Test::HasFatalFailure()) return;
  }
  *early += harness.early();
}

TEST(WakeWheel, WakesEachEntryInItsCycleAndNothingElse) {
  unsigned early = 0;
  for (const bool jumps : {false, true}) {
    run_random(3, 2, jumps, &early);
    run_random(40, 3, jumps, &early);
    run_random(400, 3, jumps, &early);
  }
  EXPECT_EQ(early, 0U) << "nothing was far";
}

TEST(WakeWheel, WhatIsFarComesBackEarlyAndIsNotForgotten) {
  for (const bool jumps : {false, true}) {
    unsigned early = 0;
    run_random(10'000, 1, jumps, &early);
    EXPECT_GT(early, 100U);
  }
}

// Each distance from each place of the wheel, alone: next() is exact, or a turn of the wheel early.
TEST(WakeWheel, NextFindsALoneEntryAtAnyDistance) {
  EXPECT_EQ(Harness{}.next(), kNever);
  for (const Cycle start :
       {Cycle{0}, Cycle{1}, Cycle{62}, Cycle{63}, Cycle{64}, Cycle{777}, Cycle{1023}, Cycle{5000}}) {
    for (Cycle distance = 1; distance < 2100; distance += distance < 130 ? 1 : 61) {
      Harness harness;
      harness.step(start);
      harness.add(7, start + distance);
      unsigned turns = 0;
      while (harness.next() != kNever) {
        ASSERT_LE(harness.next(), start + distance);
        harness.step(harness.next());
        ASSERT_LE(++turns, 1 + distance / 1000) << distance << " from " << start;
      }
      ASSERT_EQ(harness.now(), start + distance);
    }
  }
}

}  // namespace
}  // namespace m2sim::timing
