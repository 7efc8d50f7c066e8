// Each role reads the time that the other model's Result gives it.
#include "timing/fast/ready_times.h"

#include <gtest/gtest.h>

#include "timing/pipe/bypass.h"

namespace m2sim::timing {
namespace {

using insts::Role;

TEST(ReadyTimes, AreWhatAResultSays) {
  UopInfo uop;
  uop.addend_sooner = 3;
  const Result result = result_of(uop, 100, 2);
  const ReadyTimes times(100, 3, 2);
  EXPECT_NE(times.as(Role::kBase), times.as(Role::kData));
  EXPECT_NE(times.as(Role::kAddend), times.as(Role::kData));
  for (const Role role : {Role::kData, Role::kAddend, Role::kBase, Role::kIndex, Role::kStoreData}) {
    EXPECT_EQ(times.as(role), result.as(role));
    EXPECT_EQ(times.second().as(role), result.second().as(role));
    EXPECT_EQ(ReadyTimes().as(role), 0U);
  }
}

}  // namespace
}  // namespace m2sim::timing
