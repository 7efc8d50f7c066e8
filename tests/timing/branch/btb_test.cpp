#include "timing/branch/btb.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <list>
#include <map>
#include <random>
#include <utility>
#include <vector>

namespace m2sim::timing {
namespace {

// The same two exclusive levels as lists in order of use.
class PlainBtb {
 public:
  explicit PlainBtb(const BranchConfig& config)
      : l1_{config.btb_l1_entries / config.btb_l1_ways, config.btb_l1_ways, {}},
        l2_{config.btb_l2_entries == 0 ? 0 : config.btb_l2_entries / config.btb_l2_ways,
            config.btb_l2_ways,
            {}} {}

  std::pair<TargetSupply, std::uint64_t> access(std::uint64_t pc, std::uint64_t target) {
    const TargetSupply supply = supply_of(pc / 4);
    const std::uint64_t last = std::exchange(last_[pc], target);
    return {supply, supply == TargetSupply::kPredecode ? 0 : last};
  }

 private:
  TargetSupply supply_of(std::uint64_t branch) {
    if (l1_.remove(branch)) {
      l1_.push(branch);
      return TargetSupply::kBtbL1;
    }
    const bool in_l2 = l2_.sets != 0 && l2_.remove(branch);
    const std::uint64_t fallen = l1_.push(branch);
    if (l2_.sets != 0 && fallen != 0) l2_.push(fallen);
    return in_l2 ? TargetSupply::kBtbL2 : TargetSupply::kPredecode;
  }

  struct Level {
    std::uint64_t sets;
    std::uint64_t ways;
    std::map<std::uint64_t, std::list<std::uint64_t>> content;

    bool remove(std::uint64_t branch) {
      std::list<std::uint64_t>& set = content[branch % sets];
      const auto at = std::ranges::find(set, branch);
      if (at == set.end()) return false;
      set.erase(at);
      return true;
    }
    std::uint64_t push(std::uint64_t branch) {
      std::list<std::uint64_t>& set = content[branch % sets];
      set.push_front(branch);
      if (set.size() <= ways) return 0;
      const std::uint64_t last = set.back();
      set.pop_back();
      return last;
    }
  };

  Level l1_;
  Level l2_;
  std::map<std::uint64_t, std::uint64_t> last_;
};

BranchConfig shape(std::uint32_t l1, std::uint32_t l1_ways, std::uint32_t l2, std::uint32_t l2_ways) {
  BranchConfig config = m2_pcore().branch;
  config.btb_l1_entries = l1;
  config.btb_l1_ways = l1_ways;
  config.btb_l2_entries = l2;
  config.btb_l2_ways = l2_ways;
  return config;
}

TEST(BtbAlone, AgreesWithListsInOrderOfUse) {
  for (const BranchConfig& config : {m2_pcore().branch, m1_pcore().branch, shape(8, 2, 24, 6),
                                     shape(4, 4, 4, 1), shape(1, 1, 1, 1), shape(16, 4, 0, 4)}) {
    Btb btb(config);
    PlainBtb plain(config);
    std::mt19937 random(config.btb_l1_entries);
    std::map<TargetSupply, unsigned> seen;
    const std::uint32_t branches = 2 * (config.btb_l1_entries + config.btb_l2_entries);
    for (unsigned turn = 0; turn < 60'000; ++turn) {
      // Mostly a neighbourhood that moves on, so that all levels hit.
      const std::uint64_t near = turn / 16 + random() % (config.btb_l1_entries / 2 + 1);
      const std::uint64_t branch = 1 + (random() % 4 == 0 ? random() : near) % branches;
      const std::uint64_t target = random() % 4 == 0 ? 4 * (random() % 1000) : 8 * branch;
      const Btb::Found found = btb.access(4 * branch, target);
      const auto [supply, last] = plain.access(4 * branch, target);
      ASSERT_EQ(found.supply, supply) << "turn " << turn;
      ASSERT_EQ(found.target, last / 4) << "turn " << turn;
      ++seen[supply];
    }
    EXPECT_GT(seen[TargetSupply::kBtbL1], 100U);
    EXPECT_GT(seen[TargetSupply::kPredecode], 100U);
    if (config.btb_l2_entries != 0) {
      EXPECT_GT(seen[TargetSupply::kBtbL2], 100U);
    }
    EXPECT_EQ(seen[TargetSupply::kNone], 0U);
  }
}

}  // namespace
}  // namespace m2sim::timing
