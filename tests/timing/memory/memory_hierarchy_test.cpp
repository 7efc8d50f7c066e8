#include "timing/memory/memory_hierarchy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace m2sim::timing {
namespace {

constexpr std::uint64_t kData = 0x10000000;
constexpr std::uint64_t kPc = 0x400000;

CoreConfig without_prefetch() {
  CoreConfig config = m2_pcore();
  config.prefetch.enabled = 0;
  return config;
}

Cycle dram_cycles(const CoreConfig& config) {
  return Dram(config.dram, config.clock, config.l2.cache.line_bytes).latency();
}

// The time of a load of `address` when its page is in the DTLB.
Cycle latency(MemoryHierarchy& memory, std::uint64_t address, Cycle now) {
  return memory.load(kPc, address, 8, now).ready - now;
}

TEST(MemoryHierarchy, EachLevelAnswersAfterItsLatency) {
  const CoreConfig config = without_prefetch();
  MemoryHierarchy memory(config);
  memory.load(kPc, kData, 8, 0);  // fills the TLBs
  Cycle now = 10000;
  EXPECT_EQ(latency(memory, kData + 0x800, now), dram_cycles(config));
  EXPECT_EQ(latency(memory, kData + 0x800, now + 1000), config.l1d.load_to_use);
  // The other half of the L2's line came along.
  EXPECT_EQ(latency(memory, kData + 0x840, now + 2000), config.l2.load_to_use);
  const LoadTiming hit = memory.load(kPc, kData + 0x840, 8, now + 3000);
  EXPECT_EQ(hit.ready - config.l1d.load_to_use, now + 3000);
  EXPECT_EQ(hit.base_lead, config.l1d.load_to_use - config.l1d.load_to_base);
  EXPECT_EQ(hit.level, MemLevel::kL1);
  EXPECT_FALSE(hit.miss);
}

TEST(MemoryHierarchy, CrossingEightBytesLosesTheShortPathToABase) {
  const CoreConfig config = without_prefetch();
  MemoryHierarchy memory(config);
  memory.load(kPc, kData, 8, 0);
  EXPECT_GT(memory.load(kPc, kData + 8, 8, 1000).base_lead, 0);
  EXPECT_EQ(memory.load(kPc, kData + 5, 8, 1000).base_lead, 0);
  EXPECT_GT(memory.load(kPc, kData + 4, 4, 1000).base_lead, 0);
  EXPECT_GT(memory.load(kPc, kData + 8, 16, 1000).base_lead, 0) << "the first register of a pair";
}

TEST(MemoryHierarchy, MissesOfOneLineMerge) {
  const CoreConfig config = without_prefetch();
  MemoryHierarchy memory(config);
  memory.load(kPc, kData, 8, 0);
  const std::uint64_t reads = memory.stats().dram.reads;
  const LoadTiming first = memory.load(kPc, kData + 0x1000, 8, 1000);
  const LoadTiming second = memory.load(kPc, kData + 0x1008, 8, 1100);
  EXPECT_EQ(second.ready, first.ready);
  EXPECT_EQ(second.level, MemLevel::kDram);
  EXPECT_TRUE(second.miss);
  EXPECT_EQ(memory.stats().dram.reads, reads + 1);
  EXPECT_EQ(memory.stats().l1d.merges, 1U);
  // Both edges: one cycle before a hit would do it still waits, from then on it is a hit.
  const Cycle edge = first.ready - config.l1d.load_to_use;
  EXPECT_TRUE(memory.load(kPc, kData + 0x1010, 8, edge - 1).miss);
  EXPECT_FALSE(memory.load(kPc, kData + 0x1010, 8, edge).miss);
}

TEST(MemoryHierarchy, OneMissMoreThanMshrsWaits) {
  CoreConfig config = without_prefetch();
  config.dram.mb_per_s = 10'000'000;  // so that only the MSHRs limit
  config.l2.bytes_per_cycle = 4096;
  MemoryHierarchy memory(config);
  memory.load(kPc, kData, 8, 0);
  const Cycle now = 10000;
  const std::uint32_t limit = std::min(config.l1d.mshrs, config.l2.mshrs);
  std::vector<Cycle> ready;
  for (std::uint64_t i = 1; i <= limit + 1; ++i) {
    ready.push_back(memory.load(kPc, kData + i * config.l2.cache.line_bytes, 8, now).ready);
  }
  EXPECT_LT(ready[limit - 1], now + dram_cycles(config) + limit + 2);
  EXPECT_GE(ready[limit], ready[0] + dram_cycles(config));
  EXPECT_GT(memory.stats().l1d.mshr_wait_sum, 0U);
}

// Random chains in parallel, always advancing the one that is behind: DRAM accesses a latency.
double outstanding(const CoreConfig& config, std::size_t lanes) {
  MemoryHierarchy memory(config);
  std::vector<Cycle> lane(lanes);
  std::mt19937_64 random(3);
  constexpr int kLoads = 60000;
  Cycle alone = 0;
  for (int i = 0; i < kLoads; ++i) {
    Cycle& now = *std::ranges::min_element(lane);
    const Cycle start = now;
    now = memory.load(kPc, kData + (random() % (1ULL << 36)) * 64, 8, start).ready;
    alone = alone == 0 ? now - start : std::min(alone, now - start);
  }
  return static_cast<double>(alone) * kLoads / static_cast<double>(*std::ranges::max_element(lane));
}

TEST(MemoryHierarchy, ParallelChainsSpeedUpToTheMshrs) {
  const CoreConfig config = without_prefetch();
  const double limit = config.l1d.mshrs;
  EXPECT_NEAR(outstanding(config, 1), 1, 0.02);
  EXPECT_NEAR(outstanding(config, 8), 8, 0.4);
  EXPECT_LT(outstanding(config, 200), 1.15 * limit);
  EXPECT_GT(outstanding(config, 200), 0.85 * limit);
}

// A stream that wants 48 bytes a cycle gets what the channel gives.
TEST(MemoryHierarchy, AStreamIsBoundByMemoryBandwidth) {
  const CoreConfig config = m2_pcore();
  MemoryHierarchy memory(config);
  constexpr std::size_t kWindow = 256;
  std::vector<Cycle> done(kWindow);
  Cycle now = 0;
  constexpr std::uint64_t kLoads = 1'000'000;
  for (std::uint64_t i = 0; i < kLoads; ++i) {
    now = std::max(now + (i % 3 == 0 ? 1 : 0), done[i % kWindow]);
    done[i % kWindow] = memory.load(kPc, kData + 16 * i, 16, now).ready;
  }
  const double bytes_per_cycle = 16.0 * kLoads / static_cast<double>(now);
  const double limit = config.dram.mb_per_s / double(config.clock.mhz);
  EXPECT_LE(bytes_per_cycle, 1.01 * limit);
  EXPECT_GE(bytes_per_cycle, 0.9 * limit);
}

TEST(MemoryHierarchy, DtlbMissesAndWalksCostWhatTheConfigurationSays) {
  const CoreConfig config = without_prefetch();
  const std::uint64_t page = std::uint64_t{config.mmu.page_kib} * 1024;
  MemoryHierarchy memory(config);
  // One line a page, each in a set of its own, so that the L1D holds all of them.
  // Two more than each set of the DTLB has ways: after some rounds none is there when its turn comes.
  const std::uint64_t pages = config.mmu.dtlb.entries + 2 * (config.mmu.dtlb.entries / config.mmu.dtlb.ways);
  const auto address = [&](std::uint64_t i) { return kData + i * page + i % 256 * 64; };
  Cycle now = 0;
  for (std::uint64_t i = 0; i < pages; ++i, now += 1000) {
    const LoadTiming first = memory.load(kPc, address(i), 8, now);
    EXPECT_EQ(first.ready - now,
              dram_cycles(config) + config.mmu.dtlb.miss_extra + config.mmu.l2_tlb.miss_extra);
  }
  constexpr std::uint64_t kRounds = 40;
  for (std::uint64_t i = 0; i < kRounds * pages; ++i, now += 1000)
    memory.load(kPc, address(i % pages), 8, now);
  const std::uint64_t before = memory.stats().dtlb.misses;
  for (std::uint64_t i = 0; i < pages; ++i, now += 1000) {
    const LoadTiming again = memory.load(kPc, address(i), 8, now);
    EXPECT_EQ(again.ready - now, config.l1d.load_to_use + config.mmu.dtlb.miss_extra);
  }
  EXPECT_EQ(memory.stats().dtlb.misses, before + pages);
  EXPECT_EQ(latency(memory, address(pages - 1), now), config.l1d.load_to_use);
}

TEST(MemoryHierarchy, LineAndPageCrossings) {
  const CoreConfig config = without_prefetch();
  const std::uint64_t page = std::uint64_t{config.mmu.page_kib} * 1024;
  MemoryHierarchy memory(config);
  memory.load(kPc, kData + page - 64, 8, 0);
  memory.load(kPc, kData + page - 128, 8, 0);
  memory.load(kPc, kData + page, 8, 0);
  EXPECT_EQ(latency(memory, kData + page - 68, 5000), config.l1d.load_to_use) << "crosses a line only";
  EXPECT_EQ(memory.stats().line_crossings, 1U);
  EXPECT_EQ(latency(memory, kData + page - 4, 6000), config.l1d.load_to_use + config.l1d.page_cross_penalty);
  EXPECT_EQ(memory.stats().page_crossings, 1U);
  // One at a time.
  Cycle last = 0;
  for (int i = 0; i < 100; ++i) {
    last = std::max(last, memory.load(kPc, kData + page - 4, 8, 9000).ready);
  }
  EXPECT_NEAR(static_cast<double>(last - 9000), 100.0 * config.l1d.page_cross_penalty,
              2.0 * config.l1d.page_cross_penalty);
}

// A load that crosses lines misses twice, one after the other; if the L1D has one of them, once.
TEST(MemoryHierarchy, TwoMissesOfOneLoadAreServedOneAfterTheOther) {
  const CoreConfig config = without_prefetch();
  MemoryHierarchy memory(config);
  memory.load(kPc, kData, 8, 0);
  const std::uint64_t line = config.l2.cache.line_bytes;
  EXPECT_EQ(latency(memory, kData + 0x1000 + line - 4, 5000), 2 * dram_cycles(config));
  EXPECT_EQ(memory.stats().l1d.misses, 3U);
  memory.load(kPc, kData + 0x2000, 8, 10'000);
  EXPECT_EQ(latency(memory, kData + 0x2000 - 4, 20'000), dram_cycles(config)) << "the second is there";
  EXPECT_EQ(latency(memory, kData + 0x2000 + line - 4, 30'000), config.l2.load_to_use + dram_cycles(config));
}

TEST(MemoryHierarchy, StoresDoNotWaitForTheirLine) {
  const CoreConfig config = without_prefetch();
  MemoryHierarchy memory(config);
  memory.load(kPc, kData, 8, 0);
  EXPECT_EQ(memory.store(kPc, kData + 8, 8, 5000), 5001U);
  EXPECT_EQ(memory.store(kPc, kData + 0x2000, 8, 6000), 6001U);
  EXPECT_EQ(memory.store(kPc, kData + 0x2008, 8, 6500), 6501U);
  EXPECT_EQ(memory.stats().dram.reads, 1U) << "nobody has asked for the rest yet";
}

// What has been stored to a line that is not there comes from the stores; anything else fetches it, and what
// was stored by then still need not wait.
TEST(MemoryHierarchy, ALoadGetsWhatStoresGatherAndFetchesTheRest) {
  const CoreConfig config = without_prefetch();
  MemoryHierarchy memory(config);
  memory.load(kPc, kData, 8, 0);
  memory.store(kPc, kData + 0x2000, 8, 6000);
  memory.store(kPc, kData + 0x2010, 8, 6000);
  EXPECT_EQ(memory.load(kPc, kData + 0x2004, 4, 7000).ready, 7000 + config.l1d.load_to_use);
  EXPECT_EQ(memory.stats().dram.reads, 1U);
  const LoadTiming rest = memory.load(kPc, kData + 0x2008, 16, 7000);
  EXPECT_EQ(rest.ready, 7000 + dram_cycles(config)) << "8 of its bytes are not stored";
  EXPECT_EQ(rest.level, MemLevel::kDram);
  EXPECT_EQ(latency(memory, kData + 0x2010, 7001), config.l1d.load_to_use);
  EXPECT_EQ(memory.load(kPc, kData + 0x2008, 8, 7001).ready, rest.ready);
  memory.store(kPc, kData + 0x2008, 8, 7002);
  EXPECT_EQ(latency(memory, kData + 0x2008, 7003), config.l1d.load_to_use) << "stored meanwhile";
}

// A place on the stack, say, of which nothing else in its line is used: it does not gather for ever.
TEST(MemoryHierarchy, WhatGathersForLongIsFetchedWithItsNextAccess) {
  const CoreConfig config = without_prefetch();
  for (const bool loads : {false, true}) {
    MemoryHierarchy memory(config);
    memory.load(kPc, kData, 8, 0);
    const auto access = [&](Cycle now) {
      return loads ? memory.load(kPc, kData + 0x2000, 8, now).ready - config.l1d.load_to_use
                   : memory.store(kPc, kData + 0x2000, 8, now) - 1;
    };
    constexpr Cycle kNow = 6000;
    memory.store(kPc, kData + 0x2000, 8, kNow);
    for (Cycle now = kNow; now <= kNow + config.l1d.gather_cycles; now += 10) EXPECT_EQ(access(now), now);
    EXPECT_EQ(memory.stats().dram.reads, 1U);
    const Cycle due = kNow + config.l1d.gather_cycles + 1;
    for (Cycle now = due; now < due + 2000; now += 10) EXPECT_EQ(access(now), now) << "nobody waits for it";
    EXPECT_EQ(memory.stats().dram.reads, 2U);
    EXPECT_EQ(latency(memory, kData + 0x2020, due + 2000), config.l1d.load_to_use);
  }
}

struct Written {
  double bytes_per_cycle;
  MemoryStats stats;
};
// Two stores of so many bytes a cycle, `every` bytes apart, as they get their places.
Written write(const CoreConfig& config, std::uint64_t size, unsigned bytes, std::uint64_t every) {
  MemoryHierarchy memory(config);
  Cycle now = 0;
  Cycle half = 0;
  for (std::uint64_t offset = 0; offset < size; offset += every) {
    const Cycle freed = memory.store(kPc, kData + offset, bytes, now);
    now = std::max(freed - 1, now + offset / every % 2);
    if (offset + every == size / 2) half = now;
  }
  return {static_cast<double>(size) / 2 / static_cast<double>(now - half), memory.stats()};
}

TEST(MemoryHierarchy, LinesWrittenWholeAreNotReadAndGoAsFastAsMemoryTakesThem) {
  constexpr std::uint64_t kBytes = 64 << 20;
  for (const CoreConfig& config : {m1_pcore(), m2_pcore()}) {
    const double channel = config.dram.mb_per_s / double(config.clock.mhz);
    for (const unsigned bytes : {16U, 32U, 64U}) {
      const Written written = write(config, kBytes, bytes, bytes);
      EXPECT_EQ(written.stats.dram.reads, 0U);
      EXPECT_EQ(written.stats.l1d.whole_lines, kBytes / config.l1d.cache.line_bytes);
      EXPECT_NEAR(written.bytes_per_cycle, channel, 0.07 * channel) << bytes;
    }
    // One byte too few in each line, and each is read and written.
    const Written partial = write(config, kBytes, 63, 64);
    EXPECT_EQ(partial.stats.l1d.whole_lines, 0U);
    EXPECT_GE(partial.stats.dram.reads + 16, kBytes / config.l2.cache.line_bytes);
    EXPECT_NEAR(partial.bytes_per_cycle, channel / 2, 0.1 * channel);
  }
}

// Stores to a part of each line train the prefetcher when the line makes room, and what that brings may be
// the very line that the next store wants: it comes once all the same.
TEST(MemoryHierarchy, WhatAStoreWantsComesOnce) {
  CoreConfig config = m2_pcore();
  config.l1d.gather_lines = 2;
  config.mmu.scatter_pages = 0;
  MemoryHierarchy memory(config);
  constexpr std::uint64_t kBytes = 1 << 20;
  const std::uint64_t line = config.l1d.cache.line_bytes;
  Cycle now = 0;
  const auto pass = [&](unsigned bytes) {
    for (std::uint64_t offset = 0; offset < kBytes; offset += line) {
      now = std::max(now + 40, memory.store(kPc, kData + offset, bytes, now));
    }
  };
  pass(64);
  const MemoryStats before = memory.stats();
  pass(8);
  const MemoryStats after = memory.stats();
  const auto brought = [](const MemoryStats& stats) { return stats.l1d.prefetches + stats.l2.accesses; };
  EXPECT_GT(after.l1d.prefetches, before.l1d.prefetches + kBytes / line / 2);
  EXPECT_NEAR(double(brought(after) - brought(before)), double(kBytes / line), 64);
}

// What the prefetcher reads too much at the end of the source lies at the beginning of the destination.
TEST(MemoryHierarchy, ACopyToBehindItsSourceWritesWholeLinesAllTheSame) {
  const CoreConfig config = m2_pcore();
  MemoryHierarchy memory(config);
  constexpr std::uint64_t kBytes = 1 << 19;
  constexpr std::uint64_t kRounds = 4;
  Cycle now = 0;
  for (std::uint64_t i = 0; i < kRounds * kBytes; i += 16, ++now) {
    memory.load(kPc, kData + i % kBytes, 16, now);
    now = std::max(now, memory.store(kPc + 4, kData + kBytes + i % kBytes, 16, now) - 1);
  }
  const std::uint64_t lines = kRounds * kBytes / config.l1d.cache.line_bytes;
  EXPECT_GT(memory.stats().l1d.whole_lines, lines * 98 / 100);
}

// An M1 writes its L2 at 59 to 61 GB/s (Volatile MemBench).
TEST(MemoryHierarchy, TheL2TakesWhatIsWrittenAtItsOwnPace) {
  const CoreConfig config = m1_pcore();
  MemoryHierarchy memory(config);
  Cycle now = 0;
  Cycle begin = 0;
  constexpr std::uint64_t kBytes = 1 << 20;
  constexpr int kRounds = 4;
  for (int round = 0; round < kRounds; ++round) {
    begin = now;
    for (std::uint64_t offset = 0; offset < kBytes; offset += 16) {
      now = std::max(memory.store(kPc, kData + offset, 16, now) - 1, now + offset / 16 % 2);
    }
  }
  const double bytes_per_cycle = static_cast<double>(kBytes) / static_cast<double>(now - begin);
  EXPECT_NEAR(bytes_per_cycle, config.l2.write_bytes_per_cycle, 0.03 * config.l2.write_bytes_per_cycle);
}

// A hit, a miss, a merge or a late prefetch: each access is one of them.
TEST(MemoryHierarchy, AnAccessCountsOnce) {
  const CoreConfig config = m2_pcore();
  MemoryHierarchy memory(config);
  std::mt19937_64 random(9);
  std::uint64_t waited = 0;
  std::uint64_t accesses = 0;
  std::uint64_t stream = kData;
  for (Cycle now = 0; now < 400'000; now += random() % 8) {
    const bool streams = random() % 2 == 0;
    const std::uint64_t address = streams ? stream : kData + (64 << 20) + random() % (4 << 20) / 8 * 8;
    stream += streams ? 16 : 0;
    if (random() % 32 == 0) memory.prefetch(kData + random() % (8 << 20), now);
    waited += memory.load(kPc + streams, address, 8, now).miss ? 1 : 0;
    ++accesses;
  }
  const L1dStats l1d = memory.stats().l1d;
  EXPECT_EQ(l1d.accesses, accesses);
  EXPECT_EQ(l1d.misses + l1d.merges + l1d.late_prefetches, waited);
  EXPECT_GT(l1d.misses, 100U);
  EXPECT_GT(l1d.merges, 100U);
  EXPECT_GT(l1d.late_prefetches, 5U);
  EXPECT_LE(l1d.late_prefetches, l1d.prefetch_hits);
  EXPECT_EQ(memory.stats().l2.accesses, l1d.misses);
  EXPECT_EQ(memory.stats().slc.accesses, memory.stats().l2.misses);
}

TEST(MemoryHierarchy, TheFirstUseOfAPrefetchOnItsWayIsLateAndComesFromWhereItComes) {
  const CoreConfig config = without_prefetch();
  MemoryHierarchy memory(config);
  memory.load(kPc, kData, 8, 0);
  memory.prefetch(kData + 0x1000, 1000);
  const LoadTiming first = memory.load(kPc, kData + 0x1000, 8, 1010);
  EXPECT_EQ(first.ready, 1000 + dram_cycles(config));
  EXPECT_EQ(first.level, MemLevel::kDram);
  EXPECT_EQ(memory.load(kPc, kData + 0x1008, 8, 1011).level, MemLevel::kDram);
  const L1dStats l1d = memory.stats().l1d;
  EXPECT_EQ(l1d.misses, 1U) << "the one before";
  EXPECT_EQ(l1d.late_prefetches, 1U);
  EXPECT_EQ(l1d.merges, 1U);
  EXPECT_EQ(l1d.prefetch_hits, 1U);
}

TEST(MemoryHierarchy, DirtyLinesAreWrittenBackDownToMemory) {
  CoreConfig config = without_prefetch();
  config.l2.cache.kib = 256;
  config.slc.cache.kib = 512;
  MemoryHierarchy memory(config);
  constexpr std::uint64_t kBytes = 4 << 20;
  Cycle now = 0;
  for (std::uint64_t offset = 0; offset < kBytes; offset += config.l1d.cache.line_bytes, now += 400) {
    memory.store(kPc, kData + offset, 8, now);
  }
  const MemoryStats stats = memory.stats();
  const std::uint64_t lines = kBytes / config.l2.cache.line_bytes;
  const std::uint64_t held = (config.l2.cache.kib + config.slc.cache.kib) * 1024 / config.l2.cache.line_bytes;
  EXPECT_GE(stats.dram.reads, lines - config.l1d.gather_lines);
  EXPECT_LE(stats.dram.reads, lines);
  EXPECT_GE(stats.dram.writes, lines - held - config.l1d.gather_lines);
  EXPECT_LE(stats.dram.writes, lines);
}

TEST(MemoryHierarchy, SlcServesWhatTheL2Lost) {
  CoreConfig config = without_prefetch();
  config.l2.cache.kib = 256;
  MemoryHierarchy memory(config);
  Cycle now = 0;
  const std::uint64_t bytes = 4ULL * config.l2.cache.kib * 1024;
  for (std::uint64_t offset = 0; offset < bytes; offset += config.l2.cache.line_bytes, now += 1000) {
    memory.load(kPc, kData + offset, 8, now);
  }
  memory.load(kPc, kData + 0x800, 8, now);
  const LoadTiming again = memory.load(kPc, kData, 8, now + 1000);
  EXPECT_EQ(again.level, MemLevel::kSlc);
  EXPECT_EQ(again.ready - now - 1000, config.slc.load_to_use);
}

TEST(MemoryHierarchy, PrefetchInstructionHidesTheLatency) {
  const CoreConfig config = without_prefetch();
  MemoryHierarchy memory(config);
  memory.load(kPc, kData, 8, 0);
  memory.prefetch(kData + 0x1000, 1000);
  EXPECT_EQ(latency(memory, kData + 0x1000, 1000 + dram_cycles(config)), config.l1d.load_to_use);
  EXPECT_EQ(memory.stats().l1d.prefetch_hits, 1U);
}

TEST(MemoryHierarchy, APrefetchInstructionWaitsForItsPageAndItsRegisterAndIsNeverDropped) {
  const CoreConfig config = without_prefetch();
  MemoryHierarchy memory(config);
  memory.load(kPc, kData, 8, 0);
  const Cycle walk = config.mmu.dtlb.miss_extra + config.mmu.l2_tlb.miss_extra;
  EXPECT_EQ(memory.prefetch(kData + 0x4000000, 1000), 1000 + walk);
  EXPECT_EQ(latency(memory, kData + 0x4000000, 1000 + walk + dram_cycles(config)), config.l1d.load_to_use);
  EXPECT_EQ(memory.prefetch(kData + 0x4000000, 9000), 9000U) << "there already";
  const std::uint64_t before = memory.stats().l1d.prefetches;
  Cycle last = 0;
  const std::uint64_t count = 3ULL * config.l1d.mshrs;
  for (std::uint64_t i = 0; i < count; ++i) last = memory.prefetch(kData + 0x2000 + 64 * i, 10'000);
  EXPECT_EQ(memory.stats().l1d.prefetches, before + count);
  EXPECT_GT(last, 10'000U) << "for a register";
}

// A loop over a large array that prefetches for itself: the loads train, the prefetches do not.
TEST(MemoryHierarchy, PrefetchInstructionsDoNotTrainThePrefetcher) {
  const CoreConfig config = m2_pcore();
  MemoryHierarchy memory(config);
  Cycle now = 0;
  for (std::uint64_t i = 0; i < 200; ++i, now += 1000) memory.prefetch(kData + 64 * i, now);
  EXPECT_EQ(memory.stats().l1d.prefetches, 200U);
  EXPECT_EQ(memory.stats().l2.prefetches, 0U);
}

TEST(MemoryHierarchy, ToleratesTimesThatRunBackwards) {
  const CoreConfig config = without_prefetch();
  MemoryHierarchy memory(config);
  memory.load(kPc, kData, 8, 0);
  for (std::uint64_t i = 0; i < 2ULL * config.l1d.mshrs; ++i) {
    memory.load(kPc, kData + 0x1000 + 128 * i, 8, 20000 + 500 * i);
  }
  EXPECT_EQ(latency(memory, kData + 0x3f80, 10000), dram_cycles(config));
}

TEST(MemoryHierarchy, SameAccessesGiveTheSameTimes) {
  const CoreConfig config = m2_pcore();
  MemoryHierarchy one(config);
  MemoryHierarchy two(config);
  std::mt19937_64 random(5);
  for (Cycle now = 0; now < 20000; ++now) {
    const std::uint64_t address = kData + random() % (8 << 20);
    const unsigned bytes = 1U << random() % 6;
    ASSERT_EQ(one.load(kPc, address, bytes, now).ready, two.load(kPc, address, bytes, now).ready);
  }
}

}  // namespace
}  // namespace m2sim::timing
