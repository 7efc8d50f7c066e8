#include "cmd/results/report.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

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

TEST(Report, ABarShowsNothingOfATinyPartAndNeverMoreThanItsWidth) {
  EXPECT_EQ(bar_of(0, 10), "");
  EXPECT_EQ(bar_of(0.001, 10), "");
  EXPECT_EQ(bar_of(0.06, 10), "#");
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
  timing::TimingStats timed{};
  timed.core.cycles = 300;
  timed.core.insts = 100;
  timed.core.slots_per_cycle = 8;
  timed.core.slots[static_cast<std::size_t>(timing::StallReason::kBase)] = 1800;
  timed.core.slots[static_cast<std::size_t>(timing::StallReason::kMemoryL2)] = 600;
  Stats stats;
  append_timing_stats(stats, timed);
  append_run_stats(stats, {.instructions = 100});
  const std::string text = run_report(manifest, stats, false);
  EXPECT_NE(text.find("2.2500   75.0 %"), std::string::npos) << text;
  EXPECT_NE(text.find("25.0 %  ##########\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("mispredict  "), std::string::npos) << text;
}

// Every figure by which the report asks is there, with its value: a renamed one would be an error here.
TEST(Report, ShowsTheFiguresOfATimedRun) {
  timing::TimingStats timed{};
  timed.core.cycles = 2000;
  timed.core.insts = 1000;
  timed.branch.branches = 123;
  timed.branch.mispredicts = 4;
  timed.memory.l1d.accesses = 500;
  timed.memory.l1d.misses = 50;
  timed.memory.l1d.merges = 1234;
  timed.memory.l1d.late_prefetches = 9;
  timed.memory.l2_tlb.accesses = 77;
  Stats stats;
  append_timing_stats(stats, timed);
  append_run_stats(stats, {.instructions = 1000, .blocks_decoded = 31, .system_calls = 17, .seconds = 0.25});
  const std::string text = run_report(Manifest{}, stats, false);
  for (const std::string line :
       {"cycles                           2,000\n", "CPI                             2.0000\n",
        "IPC                             0.5000\n", "branches                           123\n",
        "mispredicted                         4\n", "MPKI                             4.000*\n",
        "l1d                500                50     10.00 %      50.000*          1,234                9\n",
        "l2_tlb              77                 0      0.00 %       0.000\n", "* of fewer than 100 events\n",
        "blocks decoded                      31\n", "system calls                        17\n",
        "seconds                          0.250\n"}) {
    EXPECT_NE(text.find("  " + line), std::string::npos) << line << text;
  }
}

TEST(Report, AFigureThatIsNotThereIsAMistakeAndNotZero) {
  Stats stats;
  append_timing_stats(stats, {});
  EXPECT_THROW(run_report(Manifest{}, stats, false), std::logic_error);
  EXPECT_THROW(stat_value(stats, "branch.mpki2"), std::logic_error);
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
