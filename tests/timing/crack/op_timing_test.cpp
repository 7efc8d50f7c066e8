#include "timing/crack/op_timing.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace m2sim::timing {
namespace {

TEST(OpTiming, EveryOperationHasAPortInEachCore) {
  for (const CoreConfig& config : {m2_pcore(), m1_pcore()}) {
    for (std::size_t row = 0; row < kTimingClassCount; ++row) {
      for (const StepTiming& step : kOpTiming[row].steps) {
        EXPECT_TRUE(std::ranges::any_of(config.ports,
                                        [&](const PortConfig& port) {
                                          return (port.capabilities & step.capabilities) == step.capabilities;
                                        }))
            << "class " << row;
      }
    }
  }
}

TEST(OpTiming, StepsStandTogetherAndTakeTime) {
  for (std::size_t row = 0; row < kTimingClassCount; ++row) {
    bool ended = false;
    for (const StepTiming& step : kOpTiming[row].steps) {
      if (step.capabilities == 0) {
        ended = true;
        EXPECT_EQ(step.occupancy, 0) << "class " << row << ": no operation, no port";
        continue;
      }
      EXPECT_FALSE(ended) << "class " << row << " has a step behind an empty one";
      EXPECT_GE(step.occupancy, 1) << "class " << row;
      // A load's time is the memory system's, a division's goes by its width.
      EXPECT_TRUE(step.latency >= 1 || step.capabilities == kCapLoad || step.capabilities == kCapFpDivide)
          << "class " << row;
    }
  }
}

TEST(OpTiming, RowsAreFoundByTheirClass) {
  using insts::TimingClass;
  EXPECT_EQ(op_timing(TimingClass::kNop).steps[0].capabilities, 0U);
  EXPECT_EQ(op_timing(TimingClass::kMul).steps[0].capabilities, kCapMul);
  EXPECT_EQ(op_timing(TimingClass::kLoad).steps[0].capabilities, kCapLoad);
  EXPECT_EQ(op_timing(TimingClass::kStore).steps[0].capabilities, kCapStore);
  EXPECT_EQ(op_timing(TimingClass::kFpDivSingle).steps[0].capabilities, kCapFpDivide);
  EXPECT_EQ(op_timing(TimingClass::kFpJcvt).steps[0].capabilities & kCapFpJcvt, kCapFpJcvt);
  EXPECT_EQ(&op_timing(static_cast<TimingClass>(kTimingClassCount - 1)), &kOpTiming.back());
}

}  // namespace
}  // namespace m2sim::timing
