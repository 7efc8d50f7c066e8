// The reorder buffer: when groups open, what they take, and how many leave in a cycle.
#include "timing/pipe/retire_window.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/timing/loop.h"
#include "timing/probe/pipe_trace.h"

namespace m2sim::timing {
namespace {

UopInfo uop_of(std::uint32_t ports, std::uint16_t flags = 0) {
  UopInfo uop;
  uop.slots = 1;
  uop.ports = ports;
  uop.flags = flags;
  uop.settle();
  return uop;
}
UopInfo executing(std::uint16_t flags = 0) { return uop_of(1, flags); }

TEST(RetireWindow, AGroupHoldsItsUopsAndNoMore) {
  const CoreConfig config = m2_pcore();
  RetireWindow window(config);
  const UopInfo nop = uop_of(0);
  for (unsigned i = 0; i < config.rob.uops_per_group; ++i) {
    EXPECT_EQ(window.must_open(nop), i == 0) << i;
    window.rename(nop);
  }
  EXPECT_TRUE(window.must_open(nop));
  EXPECT_EQ(window.size(), 1U);
}

TEST(RetireWindow, AGroupHoldsItsExecutingUopsAndNoMore) {
  const CoreConfig config = m2_pcore();
  RetireWindow window(config);
  for (unsigned i = 0; i < config.rob.issuing_uops_per_group; ++i) window.rename(executing());
  EXPECT_TRUE(window.must_open(executing()));
  const UopInfo eliminated = uop_of(0);
  EXPECT_EQ(window.must_open(eliminated), config.rob.issuing_uops_per_group >= config.rob.uops_per_group);
}

TEST(RetireWindow, WhatMayFaultOpensAGroupAndABranchEndsOne) {
  RetireWindow window(m2_pcore());
  const UopInfo load = executing(kUopStartsGroup);
  const UopInfo branch = executing(kUopEndsGroup);
  window.rename(executing());
  EXPECT_TRUE(window.must_open(load));
  EXPECT_FALSE(window.must_open(branch));
  window.rename(branch);
  EXPECT_TRUE(window.must_open(executing()));
}

TEST(RetireWindow, ResourcesComeBackWithTheGroup) {
  const CoreConfig config = m2_pcore();
  RetireWindow window(config);
  UopInfo writer = executing();
  writer.needs = kIntRegister;
  std::uint32_t taken = 0;
  while (!window.lacks(writer) && taken < 10000) {
    if (window.must_open(writer)) window.close();
    window.rename(writer);
    ++taken;
  }
  EXPECT_EQ(taken, config.prf.integer);
  const std::uint8_t first = window.oldest().issuing;
  window.release();
  for (unsigned i = 0; i < first; ++i) {
    ASSERT_FALSE(window.lacks(writer));
    if (window.must_open(writer)) window.close();
    window.rename(writer);
  }
  EXPECT_TRUE(window.lacks(writer));
}

// A uop may take more slots than a group has: it has one of its own.
TEST(RetireWindow, WhatIsLargerThanAGroupFillsOne) {
  CoreConfig config = m2_pcore();
  config.rob.uops_per_group = 2;
  RetireWindow window(config);
  UopInfo large = executing();
  large.slots = 3;
  large.settle();
  UopInfo small = executing();
  small.slots = 0;
  small.settle();
  EXPECT_TRUE(window.must_open(large));
  window.rename(large);
  EXPECT_TRUE(window.must_open(small));
  window.close();
  window.rename(small);
  EXPECT_FALSE(window.must_open(small));
  EXPECT_TRUE(window.must_open(large));
}

// So many uops at once rename without a look at each, and the next that is refused would have been the last.
TEST(RetireWindow, HasRoomForManyOnlyIfEachOfThemFindsIt) {
  for (const std::uint32_t groups : {10U, 300U}) {
    CoreConfig config = m2_pcore();
    config.rob.groups = groups;
    config.prf.integer = 60;
    RetireWindow window(config);
    UopInfo writer = executing();
    writer.needs = kMaxDests * kIntRegister;
    std::uint32_t promised = 0;
    for (; promised < RetireWindow::kMostAtOnce && window.has_room_for(promised + 1); ++promised) {
    }
    EXPECT_EQ(promised, std::min(groups, config.prf.integer / kMaxDests));
    for (std::uint32_t i = 0; i < promised; ++i) {
      ASSERT_FALSE(window.full() || window.lacks(writer));
      window.close();
      window.rename(writer);
    }
    EXPECT_TRUE(window.full() || window.lacks(writer));
  }
}

TEST(RetireWindow, IsFullAtItsGroupsAndTheLastOneClosesWhenItLeaves) {
  const CoreConfig config = m2_pcore();
  RetireWindow window(config);
  for (unsigned i = 0; i < config.rob.groups; ++i) {
    EXPECT_FALSE(window.full());
    window.rename(executing());
    window.close();
  }
  EXPECT_TRUE(window.full());
  while (window.size() > 1) window.release();
  window.rename(executing());
  window.release();
  EXPECT_TRUE(window.open());
  window.release();
  EXPECT_TRUE(window.empty());
  EXPECT_FALSE(window.open());
}

TEST(RetireGroup, IsCompleteWithItsLatestUop) {
  RetireGroup group;
  group.complete_by(10);
  group.complete_by(9);
  EXPECT_EQ(group.complete, 10U);
}

RobConfig retiring(std::uint32_t groups, std::uint32_t renames) {
  RobConfig config = m2_pcore().rob;
  config.groups_per_cycle = groups;
  config.renames_per_cycle = renames;
  return config;
}

TEST(RetireBandwidth, SoManyGroupsACycle) {
  RetireBandwidth retirement(retiring(3, 16));
  for (unsigned i = 0; i < 3; ++i) EXPECT_EQ(retirement.take_first(5, 0), 5U);
  EXPECT_EQ(retirement.take_first(5, 0), 6U);
  EXPECT_EQ(retirement.last(), 6U);
}

TEST(RetireBandwidth, SoManyEntriesACycle) {
  RetireBandwidth retirement(retiring(8, 4));
  EXPECT_EQ(retirement.take_first(5, 3 * kRenameEntry), 5U);
  EXPECT_EQ(retirement.take_first(5, 2 * kRenameEntry), 6U);
  EXPECT_EQ(retirement.take_first(6, 2 * kRenameEntry), 6U);
  EXPECT_EQ(retirement.take_first(6, 1 * kRenameEntry), 7U);
}

TEST(RetireBandwidth, AGroupOfMoreEntriesThanACycleLeavesAloneInTheFirstCycleOfItsOwn) {
  RetireBandwidth retirement(retiring(8, 4));
  EXPECT_EQ(retirement.take_first(5, 7 * kRenameEntry), 5U);  // retirement was idle
  EXPECT_EQ(retirement.take_first(5, 1 * kRenameEntry), 6U);
  EXPECT_EQ(retirement.take_first(6, 7 * kRenameEntry), 7U);
}

TEST(RetireBandwidth, AskingCycleByCycleGivesTheSame) {
  RetireBandwidth asked(retiring(2, 5));
  RetireBandwidth first(retiring(2, 5));
  std::uint64_t state = 1;
  Cycle now = 0;
  for (unsigned i = 0; i < 2000; ++i) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    const Resources needs = (state >> 40) % 9 * kRenameEntry;
    const Cycle ready = now + (state >> 50) % 3;
    now = std::max(now, ready);
    while (!asked.take(now, needs)) ++now;
    EXPECT_EQ(first.take_first(ready, needs), now);
  }
}

template <class Model>
std::vector<Cycle> retirements(const CoreConfig& config, const SyntheticProgram& program) {
  Model model(config, PipeTrace(100'000));
  program.feed(model);
  std::vector<Cycle> cycles;
  for (const TracedUop& uop : model.probe().uops()) cycles.push_back(uop.retired);
  return cycles;
}

// Groups of more entries than a cycle retires, behind a chain that lets retirement stand idle in between.
TEST(RetireWindow, BothModelsRetireAlike) {
  CoreConfig config = m2_pcore();
  config.rob.renames_per_cycle = 4;
  ASSERT_GT(config.rob.uops_per_group, config.rob.renames_per_cycle);
  Words body;
  for (unsigned i = 0; i < 6; ++i) {
    body.push_back(a64::mul(1, 1, 1));
    for (unsigned k = 0; k < config.rob.uops_per_group; ++k) body.push_back(a64::mov_imm(2 + k, k));
  }
  SyntheticProgram program;
  const std::uint32_t id = program.block(kCode, body);
  for (unsigned i = 0; i < 20; ++i) program.run(id);
  const auto detailed = retirements<BasicCore<PipeTrace>>(config, program);
  EXPECT_EQ(detailed, (retirements<BasicFastCore<PipeTrace>>(config, program)));
  EXPECT_EQ(detailed.size(), 20 * body.size());
}

}  // namespace
}  // namespace m2sim::timing
