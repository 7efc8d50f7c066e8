// Each role reads the time that the other model's Result gives it.
#include "timing/fast/register_times.h"

#include <gtest/gtest.h>

#include <array>

#include "timing/pipe/bypass.h"

namespace m2sim::timing {
namespace {

using insts::Role;

constexpr std::array<Role, 5> kRoles{Role::kData, Role::kAddend, Role::kBase, Role::kIndex, Role::kStoreData};

TEST(RegisterTimes, AreWhatResultsSay) {
  UopInfo uop;
  uop.addend_sooner = 3;
  const Result result = result_of(uop, 100, 2);
  RegisterTimes times;
  times.write(7, 100, 3, 2);
  times.write(8, 200, 0, 0);
  EXPECT_NE(times.as({7, Role::kBase}), times.as({7, Role::kData}));
  EXPECT_NE(times.as({7, Role::kAddend}), times.as({7, Role::kData}));
  for (const Role role : kRoles) {
    EXPECT_EQ(times.as({7, role}), result.as(role));
    EXPECT_EQ(times.as({8, role}), 200U);
    EXPECT_EQ(times.as({9, role}), 0U);
  }
}

TEST(RegisterTimes, AnEliminatedMoveTakesItsSourceAndAnyOtherNothing) {
  RegisterTimes times;
  times.write(1, 100, 3, 2);
  times.write(2, 200, 0, 0);
  times.write(3, 300, 0, 0);
  UopInfo uop;
  uop.sources[0] = {1, Role::kData};
  uop.dests = {2, 3};
  uop.dest_count = 1;
  uop.flags = kUopCopy;
  times.eliminate(uop);
  for (const Role role : kRoles) EXPECT_EQ(times.as({2, role}), times.as({1, role}));
  EXPECT_EQ(times.as({3, Role::kData}), 300U);
  uop.flags = 0;
  times.eliminate(uop);
  for (const Role role : kRoles) EXPECT_EQ(times.as({2, role}), 0U);
}

}  // namespace
}  // namespace m2sim::timing
