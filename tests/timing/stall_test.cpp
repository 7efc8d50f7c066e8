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
      {kInstructionTlb, "instruction_tlb"},
      {kBranchBubble, "branch_bubble"},
      {kMispredictConditional, "mispredict_conditional"},
      {kMispredictIndirect, "mispredict_indirect"},
      {kMispredictReturn, "mispredict_return"},
      {kSerialize, "serialize"},
      {kOrder, "order"},
      {kDependInteger, "dependence_integer"},
      {kDependMultiply, "dependence_multiply"},
      {kDependDivide, "dependence_divide"},
      {kDependFp, "dependence_fp"},
      {kForwarding, "forwarding"},
      {kMemoryL1, "memory_l1"},
      {kMemoryL2, "memory_l2"},
      {kMemorySlc, "memory_slc"},
      {kMemoryDram, "memory_dram"},
      {kDataTlb, "data_tlb"},
      {kPortInteger, "port_integer"},
      {kPortBranch, "port_branch"},
      {kPortMultiply, "port_multiply"},
      {kPortLoad, "port_load"},
      {kPortStore, "port_store"},
      {kPortFp, "port_fp"},
      {kStoreBuffer, "store_buffer"},
      {kRetire, "retire"},
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

TEST(Structures, EachHasItsName) {
  constexpr std::string_view kNames[] = {"retire_groups",  "rename_entries", "int_registers",  "fp_registers",
                                         "flag_registers", "branches",       "dispatch_queues"};
  ASSERT_EQ(std::size(kNames), kStructureCount);
  for (std::size_t s = 0; s < kStructureCount; ++s) EXPECT_EQ(kStructureInfo[s].name, kNames[s]);
}

}  // namespace
}  // namespace m2sim::timing
