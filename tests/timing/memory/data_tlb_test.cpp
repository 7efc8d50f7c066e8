#include "timing/memory/data_tlb.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <vector>

#include "timing/config/config.h"

namespace m2sim::timing {
namespace {

bool access(DataTlb& tlb, std::uint64_t page) { return tlb.is_most_recent(page) || tlb.access_others(page); }

// Misses a round of chains that go round through so many pages, in an order of their own.
double misses_a_round(const TlbConfig& config, std::uint64_t pages) {
  DataTlb tlb(config);
  std::vector<std::uint64_t> order(pages);
  for (std::uint64_t i = 0; i < pages; ++i) order[i] = i;
  std::ranges::shuffle(order, std::mt19937(7));
  constexpr int kWarm = 50, kRounds = 100;
  std::uint64_t misses = 0;
  for (int round = 0; round < kWarm + kRounds; ++round) {
    for (const std::uint64_t page : order) misses += !access(tlb, page) && round >= kWarm ? 1 : 0;
  }
  return static_cast<double>(misses) / kRounds;
}

TEST(DataTlb, HoldsAsManyPagesAsItHasEntries) {
  for (const TlbConfig& config :
       {m1_pcore().mmu.dtlb, m2_pcore().mmu.dtlb, TlbConfig{16, 16, 0}, TlbConfig{8, 1, 0}}) {
    EXPECT_EQ(misses_a_round(config, config.entries), 0);
    EXPECT_GT(misses_a_round(config, config.entries + 1), 0.9);
  }
}

// Chen's curves, 3 cycles for a hit and 9 for a miss: cycles a load at so many pages.
TEST(DataTlb, MissesAsWasMeasured) {
  const auto cycles = [](const CoreConfig& core, std::uint64_t pages) {
    return 3 + core.mmu.dtlb.miss_extra * misses_a_round(core.mmu.dtlb, pages) / static_cast<double>(pages);
  };
  EXPECT_NEAR(cycles(m1_pcore(), 176), 4.12, 0.1);
  EXPECT_NEAR(cycles(m1_pcore(), 192), 5.05, 0.1);
  EXPECT_NEAR(cycles(m1_pcore(), 208), 7.02, 0.25);
  EXPECT_NEAR(cycles(m1_pcore(), 224), 8.75, 0.3);
  EXPECT_NEAR(cycles(m1_pcore(), 256), 9.00, 0.01);
  EXPECT_NEAR(cycles(m2_pcore(), 265), 4.05, 0.2);
  EXPECT_NEAR(cycles(m2_pcore(), 280), 5.45, 0.25);
  EXPECT_NEAR(cycles(m2_pcore(), 292), 6.68, 0.25);
}

TEST(DataTlb, AgreesWithPlainSets) {
  struct Plain {
    struct Page {
      std::uint64_t page;
      unsigned uses;
    };
    std::vector<std::optional<Page>> ways;
    std::optional<std::uint64_t> last;
    unsigned misses = 0;
  };
  for (const TlbConfig& config :
       {m1_pcore().mmu.dtlb, TlbConfig{16, 16, 0}, TlbConfig{8, 1, 0}, TlbConfig{6, 3, 0}}) {
    DataTlb tlb(config);
    const std::uint64_t sets = config.entries / config.ways;
    std::map<std::uint64_t, Plain> plain;
    std::mt19937 random(config.ways);
    unsigned hits = 0;
    for (unsigned turn = 0; turn < 30'000; ++turn) {
      const std::uint64_t page = random() % (config.entries + config.entries / 2);
      Plain& set = plain[page % sets];
      set.ways.resize(config.ways);
      const auto holds = [page](const auto& way) { return way && way->page == page; };
      const auto at = std::ranges::find_if(set.ways, holds);
      const bool present = at != set.ways.end();
      ASSERT_EQ(tlb.contains(page), present);
      ASSERT_EQ(tlb.is_most_recent(page), set.last == page);
      if (random() % 4 == 0) continue;  // looking changes nothing
      ASSERT_EQ(access(tlb, page), present);
      hits += present ? 1U : 0U;
      if (present && set.last != page) (*at)->uses = std::min((*at)->uses + 1, 3U);
      set.last = page;
      if (present) continue;
      if (++set.misses % 4 == 0) {
        for (auto& way : set.ways) {
          if (way && way->uses > 0) --way->uses;
        }
      }
      auto place = std::ranges::find_if(set.ways, [](const auto& way) { return !way; });
      if (place == set.ways.end()) {
        std::vector<unsigned> uses;
        for (unsigned i = 0; i < config.ways; ++i)
          uses.push_back(set.ways[(set.misses + i) % config.ways]->uses);
        const auto least = std::ranges::min_element(uses) - uses.begin();
        place = set.ways.begin() + (set.misses + least) % config.ways;
      }
      *place = Plain::Page{page, 1};
    }
    EXPECT_GT(hits, 1000U);
  }
}

}  // namespace
}  // namespace m2sim::timing
