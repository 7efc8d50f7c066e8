#include "timing/zeroed_array.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace m2sim::timing {
namespace {

TEST(ZeroedArray, BeginsAsZeros) {
  ZeroedArray<std::uint64_t> array(10'000);
  EXPECT_EQ(array.size(), 10'000U);
  EXPECT_EQ(std::ranges::count(array, 0U), 10'000);
}

TEST(ZeroedArray, GoesElsewhereWithWhatIsInIt) {
  ZeroedArray<std::uint32_t> first(5);
  first[4] = 7;
  ZeroedArray<std::uint32_t> second(std::move(first));
  EXPECT_EQ(second[4], 7U);
  ZeroedArray<std::uint32_t> third(1);
  third = std::move(second);
  EXPECT_EQ(third.size(), 5U);
  EXPECT_EQ(third[4], 7U);
}

TEST(ZeroedArray, MayBeEmpty) {
  const ZeroedArray<std::uint32_t> none(0);
  EXPECT_EQ(none.size(), 0U);
}

TEST(ZeroedArray, SuitsElementsOfAnyAlignment) {
  struct alignas(64) Wide {
    std::uint64_t value;
  };
  const ZeroedArray<Wide> array(3);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(array.data()) % 64, 0U);
}

}  // namespace
}  // namespace m2sim::timing
