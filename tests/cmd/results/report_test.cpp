#include "cmd/results/report.h"

#include <gtest/gtest.h>

#include "cmd/console/progress.h"

namespace m2sim::cmd {
namespace {

TEST(Report, GroupsDigitsByThree) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(1234567), "1,234,567");
  EXPECT_EQ(grouped(UINT64_MAX), "18,446,744,073,709,551,615");
}

TEST(Report, ABarShowsAnyPartAtAllAndNeverMoreThanItsWidth) {
  EXPECT_EQ(bar_of(0, 10), "");
  EXPECT_EQ(bar_of(0.001, 10), "#");
  EXPECT_EQ(bar_of(0.5, 10), "#####");
  EXPECT_EQ(bar_of(2, 10), "##########");
}

TEST(Report, EmulationHasNoTimeInIt) {
  Manifest manifest;
  manifest.program = "prog";
  manifest.mode = Mode::kEmulation;
  manifest.end = "exit";
  Stats stats;
  append_run_stats(stats, {.instructions = 1234567, .seconds = 0.5});
  const std::string text = run_report(manifest, stats, false);
  EXPECT_NE(text.find("prog: exit status 0; emulation mode\n"), std::string::npos) << text;
  EXPECT_NE(text.find("1,234,567"), std::string::npos);
  EXPECT_EQ(text.find("CPI"), std::string::npos);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST(Report, TheStackShowsOnlyPartsThatCostSomething) {
  Manifest manifest;
  Stats stats{{"core.cycles", "", "", std::uint64_t{300}},
              {"core.insts", "", "", std::uint64_t{100}},
              {"core.cpi_stack.base", "", "", 225.0},
              {"core.cpi_stack.mispredict", "", "", 0.0},
              {"core.cpi_stack.memory_l2", "", "", 75.0}};
  append_run_stats(stats, {.instructions = 100});
  const std::string text = run_report(manifest, stats, false);
  EXPECT_NE(text.find("2.2500   75.0 %"), std::string::npos) << text;
  EXPECT_NE(text.find("25.0 %  ##########\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("mispredict  "), std::string::npos) << text;
}

TEST(Progress, SaysWhatIsDoneHowFastAndHowLongItWillTake) {
  const std::string line = progress_line(1, 4, 20, "5.0 MIPS", "1 of 4 programs", 200);
  EXPECT_EQ(line, "[######..................]  25 %  5.0 MIPS  1:00 left  1 of 4 programs");
}

TEST(Progress, FitsTheTerminalAndSurvivesNothingToDo) {
  EXPECT_EQ(progress_line(1, 4, 20, "", "label", 20).size(), 19U);
  EXPECT_EQ(progress_line(0, 0, 0, "", "", 80), "[........................]   0 %");
  EXPECT_EQ(progress_line(5, 4, 1, "", "", 80), "[########################] 100 %  0:00 left");
}

TEST(Progress, WritesDurationsAsClocksDo) {
  EXPECT_EQ(format_duration(7.4), "0:07");
  EXPECT_EQ(format_duration(61), "1:01");
  EXPECT_EQ(format_duration(3723), "1:02:03");
}

}  // namespace
}  // namespace m2sim::cmd
