// The L1I and the ITLB.
#include <gtest/gtest.h>

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

// Out-of-order times must neither break nor delay: a load long before another is not held up by it.

}  // namespace
}  // namespace m2sim::timing
