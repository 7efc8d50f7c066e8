#include "cmd/console/arguments.h"

#include <gtest/gtest.h>

#include "cmd/console/failure.h"
#include "cmd/run_command.h"

namespace m2sim::cmd {
namespace {

using Words = std::vector<std::string>;

class Arguments : public testing::Test {
 protected:
  SplitArguments split(const Words& words) { return split_at_program(*command_, words); }

  CLI::App app_{"", "m2sim"};
  RunOptions options_;
  CLI::App* command_ = add_run_command(app_, options_);
};

TEST_F(Arguments, TheFirstWordThatIsNoOptionIsTheProgram) {
  const SplitArguments s = split({"--mode", "timing", "--quiet", "prog", "--mode", "x"});
  EXPECT_EQ(s.own, (Words{"--mode", "timing", "--quiet"}));
  EXPECT_EQ(s.guest, (Words{"prog", "--mode", "x"}));
}

TEST_F(Arguments, AValueMayBeAttachedAndMayLookLikeAnOption) {
  const SplitArguments s = split({"--mode=timing", "--stats", "--odd.json", "prog"});
  EXPECT_EQ(s.own, (Words{"--mode=timing", "--stats", "--odd.json"}));
  EXPECT_EQ(s.guest, (Words{"prog"}));
}

TEST_F(Arguments, TwoDashesEndTheOptionsOnce) {
  const SplitArguments s = split({"--quiet", "--", "--prog", "--", "a"});
  EXPECT_EQ(s.own, (Words{"--quiet"}));
  EXPECT_EQ(s.guest, (Words{"--prog", "--", "a"}));
}

TEST_F(Arguments, ARepeatableOptionTakesOneValueEachTime) {
  const SplitArguments s = split({"--set", "a=1", "--set", "b=2", "prog"});
  EXPECT_EQ(s.own.size(), 4U);
  EXPECT_EQ(s.guest, (Words{"prog"}));
}

TEST_F(Arguments, AnUnknownOptionNamesTheNearest) {
  try {
    split({"--fast-timin", "prog"});
    FAIL() << "no error";
  } catch (const emu::UserError& error) {
    EXPECT_STREQ(error.what(), "run: there is no option '--fast-timin'; did you mean '--fast-timing'?");
    EXPECT_EQ(exit_status_of(error), kExitInternal);
  }
}

TEST_F(Arguments, OnlyAnOptionMayBeTheLastWord) {
  EXPECT_TRUE(split({"--quiet"}).guest.empty());
  EXPECT_EQ(split({"--stats"}).own, (Words{"--stats"}));  // CLI11 then misses the value
}

TEST(LargeNumber, BecomesItsDigits) {
  const std::pair<std::string, std::string> cases[] = {
      {"0", "0"},
      {"17", "17"},
      {"64k", "64000"},
      {"10M", "10000000"},
      {"0G", "0"},
      {"3G", "3000000000"},
      {"2e9", "2000000000"},
      {"5e0", "5"},
      {"0e999", "0"},
      {"18446744073709551615", "18446744073709551615"},
      {"1e19", "10000000000000000000"},
  };
  for (const auto& [given, expected] : cases) {
    std::string text = given;
    EXPECT_EQ(large_number(text), "") << given;
    EXPECT_EQ(text, expected);
  }
}

TEST(LargeNumber, OthersStayAndAreRefused) {
  for (const std::string given :
       {"", "k", "1K", "1kk", "1.5M", "-1", "1e", "e1", "1e-1", "1e20", "19e18", "many"}) {
    std::string text = given;
    EXPECT_NE(large_number(text), "") << given;
    EXPECT_EQ(text, given);
  }
}

}  // namespace
}  // namespace m2sim::cmd
