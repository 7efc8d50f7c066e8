#include "timing/probe/tally.h"

#include <gtest/gtest.h>

#include <map>

namespace m2sim::timing {
namespace {

// Keys that differ meet in one place of the table.
struct Key {
  std::uint64_t number = UINT64_MAX;
  bool operator==(const Key&) const = default;
  bool none() const { return number == UINT64_MAX; }
  std::size_t hash() const { return mixed(number / 8); }
};

TEST(Tally, SumsWhatAMapSums) {
  Tally<Key> tally;
  std::map<std::uint64_t, std::uint64_t> expected;
  for (std::uint64_t i = 0; i < 60'000; ++i) {
    const std::uint64_t number = i * i % 20'011;
    tally[{number}] += i;
    expected[number] += i;
  }
  std::map<std::uint64_t, std::uint64_t> found;
  tally.each([&](const Key& key, std::uint64_t sum) { EXPECT_TRUE(found.emplace(key.number, sum).second); });
  EXPECT_EQ(found, expected);
  for (std::uint64_t number = 0; number < 20'011; ++number) {
    EXPECT_EQ(tally.has({number}), expected.contains(number)) << number;
  }
  EXPECT_EQ(tally.size(), expected.size());
}

}  // namespace
}  // namespace m2sim::timing
