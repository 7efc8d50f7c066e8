#include "timing/memory/prefetcher.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "timing/config/config.h"

namespace m2sim::timing {
namespace {

constexpr std::uint32_t kLineBytes = 64;
constexpr std::uint32_t kPageBytes = 16384;

struct Prefetched {
  std::vector<std::uint64_t> l1;
  std::vector<std::uint64_t> l2;
};

Prefetched train(Prefetcher& prefetcher, const std::vector<std::uint64_t>& lines,
                 Prefetcher::At at = Prefetcher::At::kMiss) {
  Prefetched got;
  for (const std::uint64_t line : lines) {
    prefetcher.train(
        0x1000, line * kLineBytes, at, [&](std::uint64_t wanted) { return got.l1.push_back(wanted), true; },
        [&](std::uint64_t wanted) { return got.l2.push_back(wanted), true; });
  }
  return got;
}

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

// Strides that are no multiple of the line: larger ones are followed to the byte, smaller ones line by line.
TEST(Prefetcher, FollowsAStrideOfAnyNumberOfBytes) {
  const PrefetchConfig config = m2_pcore().prefetch;
  for (const std::int64_t stride : {160, -160, 1000, 24, -40}) {
    Prefetcher prefetcher(config, kLineBytes, kPageBytes);
    std::vector<std::uint64_t> wanted;
    const auto ask = [&](std::uint64_t line) { return wanted.push_back(line), true; };
    std::uint64_t address = 1'000'000;
    std::uint64_t line = 0;
    for (int i = 0; i < 1000; ++i, address += static_cast<std::uint64_t>(stride)) {
      if (std::exchange(line, address / kLineBytes) == address / kLineBytes) continue;
      prefetcher.train(0x1000, address, Prefetcher::At::kMiss, ask, [](std::uint64_t) { return true; });
    }
    ASSERT_GT(wanted.size(), 300U) << stride;
    std::uint64_t expected = wanted.front();
    for (std::size_t i = 1; i < wanted.size(); ++i) {
      const std::uint64_t step = (wanted[i] - expected) * static_cast<std::uint64_t>(stride < 0 ? -1 : 1);
      const auto lines = static_cast<std::uint64_t>(std::abs(stride)) / kLineBytes;
      ASSERT_GE(step, std::max<std::uint64_t>(lines, 1)) << stride << ": asked twice";
      ASSERT_LE(step, lines + 1) << stride << ": one left out";
      expected = wanted[i];
    }
  }
}

// First uses of what was prefetched: they keep a stream going that misses have begun, and begin none.
TEST(Prefetcher, MissesTrainAndFirstUsesOnlyKeepItGoing) {
  using enum Prefetcher::At;
  const PrefetchConfig config = m2_pcore().prefetch;
  const auto lines = [](std::uint64_t from, std::uint64_t count) {
    std::vector<std::uint64_t> all;
    for (std::uint64_t i = 0; i < count; ++i) all.push_back(from + i);
    return all;
  };
  Prefetcher prefetcher(config, kLineBytes, kPageBytes);
  EXPECT_TRUE(train(prefetcher, lines(1000, 50), kFirstUse).l2.empty()) << "by an instruction not known";
  EXPECT_TRUE(train(prefetcher, lines(2000, config.confirmations + 1), kMiss).l2.empty());
  EXPECT_TRUE(train(prefetcher, lines(2000 + config.confirmations + 1, 50), kFirstUse).l2.empty())
      << "one confirmation too few";
  ASSERT_FALSE(train(prefetcher, lines(3000, config.confirmations + 4), kMiss).l2.empty());
  const std::uint64_t next = 3000 + config.confirmations + 4;
  EXPECT_EQ(train(prefetcher, lines(next, 200), kFirstUse).l2.back(), next + 199 + config.l2_distance);
}

TEST(Prefetcher, LeavesRandomAndDistantAccessesAlone) {
  const PrefetchConfig config = m2_pcore().prefetch;
  Prefetcher prefetcher(config, kLineBytes, kPageBytes);
  std::vector<std::uint64_t> lines;
  std::uint64_t x = 12345;
  for (int i = 0; i < 2000; ++i) {
    x = x * 6364136223846793005U + 1442695040888963407U;
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

// Lines that a stream of stride 1 asks the L2 for after each of its lines.
std::vector<std::size_t> asked_after_each(const PrefetchConfig& config, unsigned lines) {
  Prefetcher prefetcher(config, kLineBytes, kPageBytes);
  std::vector<std::size_t> counts;
  for (std::uint64_t i = 0; i < lines; ++i) counts.push_back(train(prefetcher, {1000 + i}).l2.size());
  return counts;
}

TEST(Prefetcher, BeginsWithTheLastConfirmationAndAsksForItsDegreeAtOnce) {
  for (const std::uint32_t confirmations : {1U, 2U, 5U}) {
    PrefetchConfig config = m2_pcore().prefetch;
    config.confirmations = confirmations;
    // The first line begins the entry, the second gives the stride, each further one confirms it.
    const std::vector<std::size_t> counts = asked_after_each(config, confirmations + 10);
    for (std::size_t i = 0; i < counts.size(); ++i) {
      const std::size_t most = i < confirmations + 1 ? 0 : config.degree;
      EXPECT_LE(counts[i], most) << i;
    }
    EXPECT_EQ(counts[confirmations + 1], config.degree);
  }
}

TEST(Prefetcher, FollowsTheLargestStrideAndNoneBeyond) {
  const PrefetchConfig config = m2_pcore().prefetch;
  const std::uint64_t largest = config.max_stride / kLineBytes;
  for (const std::uint64_t stride : {largest, largest + 1}) {
    for (const bool down : {false, true}) {
      Prefetcher prefetcher(config, kLineBytes, kPageBytes);
      std::vector<std::uint64_t> lines;
      for (std::uint64_t i = 0; i < 20; ++i) lines.push_back(1'000'000 + (down ? 20 - i : i) * stride);
      EXPECT_EQ(!train(prefetcher, lines).l2.empty(), stride == largest)
          << stride << (down ? " down" : " up");
    }
  }
}

// Loads that take turns, each with its own stream: as many as there are entries are followed, one more is
// none.
TEST(Prefetcher, WatchesAsManyLoadsAsItHasEntries) {
  const PrefetchConfig config = m2_pcore().prefetch;
  for (const std::uint64_t loads : {std::uint64_t{config.streams}, std::uint64_t{config.streams} + 1}) {
    Prefetcher prefetcher(config, kLineBytes, kPageBytes);
    unsigned asked = 0;
    const auto count = [&](std::uint64_t) { return ++asked != 0; };
    for (std::uint64_t i = 0; i < 20; ++i) {
      for (std::uint64_t load = 0; load < loads; ++load) {
        prefetcher.train(0x1000 + 4 * load, (1'000'000 * (load + 1) + i) * kLineBytes, Prefetcher::At::kMiss,
                         count, count);
      }
    }
    EXPECT_EQ(asked != 0, loads == config.streams) << loads;
  }
}

TEST(Prefetcher, ALineThatFoundNoRoomIsAskedForAgain) {
  const PrefetchConfig config = m2_pcore().prefetch;
  Prefetcher prefetcher(config, kLineBytes, kPageBytes);
  std::vector<std::uint64_t> refused;
  std::vector<std::uint64_t> again;
  const auto nothing = [](std::uint64_t) { return false; };
  for (std::uint64_t line = 1000; line < 1000 + config.confirmations + 2; ++line) {
    prefetcher.train(0x1000, line * kLineBytes, Prefetcher::At::kMiss, nothing,
                     [&](std::uint64_t wanted) { return refused.push_back(wanted), false; });
  }
  ASSERT_EQ(refused.size(), 1U) << "after a refusal it asks for no more";
  prefetcher.train(0x1000, (1000 + config.confirmations + 2) * kLineBytes, Prefetcher::At::kMiss, nothing,
                   [&](std::uint64_t wanted) { return again.push_back(wanted), true; });
  ASSERT_FALSE(again.empty());
  EXPECT_EQ(again.front(), refused.front() + 1) << "the next line of the stream, one further on";
}

TEST(Prefetcher, AsksTheL2BeforeTheL1) {
  const PrefetchConfig config = m2_pcore().prefetch;
  Prefetcher prefetcher(config, kLineBytes, kPageBytes);
  std::vector<char> order;
  for (std::uint64_t line = 1000; line < 1000 + config.confirmations + 2; ++line) {
    prefetcher.train(
        0x1000, line * kLineBytes, Prefetcher::At::kMiss,
        [&](std::uint64_t) { return order.push_back('1'), true; },
        [&](std::uint64_t) { return order.push_back('2'), true; });
  }
  EXPECT_TRUE(std::ranges::is_sorted(order, std::greater<>{}));
  EXPECT_EQ(order.size(), 2 * std::size_t{config.degree});
}

// Nor does it begin it anew: what follows asks for the lines behind those that were asked for, and for as
// many as without it.
TEST(Prefetcher, ALookBackDoesNotEndAStream) {
  const PrefetchConfig config = m2_pcore().prefetch;
  for (const std::int64_t stride : {1, -1, 3}) {
    const auto line = [=](std::int64_t n) { return static_cast<std::uint64_t>(100'000 + stride * n); };
    for (const bool looks_back : {false, true}) {
      Prefetcher prefetcher(config, kLineBytes, kPageBytes);
      std::vector<std::uint64_t> asked;
      const auto use = [&](std::int64_t n) {
        const std::vector<std::uint64_t> more = train(prefetcher, {line(n)}).l2;
        asked.insert(asked.end(), more.begin(), more.end());
        return more.size();
      };
      constexpr std::int64_t kUses = 100;
      for (std::int64_t n = 0; n < kUses; ++n) {
        use(n);
        if (!looks_back || n < 3) continue;
        EXPECT_EQ(use(n - 1), 0U) << "one line back";
      }
      ASSERT_FALSE(asked.empty());
      for (std::size_t i = 1; i < asked.size(); ++i)
        ASSERT_EQ(asked[i], asked[i - 1] + line(1) - line(0)) << i;
      EXPECT_EQ(asked.back(), line(kUses - 1 + config.l2_distance)) << looks_back;
    }
  }
}

// 96 bytes at a time over lines of 64: one line, then two.
TEST(Prefetcher, AStrideBetweenOneLineAndTwoIsFollowedByLines) {
  const PrefetchConfig config = m2_pcore().prefetch;
  Prefetcher prefetcher(config, kLineBytes, kPageBytes);
  std::vector<std::uint64_t> lines;
  for (std::uint64_t i = 0; i < 200; ++i) lines.push_back(1000 + 3 * i / 2);
  const Prefetched got = train(prefetcher, lines);
  ASSERT_FALSE(got.l2.empty());
  for (std::size_t i = 1; i < got.l2.size(); ++i) ASSERT_EQ(got.l2[i], got.l2[i - 1] + 1);
  EXPECT_LE(got.l2.back(), lines.back() + config.l2_distance);
  EXPECT_GE(got.l2.back() + 2, lines.back() + config.l2_distance);
}

TEST(Prefetcher, DoesNothingWhenItIsOff) {
  PrefetchConfig config = m2_pcore().prefetch;
  config.enabled = 0;
  for (const std::size_t asked : asked_after_each(config, 50)) EXPECT_EQ(asked, 0U);
}

}  // namespace
}  // namespace m2sim::timing
