#include "timing/memory/dram_banks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

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
constexpr std::uint64_t kChannelLines = 8;  // a line in each of so many channels

TEST(DramBanks, ARowThatIsOpenIsWaitedForByNobody) {
  DramBanks banks(config_with(64), kClock, kLineBytes);
  for (std::uint64_t line = 0; line < kRowLines; ++line) EXPECT_EQ(banks.open(line, 1000), 1000U) << line;
  for (std::uint64_t line = kRowLines; line-- > 0;) EXPECT_EQ(banks.open(line, 1001), 1001U) << line;
}

TEST(DramBanks, WithoutBanksNoneIsBusy) {
  DramBanks banks(config_with(0), kClock, kLineBytes);
  for (std::uint64_t row = 0; row < 1000; ++row) EXPECT_EQ(banks.open(row * kRowLines, 7), 7U);
}

// Rows that share a bank with row 0, found out by asking.
std::vector<std::uint64_t> rows_of_one_bank(std::size_t count) {
  std::vector<std::uint64_t> rows{0};
  for (std::uint64_t row = 1; rows.size() < count; ++row) {
    DramBanks banks(config_with(64), kClock, kLineBytes);
    banks.open(0, 1000);
    const Cycle wait = banks.wait(row * kRowLines, 1010);
    EXPECT_TRUE(wait == 0 || wait == kRowCycle - 10) << row;
    EXPECT_EQ(banks.open(row * kRowLines, 1010), 1010 + wait) << row;
    if (wait != 0) rows.push_back(row);
  }
  return rows;
}

TEST(DramBanks, RowsOfABankOpenARowCycleBehindEachOther) {
  const std::vector<std::uint64_t> rows = rows_of_one_bank(6);
  DramBanks banks(config_with(64), kClock, kLineBytes);
  Cycle expected = 1000;
  for (const std::uint64_t row : rows) {
    EXPECT_EQ(banks.wait(row * kRowLines, 1000), expected - 1000) << row;
    EXPECT_EQ(banks.open(row * kRowLines, 1000), expected) << row;
    EXPECT_EQ(banks.open((row + 1) * kRowLines - kChannelLines, 1001), expected == 1000 ? 1001 : expected)
        << "the same row, which is on its way";
    expected += kRowCycle;
  }
  EXPECT_EQ(banks.open(0, 1000), expected) << "it has been closed";
  EXPECT_EQ(banks.open(rows[1] * kRowLines, 9000), 9000U) << "long after";
  EXPECT_EQ(banks.open(0, 100), 100U) << "from long before";
  EXPECT_EQ(banks.open(0, 9000), 9000 + kRowCycle) << "which opened nothing";
}

// Whole rows meet in a bank, in every channel.
TEST(DramBanks, LinesOfARowLieInAllChannels) {
  const std::vector<std::uint64_t> rows = rows_of_one_bank(2);
  DramBanks banks(config_with(64), kClock, kLineBytes);
  for (std::uint64_t line = 0; line < 8; ++line) EXPECT_EQ(banks.open(line, 1000), 1000U);
  for (std::uint64_t line = 0; line < 8; ++line) {
    EXPECT_EQ(banks.open(rows[1] * kRowLines + line, 1000), 1000 + kRowCycle);
  }
}

// Of 8 rows for a channel's 8 banks some meet, and never all.
TEST(DramBanks, RowsSpreadOverAChannelsBanks) {
  for (const std::uint64_t stride : {1U, 2U, 64U, 1024U, 16'384U}) {
    DramBanks banks(config_with(64), kClock, kLineBytes);
    Cycle last = 0;
    for (std::uint64_t i = 0; i < 8; ++i) last = std::max(last, banks.open(i * stride * kRowLines, 0));
    EXPECT_LE(last, 4 * kRowCycle) << stride;
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
