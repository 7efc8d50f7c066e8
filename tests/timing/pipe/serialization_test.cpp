// Uops that rename alone.
#include "timing/pipe/serialization.h"

#include <gtest/gtest.h>

namespace m2sim::timing {
namespace {

TEST(Serialization, WaitsForAnEmptyCoreAndMakesTheNextWait) {
  Serialization serialization;
  UopInfo plain;
  UopInfo isb;
  isb.flags = kUopSerialize;
  isb.latency = 20;
  EXPECT_EQ(serialization.earliest(plain, 50), 0U);
  EXPECT_EQ(serialization.earliest(isb, 50), 50U);
  EXPECT_FALSE(serialization.rename(plain, 60));
  EXPECT_EQ(serialization.until(), 0U);
  EXPECT_TRUE(serialization.rename(isb, 60));
  EXPECT_EQ(serialization.until(), 80U);
  EXPECT_EQ(serialization.earliest(plain, 0), 80U);
  EXPECT_EQ(serialization.earliest(isb, 70), 80U);
  EXPECT_EQ(serialization.earliest(isb, 90), 90U);
  EXPECT_TRUE(serialization.holds(plain, 79, true));
  EXPECT_FALSE(serialization.holds(plain, 80, false));
  EXPECT_TRUE(serialization.holds(isb, 90, false));
  EXPECT_FALSE(serialization.holds(isb, 90, true));
}

}  // namespace
}  // namespace m2sim::timing
