#include "cmd/console/terminal.h"

#include <gtest/gtest.h>

namespace m2sim::cmd {
namespace {

TEST(Printable, KeepsTextAndShowsWhatSteersATerminal) {
  EXPECT_EQ(printable("main+0x1c (naïve, 日本, 🙂)"), "main+0x1c (naïve, 日本, 🙂)");
  EXPECT_EQ(printable("a\x1b[2J\n\x7f"), R"(a\x1b[2J\x0a\x7f)");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            R"(\xc2\x9b31m)")
      << "CSI as one character";
  EXPECT_EQ(printable("\x9b"), R"(\x9b)");
  EXPECT_EQ(printable("\xe2\x82"), R"(\xe2\x82)") << "cut off";
  EXPECT_EQ(printable("\xc0\x8a"), R"(\xc0\x8a)") << "a line break in two bytes";
  EXPECT_EQ(printable("\xe0\x82\x9b"), R"(\xe0\x82\x9b)");
}

}  // namespace
}  // namespace m2sim::cmd
