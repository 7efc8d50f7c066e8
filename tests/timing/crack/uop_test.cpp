#include "timing/crack/uop.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "timing/config/config.h"

namespace m2sim::timing {
namespace {

constexpr Resources kLanes[] = {kRenameEntry, kIntRegister, kFpRegister, kFlagRegister, kBranchEntry};

TEST(Resources, ACoreBeginsWithWhatItsConfigurationSays) {
  for (const CoreConfig& config : {m2_pcore(), m1_pcore()}) {
    const Resources all = initial_resources(config);
    EXPECT_EQ(rename_entries(all), config.rob.rename_entries);
    EXPECT_EQ(all / kIntRegister % 4'096, config.prf.integer);
    EXPECT_EQ(all / kFpRegister % 4'096, config.prf.fp);
    EXPECT_EQ(all / kFlagRegister % 4'096, config.prf.flags);
    EXPECT_EQ(all / kBranchEntry, config.rob.branches);
    EXPECT_EQ(all & kResourceSigns, 0U);
  }
}

// Enough of one thing makes up for no lack of another.
TEST(Resources, EachLaneIsCheckedByItself) {
  for (const std::uint64_t have :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{100}, std::uint64_t{2'047}}) {
    for (const Resources lane : kLanes) {
      for (const std::uint64_t others : {std::uint64_t{0}, std::uint64_t{2'047}}) {
        Resources available = have * lane;
        for (const Resources other : kLanes) {
          if (other != lane) available += others * other;
        }
        EXPECT_FALSE(lacks(available, have * lane)) << have;
        if (have < 2'047) {
          EXPECT_TRUE(lacks(available, (have + 1) * lane)) << have;
        }
        EXPECT_FALSE(lacks(available, 0));
      }
    }
  }
}

TEST(Resources, WhatIsGivenBackIsThereAgain) {
  Resources available = initial_resources(m2_pcore());
  const Resources before = available;
  const Resources needs = 2 * kRenameEntry + kIntRegister + kFpRegister + kFlagRegister;
  unsigned taken = 0;
  while (!lacks(available, needs)) {
    available -= needs;
    ++taken;
  }
  const CoreConfig config = m2_pcore();
  EXPECT_EQ(taken,
            std::min({config.rob.rename_entries / 2, config.prf.integer, config.prf.fp, config.prf.flags}));
  for (; taken != 0; --taken) available += needs;
  EXPECT_EQ(available, before);
}

TEST(Uop, TemporaryRegistersStandBehindTheArchitecturalOnes) {
  static_assert(kTemp0 >= insts::kRegCount && kNoTimedReg >= kTemp0 + kTempCount &&
                kUnreadReg == kNoTimedReg + 1U && kTimedRegs == kUnreadReg + 1U);
  const UopInfo none;
  for (const insts::Source& source : none.sources) EXPECT_EQ(source.reg, kNoTimedReg);
  for (const RegId dest : none.dests) EXPECT_EQ(dest, kUnreadReg);
  EXPECT_FALSE(none.memory());
}

TEST(Uop, MemoryIsLoadsStoresAndPrefetches) {
  for (unsigned bit = 0; bit < 16; ++bit) {
    UopInfo uop;
    uop.flags = static_cast<std::uint16_t>(1U << bit);
    EXPECT_EQ(uop.memory(), uop.is(kUopLoad) || uop.is(kUopStore) || uop.is(kUopPrefetch)) << bit;
  }
}

}  // namespace
}  // namespace m2sim::timing
