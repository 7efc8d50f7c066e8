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

}  // namespace
}  // namespace m2sim::timing
