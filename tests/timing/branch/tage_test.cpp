#include "timing/branch/tage.h"

#include <gtest/gtest.h>

#include <random>

namespace m2sim::timing {
namespace {

constexpr std::uint64_t kBranch = 0x400000;

// All tables up to number `last` see so much of either history, and the shorter ones behind it next to
// nothing.
BranchConfig seeing(unsigned last, std::uint32_t target_history, std::uint32_t branch_history) {
  BranchConfig config = m2_pcore().branch;
  for (unsigned t = 0; t < kTageTableCount; ++t) {
    config.tage[t].target_history = t <= last ? target_history : 1;
    config.tage[t].branch_history = t <= last ? branch_history : 0;
  }
  return config;
}

// Share of late misses of a branch that does what a random bit says, which went by as bit 2 of a taken
// branch's target (or of its own address) and is `distance` taken branches old.
double misses_at(const BranchConfig& config, unsigned distance, bool in_target) {
  Tage tage(config);
  PathHistory history;
  std::mt19937 random(distance + 1);
  constexpr unsigned kRounds = 2000;
  unsigned wrong = 0;
  for (unsigned round = 0; round < kRounds; ++round) {
    // Enough equal branches that the bit of the round before is out of sight of every table.
    for (unsigned i = 0; i < kTargetHistoryBits; ++i) history.taken(kBranch + 0x4000, kBranch + 0x8000);
    const bool bit = (random() & 1) != 0;
    history.taken(kBranch + 0x100 + (bit && !in_target ? 4 : 0),
                  kBranch + 0x200 + (bit && in_target ? 4 : 0));
    for (unsigned i = 0; i < distance; ++i) history.taken(kBranch + 0x4000, kBranch + 0x8000);
    const bool missed = tage.observe(kBranch, history, bit) != bit;
    if (missed && round >= kRounds / 2) ++wrong;
  }
  return wrong / (kRounds / 2.0);
}

TEST(TageAlone, EachTableSeesItsTargetHistoryAndNotABitMore) {
  for (unsigned t = 0; t < kTageTableCount; ++t) {
    const unsigned length = m2_pcore().branch.tage[t].target_history;
    const BranchConfig config = seeing(t, length, 0);
    for (unsigned distance = 0; distance < length; distance += 16) {
      EXPECT_LT(misses_at(config, distance, true), 0.01)
          << "table " << t << ", " << distance << " branches ago";
    }
    EXPECT_LT(misses_at(config, length - 1, true), 0.01) << "table " << t;
    EXPECT_NEAR(misses_at(config, length, true), 0.5, 0.1) << "table " << t;
  }
}

TEST(TageAlone, EachTableSeesItsBranchHistoryAndNotABitMore) {
  for (unsigned t = 0; t < kTageTableCount; ++t) {
    const unsigned length = m2_pcore().branch.tage[t].branch_history;
    const BranchConfig config = seeing(t, 1, length);
    EXPECT_LT(misses_at(config, length - 1, false), 0.01) << "table " << t;
    EXPECT_NEAR(misses_at(config, length, false), 0.5, 0.1) << "table " << t;
  }
}

TEST(TageAlone, TheWholePredictorReachesAsFarAsItsLongestHistory) {
  const BranchConfig config = m2_pcore().branch;
  for (const TageTableConfig& table : config.tage) {
    EXPECT_LT(misses_at(config, table.target_history - 1, true), 0.02) << table.target_history;
  }
  EXPECT_NEAR(misses_at(config, config.tage.front().target_history, true), 0.5, 0.1);
}

// Branches that share a counter of the base table are strangers to the tagged tables, so the first prediction
// for one of them is the counter's.
struct BaseTable {
  BranchConfig config = m2_pcore().branch;
  Tage tage{config};
  PathHistory history;
  std::uint64_t stranger = kBranch;

  bool predict(bool then) {
    stranger += std::uint64_t{4} << config.base_index_bits;
    return tage.observe(stranger, history, then);
  }
};

TEST(TageAlone, BaseCountersHaveTwoBits) {
  BaseTable base;
  EXPECT_FALSE(base.predict(true)) << "cold";
  EXPECT_TRUE(base.predict(true)) << "weakly taken";
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(base.predict(true));
  EXPECT_TRUE(base.predict(false)) << "strongly taken, and no more than that";
  EXPECT_TRUE(base.predict(false)) << "weakly taken";
  EXPECT_FALSE(base.predict(false)) << "weakly not taken";
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(base.predict(false));
  EXPECT_FALSE(base.predict(true)) << "strongly not taken, and no more than that";
  EXPECT_FALSE(base.predict(true)) << "weakly not taken";
  EXPECT_TRUE(base.predict(true));
}

TEST(TageAlone, TheNeighbourHasACounterOfItsOwn) {
  BaseTable base;
  for (int i = 0; i < 4; ++i) base.predict(true);
  EXPECT_FALSE(base.tage.observe(kBranch + 4, base.history, false));
  EXPECT_FALSE(base.tage.observe(kBranch - 4, base.history, false));
  EXPECT_TRUE(base.predict(true));
}

// Branches of random but fixed directions under one history. The base table, too small for them, is no help:
// each needs an entry of the one large table, which holds as many as it has.
double misses_of(std::uint32_t branches, std::uint32_t ways, std::uint32_t index_bits) {
  BranchConfig config = seeing(0, 1, 0);
  config.base_index_bits = 1;
  for (TageTableConfig& table : config.tage) {
    table.ways = 1;
    table.index_bits = 1;
  }
  config.tage.back().ways = ways;
  config.tage.back().index_bits = index_bits;
  Tage tage(config);
  const PathHistory history;
  unsigned wrong = 0;
  constexpr unsigned kRounds = 40;
  for (unsigned round = 0; round < kRounds; ++round) {
    std::mt19937 directions(7);
    for (std::uint32_t i = 0; i < branches; ++i) {
      const bool taken = (directions() >> 7 & 1) != 0;
      const bool missed = tage.observe(kBranch + 4 * std::uint64_t{i}, history, taken) != taken;
      if (missed && round >= kRounds / 2) ++wrong;
    }
  }
  return wrong / (kRounds / 2.0 * branches);
}

TEST(TageAlone, WaysAndSetsAreCapacity) {
  constexpr std::uint32_t kBranches = 512;
  EXPECT_LT(misses_of(kBranches, 8, 10), 0.05) << "sixteen entries a branch";
  EXPECT_GT(misses_of(kBranches, 1, 4), 0.3) << "sixteen entries in all";
  EXPECT_LT(misses_of(kBranches, 8, 6), 0.8 * misses_of(kBranches, 1, 6)) << "eight ways hold more than one";
  EXPECT_LT(misses_of(kBranches, 2, 9), 0.8 * misses_of(kBranches, 2, 5)) << "and more sets more than few";
}

// A branch that its base counter predicts well except behind rare paths: each exception gets an entry, which
// is right when its path comes back.
TEST(TageAlone, AnEntryBeginsWithTheDirectionThatMadeIt) {
  for (const bool usual : {true, false}) {
    Tage tage(m2_pcore().branch);
    PathHistory always;
    always.taken(kBranch + 0x100, kBranch + 0x200);
    for (int i = 0; i < 8; ++i) tage.observe(kBranch, always, usual);
    unsigned wrong = 0;
    constexpr unsigned kPaths = 200;
    std::mt19937 random(usual ? 1 : 2);
    for (unsigned path = 0; path < kPaths; ++path) {
      PathHistory rare;
      for (int i = 0; i < 4; ++i) rare.taken(random(), random());
      for (int visit = 0; visit < 4; ++visit) {
        const bool missed = tage.observe(kBranch, rare, !usual) == usual;
        if (visit != 0 && missed) ++wrong;
        for (int i = 0; i < 4; ++i) tage.observe(kBranch, always, usual);
      }
    }
    EXPECT_LT(wrong, kPaths / 4) << "once the predictor has learned to believe new entries";
  }
}

// Tables of two entries each, and an entry that is right where the base counter is wrong.
TEST(TageAlone, AUsefulEntryIsNotPutOutByNewcomers) {
  BranchConfig config = m2_pcore().branch;
  for (TageTableConfig& table : config.tage) {
    table.ways = 1;
    table.index_bits = 1;
  }
  for (std::uint64_t path = 0; path < 20; ++path) {
    Tage tage(config);
    PathHistory usual;
    usual.taken(kBranch + 0x100, kBranch + 0x200);
    PathHistory rare;
    rare.taken(kBranch + 0x100, kBranch + 0x300 + 4 * path);
    for (int round = 0; round < 50; ++round) {
      for (int i = 0; i < 3; ++i) tage.observe(kBranch, usual, false);
      tage.observe(kBranch, rare, true);
    }
    ASSERT_TRUE(tage.observe(kBranch, rare, true));
    for (std::uint64_t i = 1; i <= 60; ++i) tage.observe(kBranch + 0x1000 + 4 * i, usual, true);
    EXPECT_TRUE(tage.observe(kBranch, rare, true)) << path;
  }
}

TEST(TageAlone, TheSameBranchesGetTheSamePredictions) {
  Tage one(m2_pcore().branch);
  Tage two(m2_pcore().branch);
  PathHistory history;
  std::mt19937 random(3);
  for (unsigned i = 0; i < 50'000; ++i) {
    const std::uint64_t pc = kBranch + 4 * (random() % 500);
    const bool taken = random() % 3 == 0;
    ASSERT_EQ(one.observe(pc, history, taken), two.observe(pc, history, taken)) << i;
    if (taken) history.taken(pc, pc + 0x80);
  }
}

}  // namespace
}  // namespace m2sim::timing
