// What a full back end is charged to: every cycle in which everybody waits for one uop, against a rule that
// looks at one cycle at a time.
#include "timing/pipe/charges.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace m2sim::timing {
namespace {

using Charged = std::map<StallReason, Cycle>;

UopInfo fp_add() {
  UopInfo uop;
  uop.latency = uop.expected_latency = 3;
  uop.work = StallReason::kDependFp;
  uop.port_reason = StallReason::kPortFp;
  return uop;
}

Wait wait_of(const UopInfo& uop, Cycle able, Cycle issued, Cycle complete) {
  return {able, issued, complete, 0, uop.work, uop.port_reason};
}

Charged charged(const Wait& wait, const UopInfo& uop, Cycle from, Cycle to, Cycle& stopped) {
  Charged sum;
  Cycle at = from;
  stopped = charge(wait, uop, from, to, [&](Cycle end, StallReason reason) {
    EXPECT_GT(end, at) << "no empty piece";
    sum[reason] += end - at;
    at = end;
  });
  EXPECT_EQ(stopped, at);
  return sum;
}

Charged charged(const Wait& wait, const UopInfo& uop, Cycle from, Cycle to) {
  Cycle stopped = 0;
  return charged(wait, uop, from, to, stopped);
}

TEST(Charges, OneCycleIsChargedAsItIsAmongOthers) {
  UopInfo uop = fp_add();
  for (const Cycle issued : {Cycle{100}, Cycle{104}, Cycle{120}, kNever}) {
    for (const Cycle able : {Cycle{98}, Cycle{100}, kNever}) {
      if (able > issued) continue;
      for (const StallReason held : {StallReason::kPortFp, StallReason::kOrder}) {
        Wait wait = wait_of(uop, able, issued, issued == kNever ? kNever : issued + 3);
        wait.held = held;
        for (Cycle cycle = 96; cycle < std::min<Cycle>(wait.complete, 130); ++cycle) {
          EXPECT_EQ(charged(wait, uop, cycle, cycle + 1), (Charged{{charged_to(wait, uop, cycle), 1}}));
        }
      }
    }
  }
}

TEST(Charges, AChainIsAllWork) {
  const UopInfo uop = fp_add();
  EXPECT_EQ(charged(wait_of(uop, 100, 100, 103), uop, 100, 103), (Charged{{StallReason::kDependFp, 3}}));
}

TEST(Charges, BehindASaturatedPortItIsAllThePort) {
  const UopInfo uop = fp_add();
  EXPECT_EQ(charged(wait_of(uop, 80, 100, 103), uop, 102, 103), (Charged{{StallReason::kPortFp, 1}}));
  EXPECT_EQ(charged(wait_of(uop, 80, 100, 103), uop, 95, 103), (Charged{{StallReason::kPortFp, 8}}));
}

TEST(Charges, OneLostPickCostsTheChainOneCycleOfThePort) {
  const UopInfo uop = fp_add();
  EXPECT_EQ(charged(wait_of(uop, 100, 101, 104), uop, 100, 104),
            (Charged{{StallReason::kDependFp, 3}, {StallReason::kPortFp, 1}}));
}

TEST(Charges, ALoadWorksForAsLongAsItsDataTake) {
  UopInfo uop;
  uop.flags = kUopLoad;
  uop.expected_latency = 4;
  uop.work = StallReason::kMemoryL1;
  uop.port_reason = StallReason::kPortLoad;
  Wait wait = wait_of(uop, 100, 102, 402);
  wait.work = StallReason::kMemoryDram;
  EXPECT_EQ(charged(wait, uop, 150, 402),
            (Charged{{StallReason::kMemoryDram, 250}, {StallReason::kPortLoad, 2}}));
}

TEST(Charges, WithoutItsOperandsOrATimeItIsWork) {
  const UopInfo uop = fp_add();
  EXPECT_EQ(charged(wait_of(uop, kNever, kNever, kNever), uop, 5, 9), (Charged{{StallReason::kDependFp, 4}}));
  // Ready and not picked so far: it could have worked for three cycles by now.
  EXPECT_EQ(charged(wait_of(uop, 5, kNever, kNever), uop, 5, 20),
            (Charged{{StallReason::kDependFp, 3}, {StallReason::kPortFp, 12}}));
}

TEST(Charges, WhatIsDoneIsChargedNothingAndTheRestGoesOn) {
  const UopInfo uop = fp_add();
  Cycle stopped = 0;
  EXPECT_TRUE(charged(wait_of(uop, 1, 1, 4), uop, 4, 9, stopped).empty());
  EXPECT_EQ(stopped, 4U);
  charged(wait_of(uop, 4, 4, 7), uop, 5, 9, stopped);
  EXPECT_EQ(stopped, 7U) << "the next uop's turn";
}

// In one piece or cycle by cycle, the parts are the same.
TEST(Charges, PiecesAddUp) {
  const UopInfo uop = fp_add();
  for (Cycle held = 0; held < 12; ++held) {
    const Wait wait = wait_of(uop, 50, 50 + held, 53 + held);
    const Charged whole = charged(wait, uop, 50, wait.complete);
    Charged sum;
    for (Cycle at = 50; at < wait.complete; ++at) {
      for (const auto& [reason, cycles] : charged(wait, uop, at, at + 1)) sum[reason] += cycles;
    }
    EXPECT_EQ(sum, whole) << held;
  }
}

TEST(Charges, TheLongerWaitHeldIt) {
  UopInfo uop = fp_add();
  const Admission entry{20, StallReason::kStoreBuffer};
  EXPECT_EQ(held_by(uop, 10, entry, 21), StallReason::kStoreBuffer);
  EXPECT_EQ(held_by(uop, 10, entry, 31), StallReason::kPortFp);
  EXPECT_EQ(held_by(uop, 20, entry, 20), StallReason::kPortFp) << "not held at all";
}

TEST(Charges, LackingNamesTheFirstResource) {
  const Resources plenty = 100 * (kRenameEntry + kIntRegister + kFpRegister + kFlagRegister + kBranchEntry);
  EXPECT_EQ(lacking(plenty - 100 * kRenameEntry, kRenameEntry), Structure::kRenameEntries);
  EXPECT_EQ(lacking(plenty - 100 * kIntRegister, kRenameEntry + kIntRegister), Structure::kIntRegisters);
  EXPECT_EQ(lacking(plenty - 100 * kFpRegister, kRenameEntry + kFpRegister), Structure::kFpRegisters);
  EXPECT_EQ(lacking(plenty - 100 * kFlagRegister, kFlagRegister), Structure::kFlagRegisters);
  EXPECT_EQ(lacking(plenty - 100 * kBranchEntry, kBranchEntry), Structure::kBranches);
}

}  // namespace
}  // namespace m2sim::timing
