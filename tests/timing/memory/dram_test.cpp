#include "timing/memory/dram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "timing/config/config.h"

namespace m2sim::timing {
namespace {

TEST(Dram, LatencyAndBandwidthFollowTheConfiguration) {
  const CoreConfig config = m2_pcore();
  Dram dram(config.dram, config.clock, config.l2.cache.line_bytes);
  EXPECT_NEAR(static_cast<double>(dram.latency()), config.dram.latency_ns * config.clock.mhz / 1000.0, 0.51);
  EXPECT_EQ(dram.read(0, 5000), 5000 + dram.latency());
  Cycle last = 0;
  constexpr int kLines = 5000;
  for (int i = 0; i < kLines; ++i) {
    last = std::max(last, dram.read(0, 100000));
  }
  const double bytes_per_cycle = config.dram.mb_per_s / double(config.clock.mhz);
  const double cycles = static_cast<double>(last - dram.latency() - 100000);
  EXPECT_NEAR(kLines * config.l2.cache.line_bytes / cycles, bytes_per_cycle, 0.01 * bytes_per_cycle);
}

TEST(Dram, TheLatencyIsTheNearestWholeCycle) {
  for (const std::uint32_t ns : {1U, 99U, 100U, 101U, 333U}) {
    for (const std::uint32_t mhz : {1000U, 3204U, 3504U}) {
      DramConfig config = m2_pcore().dram;
      config.latency_ns = ns;
      const Dram dram(config, {.mhz = mhz}, 128);
      const double exact = ns * (mhz / 1000.0);
      EXPECT_LE(std::abs(static_cast<double>(dram.latency()) - exact), 0.5)
          << ns << " ns at " << mhz << " MHz";
    }
  }
}

TEST(Dram, WritesTakeBandwidthOnlyAndAllIsCounted) {
  const CoreConfig config = m2_pcore();
  Dram dram(config.dram, config.clock, config.l2.cache.line_bytes);
  constexpr Cycle kNow = 100'000;
  constexpr std::uint64_t kWrites = 100;
  for (std::uint64_t i = 0; i < kWrites; ++i) dram.write(kNow);
  const Cycle ready = dram.read(0, kNow);
  const double line_cycles = config.l2.cache.line_bytes * double(config.clock.mhz) / config.dram.mb_per_s;
  const Cycle waited = ready - dram.latency() - kNow;
  EXPECT_NEAR(static_cast<double>(waited), kWrites * line_cycles, 2 * line_cycles);
  EXPECT_EQ(dram.stats().writes, kWrites);
  EXPECT_EQ(dram.stats().reads, 1U);
  EXPECT_EQ(dram.stats().read_wait_sum, waited) << "of reads alone";
  EXPECT_NEAR(static_cast<double>(dram.stats().busy_cycles), (kWrites + 1) * line_cycles, 1);
}

// However many wait at a time, the channel is busy for no longer than it takes.
TEST(Dram, IsBusyNoLongerThanTheTimeThatPasses) {
  const CoreConfig config = m2_pcore();
  Dram dram(config.dram, config.clock, config.l2.cache.line_bytes);
  constexpr Cycle kNow = 100'000;
  Cycle last = 0;
  for (int i = 0; i < 1000; ++i) last = std::max(last, dram.read(0, kNow));
  EXPECT_GT(dram.stats().read_wait_sum, 100 * (last - kNow)) << "each waits for all before it";
  EXPECT_LE(dram.stats().busy_cycles, last - kNow);
  EXPECT_GE(dram.stats().busy_cycles, last - kNow - dram.latency() - 16);
}

TEST(Dram, AsManyWritesWaitAsTheBufferHolds) {
  const CoreConfig config = m2_pcore();
  Dram dram(config.dram, config.clock, config.l2.cache.line_bytes);
  const double line_cycles = config.l2.cache.line_bytes * double(config.clock.mhz) / config.dram.mb_per_s;
  constexpr Cycle kNow = 100'000;
  for (std::uint32_t i = 0; i < config.dram.write_lines; ++i) {
    EXPECT_EQ(dram.write_room(kNow), kNow) << i;
    dram.write(kNow);
  }
  dram.write(kNow);
  EXPECT_GT(dram.write_room(kNow), kNow) << "of one more, the second to go makes room";
  EXPECT_LE(dram.write_room(kNow), kNow + static_cast<Cycle>(2 * line_cycles) + 8);
}

}  // namespace
}  // namespace m2sim::timing
