#include "timing/branch/indirect.h"

#include <gtest/gtest.h>

#include <random>

namespace m2sim::timing {
namespace {

constexpr std::uint64_t kBranch = 0x400000;
constexpr std::uint32_t kTargets[] = {0x140000, 0x180000, 0x1c0000};
constexpr std::uint32_t kUnknown = 0;

TEST(IndirectAlone, ABranchThatNothingKnowsHasNoTarget) {
  IndirectPredictor predictor(m2_pcore().branch);
  const PathHistory history;
  EXPECT_EQ(predictor.observe(kBranch, history, kUnknown, kTargets[0]), kUnknown);
  EXPECT_EQ(predictor.observe(kBranch, history, kUnknown, kTargets[0]), kTargets[0])
      << "but once seen it has";
  EXPECT_EQ(predictor.observe(kBranch + 4, history, kUnknown, kTargets[1]), kUnknown) << "another branch";
}

TEST(IndirectAlone, WhatTheBtbKnowsTakesNoEntries) {
  BranchConfig config = m2_pcore().branch;
  config.indirect_index_bits = 1;
  config.indirect_ways = 1;
  IndirectPredictor predictor(config);
  const PathHistory history;
  predictor.observe(kBranch, history, kUnknown, kTargets[0]);
  for (std::uint64_t i = 1; i <= 1000; ++i) {
    EXPECT_EQ(predictor.observe(kBranch + 4 * i, history, kTargets[1], kTargets[1]), kTargets[1]);
  }
  EXPECT_EQ(predictor.observe(kBranch, history, kUnknown, kTargets[0]), kTargets[0]);
}

// With a history that never comes back, only what the BTB knows is left.
TEST(IndirectAlone, FallsBackOnTheBtb) {
  IndirectPredictor predictor(m2_pcore().branch);
  PathHistory history;
  std::mt19937 random(1);
  std::uint32_t last = kUnknown;
  unsigned wrong = 0;
  for (unsigned i = 0; i < 1000; ++i) {
    for (unsigned k = 0; k < 4; ++k) history.taken(random(), random());
    const std::uint32_t target = kTargets[i / 5 % 3];
    if (predictor.observe(kBranch, history, last, target) != last) ++wrong;
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
    const bool missed = predictor.observe(kBranch, history, kTargets[2], kTargets[bit]) != kTargets[bit];
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
  std::uint32_t last = kUnknown;
  unsigned wrong = 0;
  for (int i = 0; i < 20; ++i) {
    const std::uint32_t target = kTargets[i == 10 ? 1 : 0];
    if (predictor.observe(kBranch, history, last, target) != target && i >= 10) ++wrong;
    last = target;
  }
  EXPECT_LE(wrong, 2U);
  EXPECT_GE(wrong, 1U);
}

// Tables of two entries, and an entry that is right where the BTB is wrong.
TEST(IndirectAlone, AUsefulEntryIsNotPutOutByNewcomers) {
  BranchConfig config = m2_pcore().branch;
  config.indirect_index_bits = 1;
  config.indirect_ways = 1;
  for (std::uint64_t branch = 0; branch < 20; ++branch) {
    IndirectPredictor predictor(config);
    const std::uint64_t pc = kBranch + 4 * branch;
    const PathHistory history;
    for (int i = 0; i < 50; ++i) predictor.observe(pc, history, kTargets[1], kTargets[0]);
    for (std::uint64_t i = 1; i <= 20; ++i)
      predictor.observe(pc + 0x1000 + 4 * i, history, kTargets[1], kTargets[2]);
    EXPECT_EQ(predictor.observe(pc, history, kTargets[1], kTargets[0]), kTargets[0]) << branch;
  }
}

TEST(IndirectAlone, WhatWasUsefulLongAgoMakesRoomAtLast) {
  BranchConfig config = m2_pcore().branch;
  config.indirect_index_bits = 1;
  config.indirect_ways = 1;
  IndirectPredictor predictor(config);
  const PathHistory history;
  for (std::uint64_t i = 0; i < 8; ++i) {
    for (int visit = 0; visit < 10; ++visit)
      predictor.observe(kBranch + 4 * i, history, kTargets[1], kTargets[0]);
  }
  unsigned late = 0;
  for (std::uint64_t round = 0; round < 2000; ++round) {
    const bool right = predictor.observe(kBranch + 0x4000, history, kTargets[1], kTargets[2]) == kTargets[2];
    if (!right && round >= 1000) ++late;
  }
  EXPECT_EQ(late, 0U);
}

}  // namespace
}  // namespace m2sim::timing
