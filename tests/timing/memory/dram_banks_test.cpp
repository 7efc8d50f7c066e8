#include "timing/memory/dram_banks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "timing/config/config.h"

namespace m2sim::timing {
namespace {

constexpr std::uint32_t kLineBytes = 128;
constexpr ClockConfig kClock{.mhz = 3000};

DramConfig config_with(std::uint32_t banks) {
  DramConfig config = m2_pcore().dram;
  config.banks = banks;
  config.row_kib = 16;
  config.row_cycle_ns = 60;
  return config;
}
constexpr Cycle kRowCycle = 180;
constexpr std::uint64_t kRowLines = 16 * 1024 / kLineBytes;

TEST(DramBanks, ARowThatIsOpenIsWaitedForByNobody) {
  DramBanks banks(config_with(64), kClock, kLineBytes);
  for (std::uint64_t line = 0; line < kRowLines; ++line) EXPECT_EQ(banks.open(line, 1000), 1000U) << line;
  for (std::uint64_t line = kRowLines; line-- > 0;) EXPECT_EQ(banks.open(line, 1001), 1001U) << line;
}

TEST(DramBanks, WithoutBanksNoneIsBusy) {
  DramBanks banks(config_with(0), kClock, kLineBytes);
  for (std::uint64_t row = 0; row < 1000; ++row) EXPECT_EQ(banks.open(row * kRowLines, 7), 7U);
}

// Rows of one bank open a row cycle behind each other, in the order in which they are asked for; which rows
// share one is found out by asking.
TEST(DramBanks, AnotherRowOfABankWaitsForItsCycle) {
  const auto waits = [](std::uint64_t first, std::uint64_t second) {
    DramBanks banks(config_with(64), kClock, kLineBytes);
    banks.open(first * kRowLines, 1000);
    return banks.open(second * kRowLines, 1010) - 1010;
  };
  std::uint64_t shared = 0;
  for (std::uint64_t row = 1; row < 2000; ++row) {
    const Cycle wait = waits(0, row);
    if (wait == 0) continue;
    ASSERT_EQ(wait, kRowCycle - 10) << row;
    shared = row;
  }
  ASSERT_NE(shared, 0U);
  DramBanks banks(config_with(64), kClock, kLineBytes);
  const std::uint64_t line = shared * kRowLines;
  EXPECT_EQ(banks.open(0, 1000), 1000U);
  EXPECT_EQ(banks.open(line, 1000), 1000 + kRowCycle);
  EXPECT_EQ(banks.open(0, 1000), 1000 + 2 * kRowCycle) << "it has been closed";
  EXPECT_EQ(banks.open(line, 5000), 5000U) << "long after";
  EXPECT_EQ(banks.open(0, 100), 100U) << "who comes by late with a time long before";
}

// Rows spread over the banks as draws would: of 64 at once the fullest bank has 3 to 7.
TEST(DramBanks, RowsSpreadOverAllOfThem) {
  for (const std::uint64_t stride : {1U, 2U, 64U, 1024U, 16'384U}) {
    DramBanks banks(config_with(64), kClock, kLineBytes);
    Cycle last = 0;
    double sum = 0;
    for (std::uint64_t i = 0; i < 8; ++i) {  // a channel has 8
      const Cycle opened = banks.open(i * stride * kRowLines, 0);
      last = std::max(last, opened);
      sum += static_cast<double>(opened);
    }
    EXPECT_LE(last, 5 * kRowCycle) << stride;
    EXPECT_LE(sum, 10.0 * kRowCycle) << stride;
  }
}

// What a random access waits for grows with how many others are on their way.
TEST(DramBanks, RandomMissesWaitTheLongerTheMoreThereAre) {
  const auto mean_wait = [](std::uint64_t at_once) {
    DramBanks banks(config_with(64), kClock, kLineBytes);
    std::mt19937_64 random(3);
    double waited = 0;
    constexpr Cycle kTurn = 330, kTurns = 20'000;
    for (Cycle now = 0; now < kTurns * kTurn; now += kTurn) {
      for (std::uint64_t i = 0; i < at_once; ++i) {
        const Cycle asked = now + i * kTurn / at_once;
        waited += static_cast<double>(banks.open(random() % (1U << 30), asked) - asked);
      }
    }
    return waited / static_cast<double>(kTurns * at_once);
  };
  // One in so many banks is where each of those before it is, for the rest of a row cycle.
  const auto expected = [](double at_once) {
    double sum = 0;
    for (double ago = 330 / at_once; ago < kRowCycle; ago += 330 / at_once) sum += (kRowCycle - ago) / 64;
    return sum;
  };
  EXPECT_NEAR(mean_wait(4), expected(4), 0.1 * expected(4));
  EXPECT_NEAR(mean_wait(16), expected(16), 0.3 * expected(16));
}

}  // namespace
}  // namespace m2sim::timing
