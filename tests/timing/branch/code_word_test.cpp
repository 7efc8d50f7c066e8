#include "timing/branch/code_word.h"

#include <gtest/gtest.h>

namespace m2sim::timing {
namespace {

TEST(CodeWord, TellsInstructionsApartUpToSixteenGigabytes) {
  EXPECT_EQ(word_of(0x400000), 0x100000U);
  EXPECT_NE(word_of(0x400000), word_of(0x400004));
  EXPECT_NE(word_of(0x400000), word_of(0x400000 + (std::uint64_t{1} << 33)));
  EXPECT_EQ(word_of(0x400000), word_of(0x400000 + (std::uint64_t{1} << 34)));
}

TEST(CodeWord, IsAnAddressAgainBesideOneThatIsNear) {
  for (const std::uint64_t address : {0x400000UL, 0x7F'FFFF'0004UL}) {
    EXPECT_EQ(address_of(word_of(address), address + 0x1000), address);
  }
  EXPECT_EQ(address_of(0, 0x400000), 0U);
}

}  // namespace
}  // namespace m2sim::timing
