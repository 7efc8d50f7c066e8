#include "timing/memory/bandwidth.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace m2sim::timing {
namespace {

TEST(Bandwidth, ServesNoMoreThanItsRate) {
  for (const double rate : {0.12, 0.5, 1.0 / 30}) {
    Bandwidth channel(rate, 1);
    constexpr int kRequests = 3000;
    Cycle last = 0;
    for (int i = 0; i < kRequests; ++i) {
      last = std::max(last, channel.take(1000));
    }
    EXPECT_NEAR(static_cast<double>(last - 1000), kRequests / rate, 0.01 * kRequests / rate) << rate;
  }
}

TEST(Bandwidth, AnIdleChannelServesAtOnceAndAStragglerIsNotHeldBack) {
  Bandwidth channel(1.0 / 8, 1);
  EXPECT_EQ(channel.take(12345), 12345U);
  EXPECT_EQ(channel.take(50000), 50000U);
  EXPECT_EQ(channel.take(30000), 30000U);
}

// Requests at times that jump about: none before its time, and in no span of time more than the rate allows.
TEST(Bandwidth, KeepsItsRateInEverySpanOfTime) {
  struct Shape {
    double units_per_cycle;
    std::uint32_t units;
  };
  for (const auto& [rate, units] : {Shape{1.0, 1}, {0.5, 1}, {1.0 / 30, 1}, {15.6, 128}, {300.0, 64}}) {
    Bandwidth channel(rate, units);
    std::mt19937 random(units);
    const double cycles_each = units / rate;
    std::vector<Cycle> starts;
    unsigned waited = 0;
    constexpr unsigned kRequests = 4000;
    for (unsigned i = 0; i < kRequests; ++i) {
      const auto now = 20'000 + static_cast<Cycle>(i * cycles_each * 1.2) + random() % 1000;
      const Cycle start = channel.take(now);
      ASSERT_GE(start, now);
      starts.push_back(start);
      waited += start > now ? 1U : 0U;
    }
    EXPECT_GT(waited, 0U) << rate;
    std::ranges::sort(starts);
    // A bucket may serve all that it holds at its beginning: some requests more at the edges of a span.
    double bucket = 1;
    while (bucket < cycles_each) bucket *= 2;
    const double slack = 2 * bucket * rate + 2 * units;
    for (std::size_t first = 0; first < starts.size(); first += 7) {
      for (std::size_t last = first; last < starts.size(); last += 13) {
        const double served = static_cast<double>(last - first + 1) * units;
        ASSERT_LE(served, rate * static_cast<double>(starts[last] - starts[first]) + slack) << rate;
      }
    }
  }
}

TEST(Bandwidth, ARequestThatFindsTheChannelBusyWaitsForOneTurn) {
  for (const std::uint32_t interval : {8U, 16U, 32U}) {
    Bandwidth channel(1.0 / interval, 1);
    const Cycle now = Cycle{100} * interval;
    for (Cycle i = 0; i < 10; ++i) EXPECT_EQ(channel.take(now), now + i * interval) << interval;
    EXPECT_EQ(channel.take(now + 10 * interval), now + 10 * interval) << "idle again";
  }
}

TEST(Bandwidth, WhatIsTooOldToRememberIsServedAtOnce) {
  Bandwidth channel(1.0, 1);
  // More buckets than any channel has.
  for (Cycle now = 0; now < 100'000; ++now) channel.take(1'000'000 + now);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(channel.take(1), 1U);
}

}  // namespace
}  // namespace m2sim::timing
