// Cache, TLB, MSHRs, bandwidth and prefetcher, each on its own.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "timing/config/config.h"
#include "timing/memory/bandwidth.h"
#include "timing/memory/cache.h"
#include "timing/memory/dram.h"
#include "timing/memory/mshr.h"
#include "timing/memory/prefetcher.h"
#include "timing/memory/tlb.h"
#include "timing/way_match.h"

namespace m2sim::timing {
namespace {

TEST(Cache, HoldsItsCapacityAndNotALineMore) {
  const CacheConfig config = m2_pcore().l1d.cache;
  Cache cache(config);
  const std::uint64_t lines = std::uint64_t{config.kib} * 1024 / config.line_bytes;
  for (std::uint64_t line = 0; line < lines; ++line) {
    ASSERT_EQ(cache.find(line), nullptr);
    cache.insert(line, {});
  }
  for (std::uint64_t line = 0; line < lines; ++line) {
    ASSERT_NE(cache.find(line), nullptr) << line;
  }
  cache.insert(lines, {});
  EXPECT_EQ(cache.find(0), nullptr) << "the least recently used line of its set";
  EXPECT_NE(cache.find(lines / config.ways), nullptr) << "the next one of that set";
}

TEST(Cache, ReplacesTheLeastRecentlyUsed) {
  Cache cache({.kib = 1, .ways = 4, .line_bytes = 64});  // 4 sets
  for (std::uint64_t way = 0; way < 4; ++way) {
    cache.insert(4 * way, {.dirty = way == 1});
  }
  cache.find(0);
  const Cache::Victim victim = cache.insert(16, {});
  EXPECT_EQ(victim.line, 4u);
  EXPECT_TRUE(victim.dirty);
  EXPECT_EQ(cache.peek(4), nullptr);
  EXPECT_NE(cache.peek(0), nullptr);
  EXPECT_FALSE(cache.insert(20, {}).dirty);
  EXPECT_EQ(cache.peek(8), nullptr) << "peek must not have made it recent";
}

TEST(Cache, APrefetchedLineIsNotTheMostRecentUntilUsed) {
  Cache cache({.kib = 1, .ways = 4, .line_bytes = 64});
  cache.insert(0, {.prefetched = true});
  EXPECT_FALSE(cache.is_most_recent(0));
  ASSERT_NE(cache.find(0), nullptr);
  EXPECT_TRUE(cache.is_most_recent(0));
}

TEST(WayMatch, FindsEachWayAndNothingElse) {
  for (const std::uint64_t ways : {1u, 4u, 6u, 8u, 12u, 16u}) {
    std::vector<std::uint64_t> tags(ways);
    for (std::uint64_t way = 0; way < ways; ++way) {
      tags[way] = 100 + way;
    }
    for (std::uint64_t way = 0; way < ways; ++way) {
      EXPECT_EQ(find_tag(tags.data(), ways, 100 + way), way);
    }
    EXPECT_EQ(find_tag(tags.data(), ways, 99), ways);
  }
  alignas(16) const std::uint16_t set[kMatchWays] = {0x10, 0x21, 0x1f, 0, 0xffff, 0x11, 0xfff1, 0x12};
  EXPECT_EQ(match_ways(set, 0xfff0, 0x10), 0b10100101u);
  EXPECT_EQ(match_ways(set, 1, 1), 0b01110110u);
}

TEST(Tlb, HoldsItsEntriesAndReplacesTheLeastRecentlyUsed) {
  const TlbConfig config = m2_pcore().mmu.dtlb;
  Tlb tlb(config);
  for (std::uint64_t page = 0; page < config.entries; ++page) {
    EXPECT_FALSE(tlb.access(page));
  }
  for (std::uint64_t page = 0; page < config.entries; ++page) {
    EXPECT_TRUE(tlb.access(page));
  }
  const std::uint64_t sets = config.entries / config.ways;
  tlb.access(0);
  EXPECT_FALSE(tlb.access(config.entries));
  EXPECT_TRUE(tlb.contains(0));
  EXPECT_FALSE(tlb.contains(sets));
}

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
  EXPECT_EQ(mshrs.allocate(8000, 400), 8000u);
  const Cycle later = 8000 + (1u << 16);
  EXPECT_EQ(mshrs.allocate(later, 400), later);
  EXPECT_EQ(mshrs.allocate(later, 400), later + 400);
}

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
  EXPECT_EQ(channel.take(12345), 12345u);
  EXPECT_EQ(channel.take(50000), 50000u);
  EXPECT_EQ(channel.take(30000), 30000u);
}

TEST(Dram, LatencyAndBandwidthFollowTheConfiguration) {
  const CoreConfig config = m2_pcore();
  Dram dram(config.dram, config.clock, config.l2.cache.line_bytes);
  EXPECT_NEAR(static_cast<double>(dram.latency()), config.dram.latency_ns * config.clock.mhz / 1000.0, 0.51);
  EXPECT_EQ(dram.read(5000), 5000 + dram.latency());
  Cycle last = 0;
  constexpr int kLines = 5000;
  for (int i = 0; i < kLines; ++i) {
    last = std::max(last, dram.read(100000));
  }
  const double bytes_per_cycle = config.dram.mb_per_s / double(config.clock.mhz);
  const double cycles = static_cast<double>(last - dram.latency() - 100000);
  EXPECT_NEAR(kLines * config.l2.cache.line_bytes / cycles, bytes_per_cycle, 0.01 * bytes_per_cycle);
}

struct Prefetched {
  std::vector<std::uint64_t> l1;
  std::vector<std::uint64_t> l2;
};

Prefetched train(Prefetcher& prefetcher, const std::vector<std::uint64_t>& lines) {
  Prefetched got;
  for (const std::uint64_t line : lines) {
    prefetcher.train(
        0x1000, line, [&](std::uint64_t wanted) { return got.l1.push_back(wanted), true; },
        [&](std::uint64_t wanted) { return got.l2.push_back(wanted), true; });
  }
  return got;
}

constexpr std::uint32_t kLineBytes = 64;
constexpr std::uint32_t kPageBytes = 16384;

TEST(Prefetcher, RunsAheadByItsDistanceOnceAndInOrder) {
  PrefetchConfig config = m2_pcore().prefetch;
  config.cross_pages = 1;
  for (const std::int64_t stride : {1, -1, 5}) {
    Prefetcher prefetcher(config, kLineBytes, kPageBytes);
    std::vector<std::uint64_t> lines;
    constexpr int kCount = 400;
    for (int i = 0; i < kCount; ++i) {
      lines.push_back(static_cast<std::uint64_t>(1'000'000 + stride * i));
    }
    const Prefetched got = train(prefetcher, lines);
    ASSERT_FALSE(got.l2.empty());
    for (const auto& [asked, distance] :
         {std::pair{got.l1, config.l1_distance}, {got.l2, config.l2_distance}}) {
      for (std::size_t i = 1; i < asked.size(); ++i) {
        ASSERT_EQ(static_cast<std::int64_t>(asked[i] - asked[i - 1]), stride);
      }
      EXPECT_EQ(static_cast<std::int64_t>(asked.back() - lines.back()), stride * std::int64_t{distance});
    }
  }
}

TEST(Prefetcher, LeavesRandomAndDistantAccessesAlone) {
  const PrefetchConfig config = m2_pcore().prefetch;
  Prefetcher prefetcher(config, kLineBytes, kPageBytes);
  std::vector<std::uint64_t> lines;
  std::uint64_t x = 12345;
  for (int i = 0; i < 2000; ++i) {
    x = x * 6364136223846793005u + 1442695040888963407u;
    lines.push_back(x >> 30);
  }
  EXPECT_TRUE(train(prefetcher, lines).l2.empty());
  lines.clear();
  for (std::uint64_t i = 0; i < 100; ++i) {
    lines.push_back(5'000'000 + i * (config.max_stride / kLineBytes + 1));
  }
  EXPECT_TRUE(train(prefetcher, lines).l2.empty());
}

TEST(Prefetcher, StopsAtThePageUnlessToldOtherwise) {
  PrefetchConfig config = m2_pcore().prefetch;
  config.cross_pages = 0;
  Prefetcher prefetcher(config, kLineBytes, kPageBytes);
  constexpr std::uint64_t kLinesPerPage = kPageBytes / kLineBytes;
  std::vector<std::uint64_t> lines;
  for (std::uint64_t i = 0; i < kLinesPerPage; ++i) {
    lines.push_back(10 * kLinesPerPage + i);
  }
  const Prefetched got = train(prefetcher, lines);
  EXPECT_EQ(*std::ranges::max_element(got.l2), 11 * kLinesPerPage - 1);
}

}  // namespace
}  // namespace m2sim::timing
