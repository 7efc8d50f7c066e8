#include "timing/branch/ras.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "timing/config/config.h"

namespace m2sim::timing {
namespace {

TEST(ReturnStackAlone, IsAStackThatStartsAnewWhenItOverflows) {
  for (const std::uint32_t entries : {1U, 2U, m2_pcore().branch.ras_entries}) {
    ReturnStack stack(entries);
    std::vector<std::uint64_t> plain;
    std::mt19937 random(entries);
    unsigned overflows = 0;
    unsigned empty_pops = 0;
    for (unsigned turn = 0; turn < 50'000; ++turn) {
      const bool deepen = turn / (4 * entries) % 2 == 0;
      if (random() % 4 < (deepen ? 3U : 1U)) {
        const std::uint64_t address = 0x1000 + 4 * std::uint64_t{turn};
        const bool full = plain.size() == entries;
        if (full) plain.clear();
        plain.push_back(address);
        ASSERT_EQ(stack.push(address), full);
        overflows += full ? 1U : 0U;
      } else {
        const std::uint64_t expected = plain.empty() ? 0 : plain.back();
        if (!plain.empty()) plain.pop_back();
        ASSERT_EQ(stack.pop(), expected);
        empty_pops += expected == 0 ? 1U : 0U;
      }
    }
    EXPECT_GT(overflows, 10U) << entries;
    EXPECT_GT(empty_pops, 10U) << entries;
  }
}

}  // namespace
}  // namespace m2sim::timing
