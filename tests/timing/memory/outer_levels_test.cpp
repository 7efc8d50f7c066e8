#include "timing/memory/outer_levels.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace m2sim::timing {
namespace {

using By = OuterLevels::By;
constexpr std::uint64_t kLine = 0x400000;

Cycle dram_cycles(const CoreConfig& config) {
  return Dram(config.dram, config.clock, config.l2.cache.line_bytes).latency();
}

// An L2 of 64 KiB and a system-level cache of 32, each one page a way, so that pages do not matter.
CoreConfig small() {
  CoreConfig config = m2_pcore();
  config.l2.cache = {.kib = 64, .ways = 4, .line_bytes = 128};
  config.slc.cache = {.kib = 32, .ways = 2, .line_bytes = 128};
  return config;
}

MemoryStats stats_of(const OuterLevels& levels) {
  MemoryStats stats{};
  levels.add_to(stats);
  return stats;
}

// Reads `kib` in order, again and again; what the last of so many rounds counted.
MemoryStats last_round(const CoreConfig& config, std::uint32_t kib, int rounds) {
  OuterLevels levels(config);
  MemoryStats before{};
  Cycle now = 0;
  for (int round = 0; round < rounds; ++round) {
    before = stats_of(levels);
    for (std::uint64_t i = 0; i < kib * 16; i += 2, now += 1000)
      levels.read(levels.look(kLine + i), now, By::kDemand);
  }
  MemoryStats last = stats_of(levels);
  last.l2.accesses -= before.l2.accesses;
  last.l2.misses -= before.l2.misses;
  last.slc.accesses -= before.slc.accesses;
  last.slc.misses -= before.slc.misses;
  last.dram.reads -= before.dram.reads;
  return last;
}

// With least-recently-used replacement a cyclic read hits a cache of its size always and a smaller one never:
// the two together hold the sum of both and not a line more.
TEST(OuterLevels, TheSystemCacheHoldsWhatTheL2DoesNot) {
  const CoreConfig config = small();
  const MemoryStats held = last_round(config, 96, 3);
  EXPECT_EQ(held.l2.misses, 96U * 8);
  EXPECT_EQ(held.slc.accesses, 96U * 8);
  EXPECT_EQ(held.slc.misses, 0U);
  EXPECT_EQ(held.dram.reads, 0U);
  const MemoryStats too_much = last_round(config, 128, 3);
  EXPECT_EQ(too_much.slc.misses, 128U * 8);
  CoreConfig none = config;
  none.slc.cache.kib = 0;
  EXPECT_EQ(last_round(none, 96, 3).dram.reads, 96U * 8);
  EXPECT_EQ(last_round(none, 96, 3).slc.accesses, 0U);
}

// Pages in no order make some sets too full before the caches are, so most of it hits and not all.
TEST(OuterLevels, TwentyMegabytesInTurnHitTheSystemCache) {
  const CoreConfig config = m2_pcore();
  const MemoryStats stats = last_round(config, 20 * 1024, 3);
  EXPECT_GT(stats.l2.misses, stats.l2.accesses * 8 / 10);
  EXPECT_LT(stats.slc.misses, stats.slc.accesses / 4);
  EXPECT_GT(stats.slc.misses, 0U);
  CoreConfig ordered = config;
  ordered.mmu.scatter_pages = 0;
  EXPECT_EQ(last_round(ordered, 20 * 1024, 3).slc.misses, 0U);
}

TEST(OuterLevels, AReadSaysWhenAndFromWhere) {
  const CoreConfig config = small();
  OuterLevels levels(config);
  constexpr Cycle kNow = 1'000'000;
  const auto read = [&](std::uint64_t line, Cycle now) {
    return levels.read(levels.look(line), now, By::kDemand);
  };
  const OuterLevels::Fill cold = read(kLine, kNow);
  EXPECT_EQ(cold.ready, kNow + dram_cycles(config));
  EXPECT_EQ(cold.source, MemLevel::kDram);
  // On its way, also for the other half.
  EXPECT_EQ(levels.flight_of(levels.look(kLine + 1), 0).until, cold.ready);
  EXPECT_EQ(levels.flight_of(levels.look(kLine + 1), 0).least, config.l2.load_to_use);
  EXPECT_EQ(read(kLine + 1, kNow + 10).ready, cold.ready);
  EXPECT_EQ(read(kLine + 1, kNow + 10).source, MemLevel::kDram);
  EXPECT_EQ(stats_of(levels).l2.merges, 2U);
  const OuterLevels::Fill hit = read(kLine, kNow + 5000);
  EXPECT_EQ(hit.ready, kNow + 5000 + config.l2.load_to_use);
  EXPECT_EQ(hit.source, MemLevel::kL2);
  // Four ways of one set later it is in the system-level cache.
  for (std::uint64_t n = 1; n <= 4; ++n) read(kLine + 256 * n, kNow + 10'000 * n);
  EXPECT_EQ(levels.flight_of(levels.look(kLine), 0).least, config.slc.load_to_use);
  const OuterLevels::Fill back = read(kLine, kNow + 100'000);
  EXPECT_EQ(back.ready, kNow + 100'000 + config.slc.load_to_use);
  EXPECT_EQ(back.source, MemLevel::kSlc);
}

TEST(OuterLevels, APrefetchIsNoDemandAndItsFirstUseIsLateWhileItIsOnItsWay) {
  const CoreConfig config = small();
  OuterLevels levels(config);
  constexpr Cycle kNow = 1'000'000;
  EXPECT_TRUE(levels.prefetch(kLine, kNow));
  EXPECT_TRUE(levels.prefetch(kLine, kNow)) << "there is nothing more to do";
  levels.read(levels.look(kLine + 100), kNow, By::kPrefetch);
  MemoryStats stats = stats_of(levels);
  EXPECT_EQ(stats.l2.prefetches, 1U);
  EXPECT_EQ(stats.l2.accesses + stats.l2.misses + stats.slc.accesses + stats.slc.misses, 0U);
  EXPECT_EQ(stats.dram.reads, 2U);
  for (int i = 0; i < 3; ++i) levels.read(levels.look(kLine), kNow + 10, By::kDemand);
  stats = stats_of(levels);
  EXPECT_EQ(stats.l2.accesses, 3U);
  EXPECT_EQ(stats.l2.late_prefetches, 1U);
  EXPECT_EQ(stats.l2.merges, 2U);
  EXPECT_EQ(stats.l2.prefetch_hits, 1U);
  EXPECT_EQ(stats.l2.misses, 0U);
}

TEST(OuterLevels, APrefetchYieldsWhenMissesTakeAllRegisters) {
  CoreConfig config = small();
  config.l2.mshrs = 2;
  OuterLevels levels(config);
  constexpr Cycle kNow = 1'000'000;
  levels.read(levels.look(kLine), kNow, By::kDemand);
  EXPECT_TRUE(levels.prefetch(kLine + 100, kNow));
  EXPECT_FALSE(levels.prefetch(kLine + 200, kNow + 8));
  EXPECT_EQ(stats_of(levels).l2.prefetches, 1U);
}

// A line that is written whole costs no read; its half that nobody wrote does once it is read.
TEST(OuterLevels, WhatIsWrittenWholeIsNotReadFromMemory) {
  const CoreConfig config = small();
  OuterLevels levels(config);
  constexpr Cycle kNow = 1'000'000;
  EXPECT_EQ(levels.flight_to_own(levels.look(kLine)).least, config.slc.load_to_use);
  EXPECT_EQ(levels.own(levels.look(kLine), kNow), kNow);
  EXPECT_EQ(levels.flight_to_own(levels.look(kLine + 1)).least, config.l2.load_to_use)
      << "the L2's line has both halves";
  levels.write_back(kLine, kNow + 1000);
  EXPECT_EQ(levels.read(levels.look(kLine), kNow + 2000, By::kDemand).ready,
            kNow + 2000 + config.l2.load_to_use);
  EXPECT_EQ(stats_of(levels).dram.reads, 0U);
  EXPECT_EQ(levels.flight_of(levels.look(kLine + 1), 0).least, dram_cycles(config));
  const OuterLevels::Fill half = levels.read(levels.look(kLine + 1), kNow + 3000, By::kDemand);
  EXPECT_EQ(half.ready, kNow + 3000 + dram_cycles(config));
  EXPECT_EQ(half.source, MemLevel::kDram);
  EXPECT_EQ(levels.read(levels.look(kLine + 1), kNow + 9000, By::kDemand).ready,
            kNow + 9000 + config.l2.load_to_use);
  EXPECT_EQ(stats_of(levels).dram.reads, 1U);
  EXPECT_EQ(stats_of(levels).l2.misses, 1U);
}

TEST(OuterLevels, AHalfThatWasNotWrittenStaysMissingInTheSystemCache) {
  const CoreConfig config = small();
  OuterLevels levels(config);
  Cycle now = 1'000'000;
  levels.own(levels.look(kLine), now);
  levels.write_back(kLine, now);
  for (std::uint64_t n = 1; n <= 4; ++n)
    levels.read(levels.look(kLine + 256 * n), now += 10'000, By::kDemand);
  EXPECT_EQ(levels.read(levels.look(kLine + 1), now += 10'000, By::kDemand).source, MemLevel::kDram);
  // And one of which nothing has come back from the L1D is forgotten with its place.
  levels.own(levels.look(kLine + 2), now);
  for (std::uint64_t n = 1; n <= 4; ++n)
    levels.read(levels.look(kLine + 2 + 256 * n), now += 10'000, By::kDemand);
  EXPECT_EQ(levels.flight_of(levels.look(kLine + 2), 0).least, dram_cycles(config));
  const std::uint64_t reads = stats_of(levels).dram.reads;
  levels.write_back(kLine + 2, now += 10'000);
  EXPECT_EQ(levels.read(levels.look(kLine + 2), now += 10'000, By::kDemand).source, MemLevel::kL2);
  EXPECT_EQ(stats_of(levels).dram.reads, reads);
}

// Dirty lines go through both caches to memory, each once.
TEST(OuterLevels, WhatWasWrittenReachesMemoryOnce) {
  for (const bool with_slc : {true, false}) {
    CoreConfig config = small();
    if (!with_slc) config.slc.cache.kib = 0;
    OuterLevels levels(config);
    Cycle now = 0;
    constexpr std::uint64_t kLines = 10'000;
    for (std::uint64_t i = 0; i < 2 * kLines; ++i) levels.write_back(kLine + i, now += 100);
    const std::uint64_t held = (config.l2.cache.kib + config.slc.cache.kib) * 8;
    EXPECT_EQ(stats_of(levels).dram.writes, kLines - held);
    EXPECT_EQ(stats_of(levels).dram.reads, 0U);
    EXPECT_EQ(stats_of(levels).l2.writebacks, kLines - config.l2.cache.kib * 8);
    EXPECT_EQ(stats_of(levels).slc.writebacks, with_slc ? kLines - held : 0);
  }
}

TEST(OuterLevels, FullBuffersHoldWhatComesNext) {
  const CoreConfig config = small();
  OuterLevels levels(config);
  constexpr Cycle kNow = 1'000'000;
  for (std::uint32_t i = 0; i < config.l1d.victim_lines; ++i) {
    EXPECT_EQ(levels.room(kNow), kNow);
    levels.write_back(kLine + i, kNow);
  }
  levels.write_back(kLine + 100, kNow);
  EXPECT_GT(levels.room(kNow), kNow);
  for (std::uint64_t i = 0; i < 4000; ++i) levels.write_back(kLine + 2 * i, kNow);
  EXPECT_GT(levels.read(levels.look(kLine + 20'000), kNow, By::kDemand).ready,
            kNow + dram_cycles(config) + 1000)
      << "no room for a line that has to be put out";
}

// Pages may lie anywhere, but each in a place of its own.
TEST(OuterLevels, ScatteredPagesDoNotShareALine) {
  CoreConfig config = m2_pcore();
  ASSERT_EQ(config.mmu.scatter_pages, 1U);
  const std::uint64_t page = config.mmu.page_kib * 1024 / config.l1d.cache.line_bytes;
  Cycle now = 1'000'000;
  // As many pages as the L2 holds, and an L2 of one set, which has a place for each.
  config.l2.cache = {.kib = 16, .ways = 128, .line_bytes = 128};
  OuterLevels one_set(config);
  for (std::uint64_t n = 0; n < 128; ++n)
    one_set.read(one_set.look(kLine + n * page), now += 1000, By::kDemand);
  EXPECT_EQ(stats_of(one_set).l2.misses, 128U) << "no two pages are one";
  for (std::uint64_t n = 0; n < 128; ++n)
    one_set.read(one_set.look(kLine + n * page), now += 1000, By::kDemand);
  EXPECT_EQ(stats_of(one_set).l2.misses, 128U);
}

}  // namespace
}  // namespace m2sim::timing
