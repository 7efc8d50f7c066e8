#include "timing/run/windows.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace m2sim::timing {
namespace {

TimingStats part_of_run(std::uint64_t insts, std::uint64_t cycles) {
  TimingStats stats{};
  stats.core.insts = insts;
  stats.core.cycles = cycles;
  stats.core.slots_per_cycle = 8;
  stats.core.slots[0] = 8 * cycles;
  return stats;
}

TEST(Windows, InfluenceIsTowardsTheWindow) {
  constexpr std::uint64_t kInsts = 1'000'000;
  StatsEstimate sum;
  sum.add(part_of_run(kInsts, kInsts), 1);
  const std::vector<StatValue> all = values(sum.rounded());
  const std::vector<double> slower = influence(sum, all, kInsts, part_of_run(1'000, 3'000));
  const std::vector<double> same = influence(sum, all, kInsts, part_of_run(500, 500));
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string_view name = stat_table()[i].name;
    if (name == "core.cpi") {
      EXPECT_NEAR(slower[i], 2, 1e-9);
    } else if (name == "core.cycles") {
      EXPECT_NEAR(slower[i], 2e6, 1);
    } else if (name == "core.insts") {
      EXPECT_EQ(slower[i], 0);
    }
    EXPECT_NEAR(same[i], 0, 1e-6) << name;
  }
}

}  // namespace
}  // namespace m2sim::timing
