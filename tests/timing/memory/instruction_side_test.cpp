// The L1I and the ITLB.
#include <gtest/gtest.h>

#include <random>

#include "timing/memory/memory_hierarchy.h"

namespace m2sim::timing {
namespace {

constexpr std::uint64_t kPc = 0x400000;

TEST(InstructionSide, FetchHitsAtOnceAndWhatIsAskedForInTimeStreamsFromTheL2AtItsInterval) {
  const CoreConfig config = m2_pcore();
  MemoryHierarchy memory(config);
  const std::uint64_t line = config.l1i.cache.line_bytes;
  const std::uint64_t lines = 2ULL * config.l1i.cache.kib * 1024 / line;
  const std::uint64_t ahead = config.l2.load_to_use / config.l1i.refill_interval + 1;
  Cycle now = 0;
  Cycle before = 0;
  for (int round = 0; round < 3; ++round) {
    before = now;
    for (std::uint64_t i = 0; i < lines; ++i) {
      memory.prefetch_code(kPc + (i + ahead) * line, now);
      now = memory.fetch(kPc + i * line, now + 1);
    }
  }
  const double interval = static_cast<double>(now - before) / static_cast<double>(lines);
  EXPECT_NEAR(interval, config.l1i.refill_interval, 0.05 * config.l1i.refill_interval);
  EXPECT_EQ(memory.fetch(kPc + (lines - 1) * line, now + 5), now + 5);
}

TEST(InstructionSide, ALineAskedForAheadIsAPrefetchOnceAndNeedsItsPage) {
  const CoreConfig config = m2_pcore();
  MemoryHierarchy memory(config);
  EXPECT_EQ(memory.prefetch_code(kPc, 1000), kNever) << "the ITLB lacks the page";
  EXPECT_EQ(memory.stats().l1i.prefetches, 0U);
  memory.fetch(kPc, 1000);
  const std::uint64_t next = kPc + config.l1i.cache.line_bytes;
  const Cycle there = memory.prefetch_code(next, 5000);
  EXPECT_GT(there, 5000U);
  EXPECT_EQ(memory.prefetch_code(next, 5001), there) << "it is on its way";
  EXPECT_EQ(memory.stats().l1i.prefetches, 1U);
  EXPECT_TRUE(memory.fetch_line(next, 5001).first_use);
  EXPECT_EQ(memory.stats().l1i.late_prefetches, 1U);
  EXPECT_FALSE(memory.fetch_line(next, there).first_use);
  EXPECT_EQ(memory.prefetch_code(next, there + 1), there + 1);
  EXPECT_EQ(memory.stats().l1i.prefetch_hits, 1U);
}

TEST(InstructionSide, ItlbMissesAddTheirTime) {
  const CoreConfig config = m2_pcore();
  const std::uint64_t page = std::uint64_t{config.mmu.page_kib} * 1024;
  const std::uint64_t pages = config.mmu.itlb.entries + config.mmu.itlb.entries / config.mmu.itlb.ways;
  MemoryHierarchy memory(config);
  const auto address = [&](std::uint64_t i) { return kPc + i * page + i % 256 * 64; };
  Cycle now = 0;
  for (std::uint64_t i = 0; i < pages; ++i, now += 5000) {
    memory.fetch(address(i), now);
  }
  for (std::uint64_t i = 0; i < pages; ++i, now += 5000) {
    EXPECT_EQ(memory.fetch(address(i), now), now + config.mmu.itlb.miss_extra);
  }
}

// Whoever asks first whether a line is there at once gets to know the same, and leaves the same behind.
TEST(InstructionSide, WhatIsFetchedAtOnceIsWhatFetchWouldHaveDone) {
  CoreConfig config = m2_pcore();
  config.mmu.itlb.entries = 4;
  config.mmu.itlb.ways = 2;
  MemoryHierarchy asked(config);
  MemoryHierarchy plain(config);
  const std::uint64_t line = config.l1i.cache.line_bytes;
  const std::uint64_t way = std::uint64_t{config.l1i.cache.kib} * 1024 / config.l1i.cache.ways;
  std::mt19937 random(1);
  Cycle now = 0;
  unsigned at_once = 0;
  for (unsigned i = 0; i < 100'000; ++i) {
    // Mostly a few lines again and again, at times one that puts one of them or its page out.
    const std::uint64_t pc = kPc + random() % 5 * line + (random() % 16 == 0 ? random() % 8 * way : 0);
    now += random() % 64 == 0 ? 0 : 100;
    if (random() % 256 == 0) {
      ASSERT_EQ(asked.prefetch_code(pc, now), plain.prefetch_code(pc, now));
    }
    const bool there = asked.fetch_at_once(pc, now);
    at_once += there ? 1U : 0U;
    ASSERT_EQ(there ? now : asked.fetch(pc, now), plain.fetch(pc, now));
  }
  EXPECT_GT(at_once, 50'000U);
  const MemoryStats stats = asked.stats();
  const MemoryStats expected = plain.stats();
  EXPECT_EQ(stats.l1i.accesses, expected.l1i.accesses);
  EXPECT_EQ(stats.l1i.misses, expected.l1i.misses);
  EXPECT_EQ(stats.l1i.prefetch_hits, expected.l1i.prefetch_hits);
  EXPECT_EQ(stats.itlb.accesses, expected.itlb.accesses);
  EXPECT_EQ(stats.itlb.misses, expected.itlb.misses);
}

// Out-of-order times must neither break nor delay: a load long before another is not held up by it.

}  // namespace
}  // namespace m2sim::timing
