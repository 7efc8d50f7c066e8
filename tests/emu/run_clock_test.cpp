#include "emu/run_clock.h"

#include <gtest/gtest.h>

namespace m2sim::emu {
namespace {

TEST(RunClockTest, CountsInstructionsWhereNobodyTells) {
  RunClock clock;
  clock.begin_run(false, 0);
  EXPECT_EQ(clock.now(100), 100U);
  EXPECT_FALSE(clock.is_behind(100));
}

TEST(RunClockTest, IsAsLateAsItWasTold) {
  RunClock clock;
  clock.begin_run(true, 0);
  EXPECT_TRUE(clock.is_behind(10));
  clock.tell(25, 10);
  EXPECT_FALSE(clock.is_behind(10));
  EXPECT_EQ(clock.now(14), 25U);
  EXPECT_EQ(clock.expected(14), 29U);
  clock.tell(26, 14);  // less than was expected
  EXPECT_EQ(clock.now(14), 26U);
}

// The sink hears nothing of the run in between, whose instructions take their time all the same.
TEST(RunClockTest, GoesOnFromRunToRun) {
  RunClock clock;
  clock.begin_run(false, 0);
  clock.begin_run(true, 100);
  EXPECT_EQ(clock.now(100), 100U);
  clock.tell(30, 110);
  EXPECT_EQ(clock.now(110), 130U);
  clock.begin_run(false, 110);
  EXPECT_EQ(clock.now(1110), 1130U);
  clock.begin_run(true, 1110);
  clock.tell(35, 1112);
  EXPECT_EQ(clock.now(1112), 1135U);
}

}  // namespace
}  // namespace m2sim::emu
