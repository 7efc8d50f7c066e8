#include "timing/branch/btb.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

namespace m2sim::timing {
namespace {

BranchConfig shape(std::uint32_t l1, std::uint32_t l1_ways, std::uint32_t waiting, std::uint32_t l2,
                   std::uint32_t l2_ways) {
  BranchConfig config = m2_pcore().branch;
  config.btb_l1_entries = l1;
  config.btb_l1_ways = l1_ways;
  config.btb_waiting = waiting;
  config.btb_l2_entries = l2;
  config.btb_l2_ways = l2_ways;
  return config;
}

const BranchConfig kShapes[] = {m2_pcore().branch,     m1_pcore().branch,    shape(8, 2, 2, 24, 6),
                                shape(4, 4, 1, 4, 1),  shape(1, 1, 0, 1, 1), shape(16, 4, 2, 0, 4),
                                shape(16, 1, 1, 8, 2), shape(8, 8, 0, 64, 4)};

TEST(BtbAlone, WhatItFindsIsWhereTheBranchWentLast) {
  for (const BranchConfig& config : kShapes) {
    Btb btb(config);
    std::map<std::uint64_t, std::uint64_t> last;
    std::mt19937 random(config.btb_l1_entries);
    std::map<TargetSupply, unsigned> seen;
    const std::uint32_t branches = 2 * (config.btb_l1_entries + config.btb_l2_entries);
    for (unsigned turn = 0; turn < 60'000; ++turn) {
      // Mostly a neighbourhood that moves on, so that all levels hit.
      const std::uint64_t near = turn / 16 + random() % (config.btb_l1_entries / 2 + 1);
      const std::uint64_t pc = 4 * (1 + (random() % 4 == 0 ? random() : near) % branches);
      const std::uint64_t target = random() % 4 == 0 ? 4 * (1 + random() % 1000) : 2 * pc;
      const Btb::Found found = btb.access(pc, target);
      ++seen[found.supply];
      ASSERT_EQ(found.target, found.supply == TargetSupply::kPredecode ? 0 : word_of(last[pc])) << turn;
      last[pc] = target;
      ASSERT_EQ(btb.access(pc, target).supply, TargetSupply::kBtbL1) << "the branch just taken";
    }
    EXPECT_GT(seen[TargetSupply::kBtbL1], 100U);
    EXPECT_GT(seen[TargetSupply::kPredecode], 100U);
    EXPECT_EQ(seen[TargetSupply::kBtbL2] != 0, config.btb_l2_entries != 0);
    EXPECT_EQ(seen[TargetSupply::kNone], 0U);
  }
}

TEST(BtbAlone, SetsThatAreNotFullLoseNothing) {
  for (const BranchConfig& config : kShapes) {
    Btb btb(config);
    for (int round = 0; round < 3; ++round) {
      for (std::uint64_t branch = 1; branch <= config.btb_l1_entries; ++branch) {
        const TargetSupply supply = btb.access(4 * branch, 64).supply;
        EXPECT_EQ(supply, round == 0 ? TargetSupply::kPredecode : TargetSupply::kBtbL1);
      }
    }
  }
}

// One set of one way, so that each branch puts the one before out: it waits until so many others have come
// behind it, and only then the second level has it.
TEST(BtbAlone, WhatIsPutOutWaitsUntilOthersPushItOn) {
  for (const std::uint32_t waiting : {0U, 1U, 2U, 5U}) {
    for (std::uint32_t others = 1; others <= 8; ++others) {
      Btb btb(shape(1, 1, waiting, 64, 64));
      btb.access(4, 64);
      for (std::uint32_t i = 0; i < others; ++i) btb.access(400 + 4 * std::uint64_t{i}, 64);
      const TargetSupply expected = others > waiting ? TargetSupply::kBtbL2 : TargetSupply::kPredecode;
      EXPECT_EQ(btb.access(4, 64).supply, expected) << others << " behind it, " << waiting << " wait";
    }
  }
}

TEST(BtbAlone, ABranchIsInOnePlace) {
  Btb btb(shape(1, 1, 1, 2, 2));
  // 1 waits when it comes back, so it leaves there; behind it 2 waits and then goes to the second level.
  btb.access(4, 64);
  btb.access(8, 64);
  EXPECT_EQ(btb.access(4, 64).supply, TargetSupply::kPredecode);
  btb.access(12, 64);
  EXPECT_EQ(btb.access(8, 64).supply, TargetSupply::kBtbL2);
  EXPECT_EQ(btb.access(16, 64).supply, TargetSupply::kPredecode);
  EXPECT_EQ(btb.access(8, 64).supply, TargetSupply::kPredecode) << "it left the second level, and waits";
}

// Three branches in the two ways of a set, round and round: one in three stays.
TEST(BtbAlone, TheFirstLevelReplacesAtRandom) {
  Btb btb(shape(2, 2, 2, 0, 1));
  unsigned hits = 0;
  constexpr unsigned kRounds = 3000;
  for (unsigned i = 0; i < 3 * kRounds; ++i) {
    if (btb.access(4 + 4 * std::uint64_t{i % 3}, 64).supply == TargetSupply::kBtbL1) ++hits;
  }
  EXPECT_NEAR(hits / (3.0 * kRounds), 1 / 3.0, 0.03);
}

// More branches than fit: most of those that are in the second level stay there, but in time others come in.
TEST(BtbAlone, AFullSecondLevelGivesWaySlowly) {
  const BranchConfig config = shape(1, 1, 0, 16, 16);
  Btb btb(config);
  unsigned found = 0;
  for (unsigned round = 0; round < 200; ++round) {
    for (std::uint64_t branch = 1; branch <= 48; ++branch) {
      if (btb.access(4 * branch, 64).supply == TargetSupply::kBtbL2 && round >= 100) ++found;
    }
  }
  EXPECT_GT(found, 100U * 8) << "least recently used first would find none";
  for (unsigned round = 0; round < 50; ++round) {
    for (std::uint64_t branch = 101; branch <= 112; ++branch) btb.access(4 * branch, 64);
  }
  unsigned late = 0;
  for (std::uint64_t branch = 101; branch <= 112; ++branch) {
    if (btb.access(4 * branch, 64).supply == TargetSupply::kPredecode) ++late;
  }
  EXPECT_LT(late, 4U) << "the branches of now";
}

TEST(BtbAlone, TheSameBranchesFindTheSame) {
  Btb one(m2_pcore().branch);
  Btb two(m2_pcore().branch);
  std::mt19937 random(5);
  for (unsigned i = 0; i < 50'000; ++i) {
    const std::uint64_t pc = 4 + 4 * (random() % 6000);
    ASSERT_EQ(one.access(pc, 64).supply, two.access(pc, 64).supply) << i;
  }
}

}  // namespace
}  // namespace m2sim::timing
