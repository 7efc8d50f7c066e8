#include "timing/stall.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace m2sim::timing {
namespace {

// The names are those of statistics files: a reason keeps its own wherever it stands in the enumeration.
TEST(StallReasons, EachHasItsName) {
  using enum StallReason;
  constexpr std::pair<StallReason, std::string_view> kNames[] = {
      {kBase, "base"},
      {kFetch, "fetch"},
      {kInstructionCache, "instruction_cache"},
      {kBranchBubble, "branch_bubble"},
      {kMispredict, "mispredict"},
      {kSerialize, "serialize"},
      {kRetire, "retire"},
      {kRegisters, "registers"},
      {kScheduler, "scheduler"},
      {kMemoryL1, "memory_l1"},
      {kMemoryL2, "memory_l2"},
      {kMemorySlc, "memory_slc"},
      {kMemoryDram, "memory_dram"},
      {kDrain, "drain"},
  };
  EXPECT_EQ(std::size(kNames), kStallReasonCount);
  for (const auto& [reason, name] : kNames) {
    const auto index = static_cast<std::size_t>(reason);
    ASSERT_LT(index, kStallReasonCount) << name;
    EXPECT_EQ(kStallInfo[index].name, name);
    EXPECT_GT(kStallInfo[index].description.size(), name.size()) << "explained, not repeated";
  }
}

}  // namespace
}  // namespace m2sim::timing
