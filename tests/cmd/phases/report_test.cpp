#include "cmd/phases/report.h"

#include <gtest/gtest.h>

#include <string>

namespace m2sim::cmd {
namespace {

timing::RunPhases two_phases() {
  timing::RunPhases phases;
  phases.labels = {0, 0, 0, 1, 1, 0, 0, 1};
  phases.phases.resize(2);
  phases.phases[0] = {0.625, 5, 1, 0.01, {{1, 0.3125, 0}, {6, 0.3125, 0}}};
  phases.phases[1] = {0.375, 3, 4, 0.02, {{4, 0.375, 1}}};
  return phases;
}

TEST(PhasesReport, TheStripShowsTheRunFromLeftToRight) {
  EXPECT_EQ(phases_strip(two_phases(), 100), "AAABBAAB");
  EXPECT_EQ(phases_strip(two_phases(), 3), "ABA");
}

TEST(PhasesReport, PointsAreInTheOrderOfTheRun) {
  const auto points = points_of(two_phases());
  ASSERT_EQ(points.size(), 3U);
  EXPECT_EQ(points[1].interval, 4U);
  EXPECT_EQ(points[1].phase, 1U);
  EXPECT_EQ(points[1].weight, 0.375);
}

TEST(PhasesReport, TheTableHasARowAPhase) {
  const std::string text = phases_text({"prog", 8'000, 12, 1'000, {}, two_phases()}, false);
  EXPECT_NE(text.find("prog: 8,000 instructions, 8 intervals of 1,000, 12 blocks\n"), std::string::npos)
      << text;
  EXPECT_NE(text.find("62.50 %"), std::string::npos) << text;
  EXPECT_NE(text.find("1 6\n"), std::string::npos) << text;
  EXPECT_NE(text.find("3 points, 37.50 % of the run"), std::string::npos) << text;
}

}  // namespace
}  // namespace m2sim::cmd
