#include "timing/way_match.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace m2sim::timing {
namespace {

TEST(WayMatch, FindsEachWayAndNothingElse) {
  for (std::uint64_t ways = 1; ways <= 33; ++ways) {
    std::vector<std::uint64_t> tags(ways + 1);
    for (std::uint64_t way = 0; way <= ways; ++way) tags[way] = 100 + way;
    for (std::uint64_t way = 0; way < ways; ++way) {
      EXPECT_EQ(find_tag(tags.data(), ways, 100 + way), way) << ways;
    }
    EXPECT_EQ(find_tag(tags.data(), ways, 99), ways);
    EXPECT_EQ(find_tag(tags.data(), ways, 100 + ways), ways) << "the first tag of the next set";
  }
}

TEST(WayMatch, TheFirstOfEqualTagsWinsAndAllBitsCount) {
  for (const std::uint64_t ways : {3U, 8U, 12U, 16U, 20U}) {
    for (std::uint64_t way = 0; way < ways; ++way) {
      std::vector<std::uint64_t> tags(ways, 1);
      for (std::uint64_t again = way; again < ways; ++again) tags[again] = 7;
      EXPECT_EQ(find_tag(tags.data(), ways, 7), way) << ways;
    }
  }
  for (unsigned bit = 0; bit < 64; ++bit) {
    const std::vector<std::uint64_t> tags(16, std::uint64_t{1} << bit);
    EXPECT_EQ(find_tag(tags.data(), 16, 0), 16U) << bit;
    EXPECT_EQ(find_tag(tags.data(), 16, std::uint64_t{1} << bit), 0U) << bit;
  }
}

TEST(WayMatch, FindsTheFirstOfTheLeast) {
  std::mt19937 random(2);
  for (std::uint64_t ways = 1; ways <= 70; ++ways) {
    for (int round = 0; round < 200; ++round) {
      // Few values, so that there are equal ones; and such that count as negative elsewhere.
      std::vector<std::uint32_t> values(ways);
      for (std::uint32_t& value : values) value = (random() % 8) * 0x2000'0001U;
      const auto least = std::ranges::min_element(values) - values.begin();
      ASSERT_EQ(first_least(values.data(), ways), static_cast<std::uint64_t>(least)) << ways;
    }
  }
}

}  // namespace
}  // namespace m2sim::timing
