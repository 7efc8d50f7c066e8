#include "timing/memory/tlb.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <list>
#include <map>
#include <random>

#include "timing/config/config.h"

namespace m2sim::timing {
namespace {

TEST(Tlb, HoldsItsEntriesAndReplacesTheLeastRecentlyUsed) {
  const TlbConfig config = m2_pcore().mmu.dtlb;
  Tlb tlb(config);
  for (std::uint64_t page = 0; page < config.entries; ++page) {
    EXPECT_FALSE(tlb.access(page));
  }
  for (std::uint64_t page = 0; page < config.entries; ++page) {
    EXPECT_TRUE(tlb.access(page));
  }
  const std::uint64_t sets = config.entries / config.ways;
  tlb.access(0);
  EXPECT_FALSE(tlb.access(config.entries));
  EXPECT_TRUE(tlb.contains(0));
  EXPECT_FALSE(tlb.contains(sets));
}

TEST(Tlb, AgreesWithListsInOrderOfUse) {
  const MmuConfig mmu = m2_pcore().mmu;
  for (const TlbConfig& config :
       {mmu.itlb, mmu.dtlb, mmu.l2_tlb, TlbConfig{16, 16, 0}, TlbConfig{8, 1, 0}, TlbConfig{6, 3, 0}}) {
    Tlb tlb(config);
    EXPECT_EQ(tlb.miss_extra(), config.miss_extra);
    const std::uint64_t sets = config.entries / config.ways;
    std::map<std::uint64_t, std::list<std::uint64_t>> plain;
    std::mt19937 random(config.ways);
    unsigned hits = 0;
    for (unsigned turn = 0; turn < 30'000; ++turn) {
      const std::uint64_t page = random() % (config.entries + config.entries / 2);
      std::list<std::uint64_t>& set = plain[page % sets];
      const auto at = std::ranges::find(set, page);
      const bool present = at != set.end();
      ASSERT_EQ(tlb.contains(page), present);
      if (random() % 4 == 0) continue;  // looking leaves the order alone
      if (present) set.erase(at);
      set.push_front(page);
      if (set.size() > config.ways) set.pop_back();
      ASSERT_EQ(tlb.access(page), present);
      hits += present ? 1U : 0U;
    }
    EXPECT_GT(hits, 1000U);
  }
}

}  // namespace
}  // namespace m2sim::timing
