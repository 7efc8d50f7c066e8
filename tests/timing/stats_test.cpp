#include "timing/stats.h"

#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

namespace m2sim::timing {
namespace {

double as_double(const StatValue& value) {
  return std::visit([](auto number) { return static_cast<double>(number); }, value);
}

double named(const TimingStats& stats, std::string_view name) {
  for (const StatInfo& info : stat_table()) {
    if (info.name == name) {
      return as_double(info.value(stats));
    }
  }
  ADD_FAILURE() << "no statistic " << name;
  return -1;
}

TEST(Stats, EachCounterShowsUnderOneName) {
  constexpr std::size_t kCounters = sizeof(TimingStats) / sizeof(std::uint64_t);
  std::array<std::uint64_t, kCounters> words{};
  std::set<std::string_view> changed_by_some_word;
  for (std::size_t i = 0; i < kCounters; ++i) {
    words.fill(0);
    words[i] = 1;
    TimingStats stats;
    std::memcpy(&stats, words.data(), sizeof stats);
    stats.core.slots_per_cycle = 1;
    std::size_t plain = 0;
    for (const StatInfo& info : stat_table()) {
      const bool stack = info.name.starts_with("core.cpi_stack.") || info.name.starts_with("core.full.");
      if ((!info.derived || stack) && info.name != "core.slots_per_cycle" &&
          as_double(info.value(stats)) != 0) {
        ++plain;
        EXPECT_TRUE(changed_by_some_word.insert(info.name).second) << info.name;
      }
    }
    const bool is_width = i == offsetof(TimingStats, core.slots_per_cycle) / sizeof(std::uint64_t);
    EXPECT_EQ(plain, is_width ? 0U : 1U) << "counter " << i;
  }
}

TEST(Stats, NamesAreUniqueAndExplained) {
  std::set<std::string_view> names;
  for (const StatInfo& info : stat_table()) {
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_NE(info.name.find('.'), std::string_view::npos) << info.name;
    EXPECT_FALSE(info.unit.empty()) << info.name;
    EXPECT_FALSE(info.description.empty()) << info.name;
  }
  for (const std::string_view name :
       {"core.cycles", "core.insts", "core.cpi", "core.ipc", "branch.mispredicts", "branch.mpki",
        "l1d.misses", "core.cpi_stack.base"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
  EXPECT_EQ(values(TimingStats{}).size(), names.size());
}

TEST(Stats, CountersStayIntegersAndRatiosAreNot) {
  const TimingStats stats{};
  for (const StatInfo& info : stat_table()) {
    EXPECT_EQ(std::holds_alternative<double>(info.value(stats)), info.derived) << info.name;
  }
}

// Reports show the figures of one structure in one place.
TEST(Stats, NamesOfOnePrefixStandTogether) {
  std::vector<std::string> prefixes;
  for (const StatInfo& info : stat_table()) {
    if (info.derived || info.name == "core.cycles" || info.name == "core.insts") continue;
    const std::string prefix(info.name.substr(0, info.name.find('.')));
    if (prefixes.empty() || prefixes.back() != prefix) prefixes.push_back(prefix);
  }
  EXPECT_EQ(std::set<std::string>(prefixes.begin(), prefixes.end()).size(), prefixes.size());
}

TEST(Stats, ADifferenceIsThatOfEveryCounterAndKeepsWhatIsNone) {
  static_assert(std::is_trivially_copyable_v<TimingStats>);
  TimingStats before;
  TimingStats after;
  std::array<std::uint64_t, sizeof(TimingStats) / sizeof(std::uint64_t)> words{};
  for (std::size_t i = 0; i < words.size(); ++i) words[i] = 7 * i + 1;
  std::memcpy(&before, words.data(), sizeof before);
  for (std::size_t i = 0; i < words.size(); ++i) words[i] += 1000 + i;
  std::memcpy(&after, words.data(), sizeof after);
  before.core.slots_per_cycle = after.core.slots_per_cycle = 8;
  const TimingStats found = difference(after, before);
  EXPECT_EQ(found.core.slots_per_cycle, 8U);
  std::memcpy(words.data(), &found, sizeof found);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i != offsetof(TimingStats, core.slots_per_cycle) / sizeof(std::uint64_t)) {
      EXPECT_EQ(words[i], 1000 + i) << i;
    }
  }
}

TEST(Stats, StackSumsExactlyToTheCycles) {
  TimingStats stats{};
  stats.core.slots_per_cycle = 8;
  stats.core.cycles = (1ULL << 40) + 7;
  std::uint64_t left = stats.core.cycles * stats.core.slots_per_cycle;
  for (std::size_t i = 0; i + 1 < kStallReasonCount; ++i) {
    stats.core.slots[i] = left / 3 + i;
    left -= stats.core.slots[i];
  }
  stats.core.slots.back() = left;
  double sum = 0;
  for (const StatInfo& info : stat_table()) {
    sum += info.name.starts_with("core.cpi_stack.") ? as_double(info.value(stats)) : 0;
  }
  EXPECT_EQ(sum, named(stats, "core.cycles"));
}

TEST(Stats, RatiosOfAnEmptyRunAreZero) {
  for (const StatValue& value : values(TimingStats{})) {
    EXPECT_EQ(as_double(value), 0);
  }
}

TEST(Stats, RatiosDivideWhatTheySay) {
  TimingStats stats{};
  stats.core.cycles = 500;
  stats.core.insts = 2000;
  stats.branch.mispredicts = 3;
  stats.memory.l1d.misses = 10;
  EXPECT_DOUBLE_EQ(named(stats, "core.cpi"), 0.25);
  EXPECT_DOUBLE_EQ(named(stats, "core.ipc"), 4);
  EXPECT_DOUBLE_EQ(named(stats, "branch.mpki"), 1.5);
  EXPECT_DOUBLE_EQ(named(stats, "l1d.mpki"), 5);
}

TEST(StatsEstimate, PartsStandForMoreAndTheStackStaysExact) {
  TimingStats part{};
  part.core.insts = 10;
  part.core.cycles = 7;
  part.core.slots_per_cycle = 8;
  part.core.slots[0] = 19;
  part.core.slots[1] = 18;
  part.core.slots[2] = 19;
  part.memory.l1d.misses = 3;
  StatsEstimate estimate;
  estimate.add(part, 2.5);
  estimate.add(part, 0.85);
  const TimingStats sum = estimate.rounded();
  EXPECT_EQ(sum.core.insts, 34U);   // 33.5
  EXPECT_EQ(sum.core.cycles, 23U);  // 23.45
  EXPECT_EQ(sum.memory.l1d.misses, 10U);
  EXPECT_EQ(sum.core.slots_per_cycle, 8U);
  EXPECT_EQ(sum.core.slots[0] + sum.core.slots[1] + sum.core.slots[2], 8U * 23U);
  EXPECT_NEAR(static_cast<double>(sum.core.slots[1]), 18.0 / 56 * 8 * 23, 1.5);
}

}  // namespace
}  // namespace m2sim::timing
