// Results as their readers see them, and registers that rename settles.
#include "timing/pipe/bypass.h"

#include <gtest/gtest.h>

namespace m2sim::timing {
namespace {

using insts::Role;

TEST(Bypass, EachRoleHasItsOwnLead) {
  UopInfo uop;
  uop.addend_sooner = 3;
  const Result result = result_of(uop, 100, 1);
  EXPECT_EQ(result.as(Role::kData), 100U);
  EXPECT_EQ(result.as(Role::kIndex), 100U);
  EXPECT_EQ(result.as(Role::kStoreData), 100U);
  EXPECT_EQ(result.as(Role::kBase), 99U);
  EXPECT_EQ(result.as(Role::kAddend), 97U);
}

TEST(Bypass, TheSecondRegisterOfAPairHasNoShortWayToAnAddress) {
  UopInfo uop;
  uop.addend_sooner = 3;
  const Result second = result_of(uop, 100, 1).second();
  EXPECT_EQ(second.as(Role::kBase), 100U);
  EXPECT_EQ(second.as(Role::kAddend), 97U);
  for (const Role role : {Role::kData, Role::kAddend, Role::kBase, Role::kIndex, Role::kStoreData})
    EXPECT_EQ(result_of(uop, 100, 1).as(role_of_second(role)), second.as(role));
}

TEST(Bypass, AnEliminatedMoveTakesItsSourceAndAnyOtherNothing) {
  std::array<int, kTimedRegs> registers{};
  registers[1] = 7;
  registers[2] = 9;
  UopInfo uop;
  uop.sources[0] = {1, Role::kData};
  uop.dests = {2, 3};
  uop.dest_count = 1;
  uop.flags = kUopCopy;
  eliminate(uop, registers);
  EXPECT_EQ(registers[2], 7);
  EXPECT_EQ(registers[3], 0);
  uop.flags = 0;
  uop.dest_count = 2;
  registers[3] = 5;
  eliminate(uop, registers);
  EXPECT_EQ(registers[2], 0);
  EXPECT_EQ(registers[3], 0);
  EXPECT_EQ(registers[1], 7);
}

}  // namespace
}  // namespace m2sim::timing
