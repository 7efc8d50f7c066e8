#include "timing/branch/indirect.h"

#include <gtest/gtest.h>

#include <random>

namespace m2sim::timing {
namespace {

constexpr std::uint64_t kBranch = 0x400000;
constexpr std::uint64_t kTargets[] = {0x500000, 0x600000, 0x700000};

TEST(IndirectAlone, KnowsNothingFirstAndThenTheLastTarget) {
  IndirectPredictor predictor(m2_pcore().branch);
  const PathHistory history;
  EXPECT_EQ(predictor.observe(kBranch, history, kTargets[0]), 0U);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(predictor.observe(kBranch, history, kTargets[0]), kTargets[0]);
  EXPECT_EQ(predictor.observe(kBranch + 4, history, kTargets[1]), 0U) << "another branch";
}

// With a history that never comes back, only the table of last targets is left.
TEST(IndirectAlone, FallsBackOnTheLastTarget) {
  IndirectPredictor predictor(m2_pcore().branch);
  PathHistory history;
  std::mt19937 random(1);
  std::uint64_t last = 0;
  unsigned wrong = 0;
  for (unsigned i = 0; i < 1000; ++i) {
    for (unsigned k = 0; k < 4; ++k) history.taken(random(), random());
    const std::uint64_t target = kTargets[i / 5 % 3];
    if (predictor.observe(kBranch, history, target) != last) ++wrong;
    last = target;
  }
  EXPECT_LT(wrong, 20U) << "a tag may match by chance";
}

// As for the direction predictor: a bit of a taken branch's target, `distance` taken branches old, tells.
double misses_at(const BranchConfig& config, unsigned distance) {
  IndirectPredictor predictor(config);
  PathHistory history;
  std::mt19937 random(distance + 1);
  constexpr unsigned kRounds = 1000;
  unsigned wrong = 0;
  for (unsigned round = 0; round < kRounds; ++round) {
    for (unsigned i = 0; i < kTargetHistoryBits; ++i) history.taken(kBranch + 0x4000, kBranch + 0x8000);
    const std::uint64_t bit = random() & 1;
    history.taken(kBranch + 0x100, kBranch + 0x200 + 4 * bit);
    for (unsigned i = 0; i < distance; ++i) history.taken(kBranch + 0x4000, kBranch + 0x8000);
    const bool missed = predictor.observe(kBranch, history, kTargets[bit]) != kTargets[bit];
    if (missed && round >= kRounds / 2) ++wrong;
  }
  return wrong / (kRounds / 2.0);
}

TEST(IndirectAlone, EachTableSeesItsHistoryAndNotABitMore) {
  const BranchConfig original = m2_pcore().branch;
  for (const std::uint32_t length : {original.indirect_long_history, original.indirect_short_history}) {
    for (const bool is_long : {true, false}) {
      BranchConfig config = original;
      config.indirect_long_history = is_long ? length : 1;
      config.indirect_short_history = is_long ? 1 : length;
      EXPECT_LT(misses_at(config, length - 1), 0.01) << length << (is_long ? " long" : " short");
      EXPECT_NEAR(misses_at(config, length), 0.5, 0.15) << length << (is_long ? " long" : " short");
    }
  }
}

TEST(IndirectAlone, OneExceptionCostsTwoMissesAtMost) {
  IndirectPredictor predictor(m2_pcore().branch);
  const PathHistory history;
  for (int i = 0; i < 10; ++i) predictor.observe(kBranch, history, kTargets[0]);
  unsigned wrong = 0;
  for (int i = 0; i < 10; ++i) {
    const std::uint64_t target = kTargets[i == 0 ? 1 : 0];
    if (predictor.observe(kBranch, history, target) != target) ++wrong;
  }
  EXPECT_LE(wrong, 2U);
  EXPECT_GE(wrong, 1U);
}

// Whether a branch that was right four times is still predicted after `visits` of another, which always goes
// somewhere else. The predictor has so few entries that half of the branches meet in one.
bool survives(std::uint64_t other, unsigned visits) {
  BranchConfig config = m2_pcore().branch;
  config.indirect_index_bits = 1;
  config.indirect_ways = 1;
  IndirectPredictor predictor(config);
  const PathHistory history;
  for (int i = 0; i < 6; ++i) predictor.observe(kBranch, history, kTargets[0]);
  for (unsigned i = 0; i < visits; ++i) predictor.observe(other, history, kTargets[1] + 64 * i);
  return predictor.observe(kBranch, history, kTargets[0]) == kTargets[0];
}

TEST(IndirectAlone, ATargetThatWasOftenRightIsNotPutOutByAFewMisses) {
  unsigned lost = 0;
  for (std::uint64_t i = 1; i <= 64; ++i) {
    EXPECT_TRUE(survives(kBranch + 4 * i, 3)) << i;
    lost += survives(kBranch + 4 * i, 8) ? 0U : 1U;
  }
  EXPECT_GT(lost, 8U) << "but by many it is";
}

}  // namespace
}  // namespace m2sim::timing
