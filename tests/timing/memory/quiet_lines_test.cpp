#include "timing/memory/quiet_lines.h"

#include <gtest/gtest.h>

namespace m2sim::timing {
namespace {

TEST(QuietLines, CoverWhatLiesInALineThatWasAdded) {
  QuietLines lines(64, 6, 256);
  EXPECT_FALSE(lines.covers(0, 8, 0));
  EXPECT_FALSE(lines.covers(0, 8, 1));
  lines.add(0x1008, false);
  EXPECT_TRUE(lines.covers(0x1000, 64, 0));
  EXPECT_TRUE(lines.covers(0x1038, 8, 0));
  EXPECT_FALSE(lines.covers(0x1039, 8, 0));
  EXPECT_FALSE(lines.covers(0x1040, 8, 0));
  EXPECT_FALSE(lines.covers(0x1000 + 256 * 64, 8, 0));
  EXPECT_FALSE(lines.covers(0x1000, 8, 1));
  lines.add(0x1000, true);
  EXPECT_TRUE(lines.covers(0x1000, 8, 0));
  EXPECT_TRUE(lines.covers(0x1000, 8, 1));
}

TEST(QuietLines, ForgetALineWithItsSet) {
  QuietLines lines(64, 6, 16);
  lines.add(0x1000, true);
  lines.forget(0x1000 / 64 + 16);
  EXPECT_FALSE(lines.covers(0x1000, 8, 0));
}

TEST(QuietLines, ClearForgetsFewAndMany) {
  for (const std::uint64_t count : {1U, 8U, 9U, 200U}) {
    QuietLines lines(64, 6, 256);
    lines.clear();
    for (std::uint64_t n = 0; n < count; ++n) lines.add(64 * n, false);
    for (std::uint64_t n = 0; n < count; ++n) EXPECT_TRUE(lines.covers(64 * n, 8, 0));
    lines.clear();
    for (std::uint64_t n = 0; n < count; ++n) EXPECT_FALSE(lines.covers(64 * n, 8, 0)) << count;
  }
}

}  // namespace
}  // namespace m2sim::timing
