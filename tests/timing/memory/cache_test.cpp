#include "timing/memory/cache.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

#include "timing/config/config.h"

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
  EXPECT_EQ(victim.line, 4U);
  EXPECT_TRUE(victim.state.dirty);
  EXPECT_EQ(cache.peek(4), nullptr);
  EXPECT_NE(cache.peek(0), nullptr);
  EXPECT_FALSE(cache.insert(20, {}).state.dirty);
  EXPECT_EQ(cache.peek(8), nullptr) << "peek must not have made it recent";
}

TEST(Cache, APrefetchedLineIsNotTheMostRecentUntilUsed) {
  Cache cache({.kib = 1, .ways = 4, .line_bytes = 64});
  cache.insert(0, {.prefetched = true});
  EXPECT_FALSE(cache.is_most_recent(0));
  ASSERT_NE(cache.find(0), nullptr);
  EXPECT_TRUE(cache.is_most_recent(0));
}

// Uses and prefetches take turns: a use of the line used last counts, though a line has arrived since.
TEST(Cache, AUseOfTheLineUsedLastMakesItNewerThanWhatWasPrefetchedSince) {
  for (const std::uint64_t last_set : {0U, 3U}) {
    Cache cache({.kib = 1, .ways = 4, .line_bytes = 64});
    const auto line = [=](std::uint64_t n) { return 4 * n + last_set; };
    cache.insert(line(0), {});
    for (std::uint64_t n = 1; n < 20; ++n) {
      cache.insert(line(n), {.prefetched = true});
      EXPECT_FALSE(cache.is_most_recent(line(0)));
      ASSERT_NE(cache.find(line(0)), nullptr) << n;
      EXPECT_TRUE(cache.is_most_recent(line(0)));
    }
  }
}

TEST(Cache, WhatIsTakenOutLeavesARoomThatIsUsedFirst) {
  Cache cache({.kib = 1, .ways = 4, .line_bytes = 64});
  for (std::uint64_t n = 0; n < 4; ++n) cache.insert(4 * n, {.ready = n, .dirty = n == 2, .missing = 1});
  const Cache::Line taken = cache.take(8, *cache.peek(8));
  EXPECT_TRUE(taken.dirty);
  EXPECT_EQ(taken.ready, 2U);
  EXPECT_EQ(taken.missing, 1U);
  EXPECT_EQ(cache.find(8), nullptr);
  EXPECT_EQ(cache.insert(100, {}).line, Cache::kNone);
  EXPECT_EQ(cache.insert(104, {}).line, 0U);
}

TEST(Cache, ARefillSettlesLater) {
  Cache cache({.kib = 1, .ways = 4, .line_bytes = 64});
  cache.insert(1, {.ready = 5, .missing = 2});
  cache.refill(*cache.peek(1), 700, MemLevel::kDram);
  EXPECT_EQ(cache.peek(1)->ready, 700U);
  EXPECT_EQ(cache.peek(1)->source, MemLevel::kDram);
  EXPECT_EQ(cache.peek(1)->missing, 0U);
  EXPECT_EQ(cache.settled(), 700U);
}

// A set as a list of lines, the least recently used first; and the one that was used last, unless a line
// has arrived by prefetch since.
struct PlainLine {
  std::uint64_t line;
  bool dirty;
  bool prefetched;
};
struct PlainSet {
  std::vector<PlainLine> lines;
  std::uint64_t recent = Cache::kNone;
};

// Random uses, arrivals and departures beside such lists.
void compare_with_lists(const CacheConfig& config, bool prefetches) {
  Cache cache(config);
  const std::uint64_t sets = std::uint64_t{config.kib} * 1024 / config.line_bytes / config.ways;
  std::map<std::uint64_t, PlainSet> plain;
  std::mt19937 random(config.ways);
  unsigned hits = 0;
  unsigned dirty_victims = 0;
  for (Cycle now = 1; now < 40'000; ++now) {
    const std::uint64_t line = random() % (2 * sets * config.ways);
    PlainSet& set = plain[line % sets];
    auto at = std::ranges::find(set.lines, line, &PlainLine::line);
    const bool present = at != set.lines.end();
    Cache::Line* const peeked = cache.peek(line);
    ASSERT_EQ(peeked != nullptr, present);
    ASSERT_EQ(cache.is_most_recent(line), present && set.recent == line);
    if (random() % 4 == 0) continue;  // peeking leaves the order alone
    if (present && random() % 8 == 0) {
      ASSERT_EQ(cache.take(line, *peeked).dirty, at->dirty);
      set.lines.erase(at);
      set.recent = set.recent == line ? Cache::kNone : set.recent;
      continue;
    }
    Cache::Line* const found = cache.find(line);
    ASSERT_EQ(found != nullptr, present);
    if (present) {
      ASSERT_EQ(found->dirty, at->dirty);
      ASSERT_EQ(found->prefetched, at->prefetched);
      ASSERT_TRUE(cache.is_most_recent(line));
      ASSERT_EQ(&cache.most_recent(line), found);
      found->prefetched = false;
      found->dirty = at->dirty || random() % 4 == 0;
      std::rotate(at, at + 1, set.lines.end());
      set.lines.back() = {line, found->dirty, false};
      set.recent = line;
      ++hits;
      continue;
    }
    const bool prefetched = prefetches && random() % 2 == 0;
    const bool dirty = !prefetched && random() % 2 == 0;
    const Cache::Victim victim = cache.insert(line, {.ready = now, .dirty = dirty, .prefetched = prefetched});
    if (set.lines.size() == config.ways) {
      ASSERT_EQ(victim.line, set.lines.front().line);
      ASSERT_EQ(victim.state.dirty, set.lines.front().dirty);
      set.lines.erase(set.lines.begin());
    } else {
      ASSERT_EQ(victim.line, Cache::kNone) << "an empty way goes first";
    }
    dirty_victims += victim.state.dirty ? 1U : 0U;
    set.lines.push_back({line, dirty, prefetched});
    set.recent = prefetched ? Cache::kNone : line;
  }
  EXPECT_GT(hits, 1000U);
  EXPECT_GT(dirty_victims, 1000U);
}

TEST(Cache, AgreesWithListsInOrderOfUse) {
  for (const bool prefetches : {false, true}) {
    compare_with_lists({.kib = 1, .ways = 4, .line_bytes = 64}, prefetches);
    compare_with_lists({.kib = 2, .ways = 1, .line_bytes = 128}, prefetches);
    compare_with_lists({.kib = 3, .ways = 12, .line_bytes = 64}, prefetches);
    compare_with_lists({.kib = 1, .ways = 16, .line_bytes = 64}, prefetches);
  }
}

TEST(Cache, SettledIsTheLatestArrivalOfAll) {
  Cache cache({.kib = 1, .ways = 4, .line_bytes = 64});
  EXPECT_EQ(cache.settled(), 0U);
  cache.insert(1, {.ready = 500});
  EXPECT_EQ(cache.settled(), 500U);
  cache.insert(2, {.ready = 300});
  EXPECT_EQ(cache.settled(), 500U);
  cache.insert(3, {.ready = 501, .prefetched = true});
  EXPECT_EQ(cache.settled(), 501U);
}

TEST(Cache, ALineIsItsBytes) {
  const CacheConfig config = m2_pcore().l1d.cache;
  const Cache cache(config);
  EXPECT_EQ(cache.line_of(config.line_bytes - 1), 0U);
  EXPECT_EQ(cache.line_of(config.line_bytes), 1U);
  EXPECT_EQ(cache.line_of(2 * std::uint64_t{config.line_bytes} - 1), 1U);
}

}  // namespace
}  // namespace m2sim::timing
