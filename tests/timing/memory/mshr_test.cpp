#include "timing/memory/mshr.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <unordered_map>
#include <vector>

namespace m2sim::timing {
namespace {

// The calendar's step; durations and times below are multiples of it, so that they are exact.
constexpr Cycle kStep = 8;

TEST(MshrFile, LimitsWhatIsOnItsWay) {
  constexpr Cycle kDuration = 6 * kStep;
  constexpr Cycle kNow = 100 * kStep;
  MshrFile mshrs(3);
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(mshrs.full(kNow));
    EXPECT_EQ(mshrs.allocate(kNow, kDuration), kNow);
  }
  EXPECT_TRUE(mshrs.full(kNow));
  EXPECT_TRUE(mshrs.full(kNow + kDuration - kStep));
  EXPECT_FALSE(mshrs.full(kNow + kDuration));
  EXPECT_EQ(mshrs.allocate(kNow + kStep, kDuration), kNow + kDuration);
}

TEST(MshrFile, AMissOfLaterTimeDoesNotDelayAnEarlierOne) {
  constexpr Cycle kDuration = 6 * kStep;
  MshrFile mshrs(1);
  EXPECT_EQ(mshrs.allocate(1000 * kStep, kDuration), 1000 * kStep);
  EXPECT_EQ(mshrs.allocate(200 * kStep, kDuration), 200 * kStep);
  EXPECT_EQ(mshrs.allocate(203 * kStep, kDuration), 200 * kStep + kDuration) << "taken by the second";
  EXPECT_EQ(mshrs.allocate(997 * kStep, kDuration), 1000 * kStep + kDuration) << "would run into the first";
}

// In whatever order the requests come, never more are in use than there are, and none idles.
TEST(MshrFile, SaturatedThroughputIsEntriesOverDuration) {
  constexpr Cycle kDuration = 5 * kStep;
  constexpr std::uint32_t kEntries = 4;
  constexpr Cycle kRequests = 400;
  for (const bool backwards : {false, true}) {
    MshrFile mshrs(kEntries);
    Cycle last = 0;
    for (Cycle i = 0; i < kRequests; ++i) {
      const Cycle now = 80000 + (backwards ? kRequests - i : i);
      last = std::max(last, mshrs.allocate(now, kDuration) + kDuration - 80000);
    }
    EXPECT_NEAR(static_cast<double>(last), kRequests / kEntries * kDuration, kDuration + kStep) << backwards;
  }
}

TEST(MshrFile, AFreeRegisterCostsNoTimeAtAnyPhaseOfTheStep) {
  MshrFile mshrs(1);
  for (Cycle phase = 0; phase < kStep; ++phase) {
    const Cycle now = 1000 * (phase + 1) + phase;
    EXPECT_EQ(mshrs.allocate(now, 17), now);
  }
}

TEST(MshrFile, ALongPauseEmptiesIt) {
  MshrFile mshrs(1);
  EXPECT_EQ(mshrs.allocate(8000, 400), 8000U);
  const Cycle later = 8000 + (1U << 16);
  EXPECT_EQ(mshrs.allocate(later, 400), later);
  EXPECT_EQ(mshrs.allocate(later, 400), later + 400);
}

TEST(MshrFile, AgreesWithACountOfEachStep) {
  for (const std::uint32_t entries : {1U, 3U, 28U}) {
    MshrFile mshrs(entries);
    std::unordered_map<Cycle, std::uint32_t> taken;
    std::mt19937 random(entries);
    const auto step_of = [](Cycle cycle) { return (cycle + kStep / 2) / kStep; };
    unsigned waited = 0;
    for (Cycle turn = 0; turn < 20'000; ++turn) {
      // Time passes as fast as the registers can keep up with, and jumps about by some thousand cycles.
      const Cycle now = 10'000 + turn * 170 / entries + random() % 4000;
      const Cycle duration = 1 + random() % 300;
      ASSERT_EQ(mshrs.full(now), taken[step_of(now)] >= entries);
      const Cycle steps = std::max<Cycle>(step_of(now + duration) - step_of(now), 1);
      Cycle first = step_of(now);
      for (Cycle step = first; step < first + steps; ++step) {
        if (taken[step] >= entries) first = step + 1;
      }
      for (Cycle step = first; step < first + steps; ++step) ++taken[step];
      const Cycle expected = first == step_of(now) ? now : first * kStep;
      ASSERT_EQ(mshrs.allocate(now, duration), expected);
      waited += expected != now ? 1U : 0U;
    }
    EXPECT_GT(waited, 1000U) << entries;
    EXPECT_LT(waited, 20'000U) << entries;
  }
}

// A miss of a line that comes at a known time: having waited for a register, it keeps it no longer for that.
TEST(MshrFile, IsKeptUntilTheLineComesAndNotLonger) {
  MshrFile file(1);
  EXPECT_EQ(file.allocate(8000, 400), 8000U);
  EXPECT_EQ(file.allocate(8008, 16, 8800), 8400U);
  EXPECT_EQ(file.allocate(8016, 16, 8600), 8800U) << "its line is there by then";
  EXPECT_EQ(file.allocate(8024, 16), 8816U);
}

}  // namespace
}  // namespace m2sim::timing
