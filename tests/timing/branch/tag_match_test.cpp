#include "timing/branch/tag_match.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace m2sim::timing {
namespace {

TEST(TagMatch, AgreesWithAPlainComparison) {
  constexpr std::uint32_t kSets = 16;
  std::mt19937 random(1);
  // Few values in the low and the high half, so that matches and near misses are frequent.
  const auto tag = [&] { return static_cast<std::uint16_t>(random() % 3 | random() % 3 << 14); };
  struct alignas(16) Tags {
    std::uint16_t all[kSets * kMatchWays];
  };
  unsigned matches = 0;
  for (unsigned turn = 0; turn < 10'000; ++turn) {
    Tags tags{};
    for (std::uint16_t& each : tags.all) each = tag();
    alignas(32) TagLanes<std::uint32_t> places{};
    alignas(32) TagLanes<std::uint32_t> wants{};
    std::uint64_t expected = 0;
    for (unsigned t = 0; t < kTagTables; ++t) {
      places[t] = random() % kSets * kMatchWays;
      wants[t] = tag();
      for (unsigned way = 0; way < kMatchWays; ++way) {
        const bool equal = tags.all[places[t] + way] == wants[t];
        expected |= std::uint64_t{equal} << (t * kMatchWays + way);
        matches += equal ? 1U : 0U;
      }
    }
    ASSERT_EQ(match_tags(tags.all, places, wants), expected);
  }
  EXPECT_GT(matches, 10'000U);
}

}  // namespace
}  // namespace m2sim::timing
