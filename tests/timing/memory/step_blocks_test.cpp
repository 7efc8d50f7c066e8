// Against a loop over the steps.
#include "timing/memory/step_blocks.h"

#include <gtest/gtest.h>

#include <array>
#include <random>

namespace m2sim::timing {
namespace {

using Steps = std::array<std::uint16_t, kBlockSteps>;

TEST(StepBlocks, CountUpAndCompareTheFirstAndNoOthers) {
  std::mt19937 random(1);
  unsigned found = 0;
  for (unsigned turn = 0; turn < 20'000; ++turn) {
    const auto count = static_cast<std::size_t>(random() % (kBlockSteps + 1));
    const auto most = static_cast<std::uint16_t>(1 + random() % (turn % 2 == 0 ? 4 : 32'767));
    Steps steps;
    std::uint32_t expected = 0;
    for (std::size_t i = 0; i < kBlockSteps; ++i) {
      steps[i] = static_cast<std::uint16_t>(most - 1 + random() % 3 - 1);
      if (steps[i] > 32'766) steps[i] = 0;
      if (i < count && steps[i] >= most) expected |= 1U << i;
    }
    ASSERT_EQ(reached(steps.data(), count, most), expected) << count << " of " << most;
    found += expected != 0 ? 1U : 0U;
    Steps counted = steps;
    count_block(counted.data(), count);
    for (std::size_t i = 0; i < kBlockSteps; ++i) ASSERT_EQ(counted[i], steps[i] + (i < count ? 1 : 0)) << i;
  }
  EXPECT_GT(found, 1000U);
}

}  // namespace
}  // namespace m2sim::timing
