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

// A set as a list of lines, the least recently used first.
struct PlainLine {
  std::uint64_t line;
  bool dirty;
  bool prefetched;
};

// Random uses and arrivals beside such lists. Prefetched lines arrive only if asked for: a use of the line
// used last does not put it behind those that arrived by prefetch since, so that the order is not an exact
// one then.
void compare_with_lists(const CacheConfig& config, bool prefetches) {
  Cache cache(config);
  const std::uint64_t sets = std::uint64_t{config.kib} * 1024 / config.line_bytes / config.ways;
  std::map<std::uint64_t, std::vector<PlainLine>> plain;
  std::mt19937 random(config.ways);
  unsigned hits = 0;
  unsigned dirty_victims = 0;
  for (Cycle now = 1; now < 40'000; ++now) {
    const std::uint64_t line = random() % (2 * sets * config.ways);
    std::vector<PlainLine>& set = plain[line % sets];
    auto at = std::ranges::find(set, line, &PlainLine::line);
    const bool present = at != set.end();
    ASSERT_EQ(cache.peek(line) != nullptr, present);
    if (!prefetches) {
      ASSERT_EQ(cache.is_most_recent(line), present && at + 1 == set.end());
    }
    if (random() % 4 == 0) continue;  // peeking leaves the order alone
    Cache::Line* const found = cache.find(line);
    ASSERT_EQ(found != nullptr, present);
    if (present) {
      ASSERT_EQ(found->dirty, at->dirty);
      ASSERT_EQ(found->prefetched, at->prefetched);
      ASSERT_TRUE(cache.is_most_recent(line));
      ASSERT_EQ(&cache.most_recent(line), found);
      found->prefetched = false;
      found->dirty = at->dirty || random() % 4 == 0;
      std::rotate(at, at + 1, set.end());
      set.back() = {line, found->dirty, false};
      ++hits;
      continue;
    }
    const bool prefetched = prefetches && random() % 2 == 0;
    const bool dirty = !prefetched && random() % 2 == 0;
    const Cache::Victim victim = cache.insert(line, {.ready = now, .dirty = dirty, .prefetched = prefetched});
    if (set.size() == config.ways) {
      at = prefetches ? std::ranges::find(set, victim.line, &PlainLine::line) : set.begin();
      ASSERT_NE(at, set.end());
      ASSERT_EQ(victim.line, at->line);
      ASSERT_EQ(victim.dirty, at->dirty);
      set.erase(at);
    } else {
      ASSERT_FALSE(victim.dirty) << "an empty way goes first";
    }
    dirty_victims += victim.dirty ? 1U : 0U;
    set.push_back({line, dirty, prefetched});
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
