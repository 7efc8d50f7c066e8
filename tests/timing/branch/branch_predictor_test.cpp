#include "timing/branch/branch_predictor.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>
#include <vector>

namespace m2sim::timing {
namespace {

constexpr std::uint64_t kCode = 0x400000;

// Share of wrong predictions of one conditional branch over the second half of `outcomes`, with a taken
// back edge behind each execution as every loop has one.
double late_miss_rate(const std::vector<bool>& outcomes) {
  BranchPredictor predictor(m2_pcore().branch);
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const bool missed =
        predictor.observe({kCode, BranchKind::kConditional}, outcomes[i], kCode + 0x40).mispredicted;
    predictor.observe({kCode + 0x80, BranchKind::kDirect}, true, kCode);
    wrong += missed && i >= outcomes.size() / 2 ? 1 : 0;
  }
  const std::size_t late = outcomes.size() - outcomes.size() / 2;
  return static_cast<double>(wrong) / static_cast<double>(late);
}

std::vector<bool> outcomes(std::size_t count, bool (*taken)(std::size_t)) {
  std::vector<bool> all;
  for (std::size_t i = 0; i < count; ++i) {
    all.push_back(taken(i));
  }
  return all;
}

TEST(Tage, LearnsPatterns) {
  EXPECT_EQ(late_miss_rate(outcomes(4000, [](std::size_t) { return true; })), 0);
  EXPECT_EQ(late_miss_rate(outcomes(4000, [](std::size_t) { return false; })), 0);
  EXPECT_EQ(late_miss_rate(outcomes(4000, [](std::size_t i) { return i % 2 == 0; })), 0);
  EXPECT_LT(late_miss_rate(outcomes(20000, [](std::size_t i) { return i % 7 < 3; })), 0.001);
  EXPECT_LT(late_miss_rate(outcomes(20000, [](std::size_t i) { return (0xb53a91e7U >> (i % 32) & 1) != 0; })),
            0.01);
}

TEST(Tage, LearnsTheExitOfANestedLoop) {
  BranchPredictor predictor(m2_pcore().branch);
  std::size_t late = 0;
  constexpr int kOuter = 2000;
  constexpr int kInner = 13;
  for (int outer = 0; outer < kOuter; ++outer) {
    for (int inner = 1; inner <= kInner; ++inner) {
      const bool wrong =
          predictor.observe({kCode + 0x20, BranchKind::kConditional}, inner < kInner, kCode).mispredicted;
      late += wrong && outer >= kOuter / 2 ? 1 : 0;
    }
    predictor.observe({kCode + 0x40, BranchKind::kDirect}, true, kCode - 0x40);
  }
  EXPECT_LE(late, static_cast<std::size_t>(kOuter / 200));
}

// The second branch repeats what the first, random one did: only history can tell.
TEST(Tage, FollowsACorrelatedBranch) {
  BranchPredictor predictor(m2_pcore().branch);
  std::mt19937 random(1);
  constexpr int kRounds = 20000;
  int first_wrong = 0;
  int second_wrong = 0;
  for (int i = 0; i < kRounds; ++i) {
    const bool taken = (random() & 1) != 0;
    const bool first =
        predictor.observe({kCode, BranchKind::kConditional}, taken, kCode + 0x100).mispredicted;
    const bool second =
        predictor.observe({kCode + 0x200, BranchKind::kConditional}, taken, kCode + 0x300).mispredicted;
    predictor.observe({kCode + 0x400, BranchKind::kDirect}, true, kCode);
    first_wrong += first && i >= kRounds / 2 ? 1 : 0;
    second_wrong += second && i >= kRounds / 2 ? 1 : 0;
  }
  EXPECT_NEAR(first_wrong / (kRounds / 2.0), 0.5, 0.03);
  EXPECT_LT(second_wrong / (kRounds / 2.0), 0.05);
}

TEST(Tage, RandomStaysRandom) {
  std::mt19937 random(7);
  std::vector<bool> all(40000);
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i] = (random() & 1) != 0;
  }
  EXPECT_NEAR(late_miss_rate(all), 0.5, 0.02);
}

TEST(Tage, ColdBranchesAreNotTaken) {
  BranchPredictor predictor(m2_pcore().branch);
  for (std::uint64_t pc = kCode; pc < kCode + 0x1000; pc += 4) {
    EXPECT_FALSE(predictor.observe({pc, BranchKind::kConditional}, false, 0).mispredicted);
  }
  EXPECT_TRUE(predictor.observe({kCode + 0x8000, BranchKind::kConditional}, true, kCode).mispredicted);
}

// A depth of calls up to the stack's size returns right; one more loses all that were there before.
TEST(ReturnStack, OverflowLosesEverything) {
  const BranchConfig config = m2_pcore().branch;
  for (const std::uint32_t depth : {config.ras_entries, config.ras_entries + 1, 2 * config.ras_entries + 1}) {
    BranchPredictor predictor(config);
    for (std::uint64_t i = 0; i < depth; ++i) {
      predictor.observe({kCode + 0x10 * i, BranchKind::kCall}, true, kCode + 0x10 * (i + 1));
    }
    for (std::uint64_t i = depth; i-- > 0;) {
      const BranchOutcome outcome =
          predictor.observe({kCode + 0x8000, BranchKind::kReturn}, true, kCode + 0x10 * i + 4);
      EXPECT_EQ(outcome.penalty, outcome.mispredicted ? config.return_penalty : 0U);
    }
    const std::uint32_t lost = (depth - 1) / config.ras_entries * config.ras_entries;
    EXPECT_EQ(predictor.stats().mispredicts_return, lost) << depth;
    EXPECT_EQ(predictor.stats().ras_overflows, lost / config.ras_entries) << depth;
  }
}

// Branches visited round and round, as in the measured curve; bubbles of one round in the steady state.
std::uint64_t bubbles_a_round(const BranchConfig& config, std::uint64_t branches, std::uint64_t spacing) {
  BranchPredictor predictor(config);
  std::uint64_t before = 0;
  for (int round = 0; round < 12; ++round) {
    before = predictor.stats().bubble_cycles;
    for (std::uint64_t i = 0; i < branches; ++i) {
      const std::uint64_t pc = kCode + i * spacing;
      predictor.observe({pc, BranchKind::kDirect}, true, pc + spacing);
    }
  }
  return predictor.stats().bubble_cycles - before;
}

double bubbles_a_branch(const BranchConfig& config, std::uint64_t branches, std::uint64_t spacing = 4) {
  return static_cast<double>(bubbles_a_round(config, branches, spacing)) / static_cast<double>(branches);
}

TEST(Btb, CapacityCurve) {
  const BranchConfig config = m2_pcore().branch;
  const std::uint64_t first = config.btb_l1_entries;
  const std::uint64_t both = first + config.btb_l2_entries;
  EXPECT_EQ(bubbles_a_round(config, first, 4), first * config.btb_l1_bubble);
  EXPECT_GT(bubbles_a_round(config, first + 1, 4), first * config.btb_l1_bubble);
  EXPECT_NEAR(bubbles_a_branch(config, both), config.btb_l2_bubble, 0.1);
  EXPECT_GT(bubbles_a_branch(config, both / 2), config.btb_l2_bubble + 0.5) << "the hump";
  EXPECT_NEAR(bubbles_a_branch(config, 16 * both), config.btb_miss_bubble, 0.1);
}

TEST(Btb, BeyondItsCapacityTheSecondLevelStillHelps) {
  const BranchConfig config = m2_pcore().branch;
  const std::uint64_t both = config.btb_l1_entries + config.btb_l2_entries;
  for (const std::uint64_t times : {2U, 3U, 4U}) {
    const double saved = config.btb_miss_bubble - bubbles_a_branch(config, times * both);
    EXPECT_GT(saved * static_cast<double>(times), 0.4) << "of ever more branches almost as many are found";
  }
}

TEST(Btb, WiderSpacingUsesHalfOfTheSets) {
  const BranchConfig config = m2_pcore().branch;
  const std::uint64_t half = config.btb_l1_entries / 2;
  EXPECT_EQ(bubbles_a_round(config, half, 8), half * config.btb_l1_bubble);
  EXPECT_GT(bubbles_a_round(config, half + 1, 8), half * config.btb_l1_bubble);
  for (const std::uint64_t branches : {2048U, 4096U, 12288U}) {
    EXPECT_NEAR(bubbles_a_branch(config, branches / 2, 8), bubbles_a_branch(config, branches), 0.1)
        << branches;
  }
}

TEST(Btb, WithoutASecondLevelMissesGoToPredecode) {
  const BranchConfig config = m1_pcore().branch;
  ASSERT_EQ(config.btb_l2_entries, 0U);
  EXPECT_NEAR(bubbles_a_branch(config, 8 * std::uint64_t{config.btb_l1_entries}), config.btb_miss_bubble,
              0.1);
}

TEST(Indirect, LearnsAConstantAndARepeatedSequenceOfTargets) {
  for (const std::uint64_t targets : {1U, 4U, 9U}) {
    BranchPredictor predictor(m2_pcore().branch);
    std::uint64_t before = 0;
    for (std::uint64_t i = 0; i < 8000; ++i) {
      before = i == 4000 ? predictor.stats().mispredicts_indirect : before;
      const std::uint64_t target = kCode + 0x1000 + 0x140 * (i * i % targets);
      predictor.observe({kCode, BranchKind::kIndirect}, true, target);
      predictor.observe({target + 0x20, BranchKind::kDirect}, true, kCode);
    }
    EXPECT_LT(predictor.stats().mispredicts_indirect - before, 40U) << targets;
    EXPECT_GE(predictor.stats().mispredicts_indirect, 1U) << "the first execution has no target";
  }
}

// Indirect branches that always go to one place, more than the target tables hold: what is left is the BTB.
std::uint64_t misses_a_round(const BranchConfig& config, std::uint64_t branches) {
  BranchPredictor predictor(config);
  std::uint64_t before = 0;
  for (int round = 0; round < 12; ++round) {
    before = predictor.stats().mispredicts_indirect;
    for (std::uint64_t i = 0; i < branches; ++i) {
      predictor.observe({kCode + 4 * i, BranchKind::kIndirect}, true, kCode + 4 * i + 4);
    }
  }
  return predictor.stats().mispredicts_indirect - before;
}

TEST(Indirect, ABranchIsKnownAsLongAsTheBtbHasIt) {
  BranchConfig config = m2_pcore().branch;
  config.indirect_index_bits = 1;
  const std::uint64_t first = config.btb_l1_entries;
  const std::uint64_t both = first + config.btb_l2_entries;
  EXPECT_EQ(misses_a_round(config, first), 0U);
  EXPECT_LT(misses_a_round(config, both), both / 10) << "the second level knows targets, too";
  EXPECT_GT(misses_a_round(config, 4 * both), 3 * both);
  config.btb_l2_entries = 0;
  EXPECT_GT(misses_a_round(config, both), both / 2) << "and without one predecode does not";
}

TEST(BranchPredictor, DirectBranchesAreNeverWrongAndEachBranchIsCountedOnce) {
  BranchPredictor predictor(m2_pcore().branch);
  predictor.observe({kCode, BranchKind::kDirect}, true, kCode + 0x40);
  predictor.observe({kCode + 0x40, BranchKind::kCall}, true, kCode + 0x80);
  predictor.observe({kCode + 0x80, BranchKind::kReturn}, true, kCode + 0x44);
  predictor.observe({kCode + 0x44, BranchKind::kConditional}, false, 0);
  const BranchStats& stats = predictor.stats();
  EXPECT_EQ(stats.branches, 4U);
  EXPECT_EQ(stats.conditional, 1U);
  EXPECT_EQ(stats.taken, 3U);
  EXPECT_EQ(stats.mispredicts, 0U);
  EXPECT_EQ(stats.btb_l1_hits + stats.btb_l2_hits + stats.btb_misses, stats.taken);
}

// What an outcome costs: a bubble by where the target came from if it was right, a penalty by kind if not.
TEST(BranchPredictor, BubblesFollowTheSupplyAndPenaltiesTheKind) {
  BranchConfig config = m2_pcore().branch;
  config.btb_l1_bubble = 3;
  config.btb_l2_bubble = 5;
  config.btb_miss_bubble = 7;
  config.btb_l1_ways = 1;
  config.btb_waiting = 0;
  BranchPredictor predictor(config);
  const BranchSite branch{kCode, BranchKind::kDirect};
  const auto next = [&] { return predictor.observe(branch, true, kCode + 0x40); };
  const BranchOutcome first = next();
  EXPECT_EQ(first.supply, TargetSupply::kPredecode);
  EXPECT_EQ(first.bubble, config.btb_miss_bubble);
  EXPECT_EQ(first.penalty, 0);
  EXPECT_EQ(next().bubble, config.btb_l1_bubble);
  // Another branch in the one way of its set pushes it into the second level.
  predictor.observe({kCode + 4 * std::uint64_t{config.btb_l1_entries}, BranchKind::kDirect}, true, kCode);
  const BranchOutcome back = next();
  EXPECT_EQ(back.supply, TargetSupply::kBtbL2);
  EXPECT_EQ(back.bubble, config.btb_l2_bubble);
  const BranchStats& stats = predictor.stats();
  EXPECT_EQ(stats.bubble_cycles, 2 * config.btb_miss_bubble + config.btb_l1_bubble + config.btb_l2_bubble);
  const BranchOutcome wrong = predictor.observe({kCode + 0x4000, BranchKind::kIndirect}, true, kCode);
  EXPECT_TRUE(wrong.mispredicted);
  EXPECT_EQ(wrong.bubble, 0) << "fetch waits for execution anyway";
  EXPECT_EQ(wrong.penalty, config.mispredict_penalty);
}

// The first level of the BTB says where a branch went last; a branch that is known to go elsewhere costs a
// bubble each time it turns, a return none.
TEST(BranchPredictor, WhatTheFirstLevelDidNotSayCostsABubble) {
  BranchConfig config = m2_pcore().branch;
  config.btb_override_bubble = 4;
  BranchPredictor predictor(config);
  const BranchSite turns{kCode, BranchKind::kConditional};
  // Another branch behind it on either way, so that the path says which it was.
  const auto outcome = [&](bool taken) {
    const BranchOutcome now = predictor.observe(turns, taken, kCode + 0x40);
    predictor.observe({taken ? kCode + 0x40 : kCode + 4, BranchKind::kDirect}, true, kCode + 0x100);
    return now;
  };
  for (unsigned i = 0; i < 2000; ++i) outcome(i % 4 < 2);  // until TAGE knows it
  const unsigned expected[] = {4, 0, 4, 0};
  for (unsigned i = 0; i < 4; ++i) {
    const BranchOutcome now = outcome(i % 4 < 2);
    ASSERT_FALSE(now.mispredicted);
    EXPECT_EQ(now.bubble, expected[i]) << i;
  }
  const BranchSite back{kCode + 0x1000, BranchKind::kReturn};
  for (const std::uint64_t call : {kCode + 0x100, kCode + 0x200, kCode + 0x100}) {
    predictor.observe({call, BranchKind::kCall}, true, kCode + 0x1000);
    const BranchOutcome returned = predictor.observe(back, true, call + 4);
    EXPECT_FALSE(returned.mispredicted);
    EXPECT_EQ(returned.bubble, 0) << "the return stack says where to, wherever it went last";
  }
}

TEST(BranchPredictor, BothKindsOfCallsPushAndOnlyReturnsPop) {
  BranchPredictor predictor(m2_pcore().branch);
  predictor.observe({kCode, BranchKind::kCall}, true, kCode + 0x1000);
  predictor.observe({kCode + 0x1000, BranchKind::kIndirectCall}, true, kCode + 0x2000);
  predictor.observe({kCode + 0x2000, BranchKind::kIndirect}, true, kCode + 0x2100);
  predictor.observe({kCode + 0x2100, BranchKind::kDirect}, true, kCode + 0x2200);
  predictor.observe({kCode + 0x2200, BranchKind::kConditional}, false, 0);
  EXPECT_FALSE(predictor.observe({kCode + 0x2204, BranchKind::kReturn}, true, kCode + 0x1004).mispredicted);
  EXPECT_FALSE(predictor.observe({kCode + 0x1008, BranchKind::kReturn}, true, kCode + 4).mispredicted);
  EXPECT_TRUE(predictor.observe({kCode + 8, BranchKind::kReturn}, true, kCode + 4).mispredicted) << "empty";
  EXPECT_EQ(predictor.stats().mispredicts_return, 1U);
  EXPECT_EQ(predictor.stats().mispredicts_indirect, 2U);
  EXPECT_EQ(predictor.stats().mispredicts, 3U);
}

// A branch that is not taken needs no target and leaves no trace in the path.
TEST(BranchPredictor, NotTakenAsksForNoTarget) {
  BranchPredictor predictor(m2_pcore().branch);
  const BranchOutcome outcome = predictor.observe({kCode, BranchKind::kConditional}, false, 0);
  EXPECT_EQ(outcome.supply, TargetSupply::kNone);
  EXPECT_EQ(outcome.bubble, 0);
  EXPECT_EQ(predictor.stats().taken, 0U);
  const BranchStats& stats = predictor.stats();
  EXPECT_EQ(stats.btb_l1_hits + stats.btb_l2_hits + stats.btb_misses, 0U);
  EXPECT_EQ(predictor.observe({kCode, BranchKind::kConditional}, true, kCode + 0x40).supply,
            TargetSupply::kPredecode)
      << "not in the BTB before it was taken";
}

// Before each branch: what predict() says is what observe() then finds, and leaves no trace.
TEST(BranchPredictor, PredictsAheadWhatItWouldHavePredicted) {
  BranchPredictor asked(m2_pcore().branch);
  BranchPredictor other(m2_pcore().branch);
  std::mt19937 random(3);
  constexpr std::array kKinds = {BranchKind::kConditional,  BranchKind::kDirect, BranchKind::kCall,
                                 BranchKind::kIndirectCall, BranchKind::kReturn, BranchKind::kIndirect};
  std::vector<std::uint64_t> calls;
  unsigned wrong = 0;
  for (int i = 0; i < 20000; ++i) {
    const std::uint64_t which = random() % 300;
    const BranchSite site{kCode + 64 * which, kKinds[which % kKinds.size()]};
    const bool taken = site.kind != BranchKind::kConditional || random() % 4 != 0;
    std::uint64_t target = site.pc + 0x1000;
    if (site.kind == BranchKind::kIndirect || site.kind == BranchKind::kIndirectCall) {
      target += 4 * (random() % 2);
    }
    if (site.kind == BranchKind::kReturn && !calls.empty()) {
      target = calls.back();
      calls.pop_back();
    }
    const std::uint64_t went = taken ? target : site.pc + 4;
    BranchPredictor::Path path = asked.path();
    const BranchPredictor::Guess guess = asked.predict(site, target, path);
    const BranchOutcome outcome = asked.observe(site, taken, target);
    ASSERT_EQ(guess.next != went, outcome.mispredicted) << i;
    ASSERT_EQ(outcome.mispredicted, other.observe(site, taken, target).mispredicted) << i;
    if (taken && !outcome.mispredicted) {
      ASSERT_EQ(guess.supply, outcome.supply) << i;
    }
    wrong += outcome.mispredicted ? 1 : 0;
    if (site.kind == BranchKind::kCall || site.kind == BranchKind::kIndirectCall) {
      calls.push_back(site.pc + 4);
    }
  }
  EXPECT_GT(wrong, 1000U);
}

TEST(BranchPredictor, APathHasItsOwnCallsAboveTheReturnStack) {
  BranchPredictor predictor(m2_pcore().branch);
  predictor.observe({kCode, BranchKind::kCall}, true, kCode + 0x100);
  predictor.observe({kCode + 0x40, BranchKind::kCall}, true, kCode + 0x200);
  BranchPredictor::Path path = predictor.path();
  predictor.predict({kCode + 0x80, BranchKind::kCall}, kCode + 0x300, path);
  const BranchSite returns{kCode + 0x308, BranchKind::kReturn};
  EXPECT_EQ(predictor.predict(returns, 0, path).next, kCode + 0x84);
  EXPECT_EQ(predictor.predict(returns, 0, path).next, kCode + 0x44);
  EXPECT_EQ(predictor.predict(returns, 0, path).next, kCode + 0x04);
  EXPECT_EQ(predictor.predict(returns, 0, path).next, 0U) << "nobody knows";
}

// Behind a gap all of the BTB may be of before; the more branches enter, the less of it.
TEST(BranchPredictor, KnowsHowMuchOfTheBtbIsOfBeforeAGap) {
  const BranchConfig config = m2_pcore().branch;
  BranchPredictor predictor(config);
  std::uint64_t at = 0;
  const auto branches = [&](std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i, at += 8)
      predictor.observe({kCode + at, BranchKind::kDirect}, true, kCode + at + 8);
  };
  const std::uint32_t enough = 2 * config.btb_l2_entries * config.btb_l2_replace_one_in;
  branches(enough);
  EXPECT_EQ(predictor.stale_part(), 0) << "there was no gap";
  predictor.mark_gap();
  EXPECT_EQ(predictor.stale_part(), 1);
  branches(enough / 4);
  EXPECT_NEAR(predictor.stale_part(), std::exp(-0.5), 0.03);
  branches(enough);
  EXPECT_NEAR(predictor.stale_part(), std::exp(-2.5), 0.03);
}

}  // namespace
}  // namespace m2sim::timing
