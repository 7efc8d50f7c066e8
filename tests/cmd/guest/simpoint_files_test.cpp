#include "cmd/guest/simpoint_files.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cmd/console/child_process.h"
#include "cmd/console/output_file.h"
#include "emu/user_error.h"

namespace m2sim::cmd {
namespace {

using Points = std::vector<timing::SimPoint>;

class SimPointFiles : public testing::Test {
 protected:
  Points read(const std::string& points, const std::string& weights) {
    write_file(path("a.simpoints"), points);
    write_file(path("a.weights"), weights);
    return read_simpoints(path("a.simpoints"), path("a.weights"));
  }
  std::string refused(const std::string& points, const std::string& weights) {
    try {
      read(points, weights);
    } catch (const emu::UserError& error) {
      return error.what();
    }
    return "";
  }
  std::string path(const std::string& name) const { return folder_.file(name); }

 private:
  TemporaryDirectory folder_;
};

TEST_F(SimPointFiles, WhatIsWrittenIsRead) {
  const Points points{{4, 0, 0.25}, {17, 2, 1.0 / 3}, {123456789012, 1, 0.1}};
  const Points again = read(simpoints_text(points), weights_text(points));
  ASSERT_EQ(again.size(), points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    EXPECT_EQ(again[i].interval, points[i].interval);
    EXPECT_EQ(again[i].phase, points[i].phase);
    EXPECT_NEAR(again[i].weight, points[i].weight, 1e-9);
  }
}

// As SimPoint 3.2 writes them: by phase, not in the order of the run.
TEST_F(SimPointFiles, OthersFilesAreRead) {
  const Points points = read("112 0\n9 1\n67 2\n", "0.0466667 0\n0.92 1\n3.33e-02 2\n\n");
  ASSERT_EQ(points.size(), 3U);
  EXPECT_EQ(points[0].interval, 9U);
  EXPECT_EQ(points[0].weight, 0.92);
  EXPECT_EQ(points[2].phase, 0U);
}

TEST_F(SimPointFiles, WhatStandsForNothingIsNotTimed) {
  EXPECT_EQ(read("1 0\n2 1\n", "1 0\n0 1\n").size(), 1U);
}

TEST_F(SimPointFiles, BadOnesAreRefusedByLine) {
  const std::string weights = "0.5 0\n0.5 1\n";
  const auto says = [&](const std::string& text, const std::string& words) {
    EXPECT_NE(text.find(words), std::string::npos) << text << " does not say: " << words;
    EXPECT_EQ(text.find('\n'), std::string::npos) << text;
  };
  says(refused("1 0\nx 1\n", weights), "a.simpoints', line 2: 'x 1' is not 'interval phase'");
  says(refused("1 0\n\n-3 1\n", weights), "line 3");
  says(refused("1 0\n2\n", weights), "line 2");
  says(refused("1 0\n2 1 7\n", weights), "line 2");
  says(refused("1 0\n1 1\n", weights), "line 2: interval 1 was in line 1 already");
  says(refused("", ""), "has no simulation points");
  says(refused("1 0\n", weights), "has 2 weights");
  says(refused("1 0\n2 1\n", "0.5 0\nmuch 1\n"), "a.weights', line 2: 'much 1' is not 'weight phase'");
  says(refused("1 0\n2 1\n", "0.5 0\n0.5 2\n"), "a.weights', line 2: this is a weight of phase 2");
  says(refused("1 0\n2 1\n", "0.5 0\n1.5 1\n"), "line 2: a weight lies between 0 and 1");
  says(refused("1 0\n2 1\n", "0.5 0\nnan 1\n"), "line 2");
  says(refused("1 0\n2 1\n", "0.9 0\n0.9 1\n"), "the weights sum to 1.8");
  says(refused("1 0\n2 1\n", "0 0\n0 1\n"), "the weights sum to 0");
  EXPECT_THROW(read_simpoints(path("none.simpoints"), path("none.weights")), emu::UserError);
}

TEST_F(SimPointFiles, AFileBesideHasAnotherEnding) {
  EXPECT_EQ(beside("a/b.simpoints", ".weights"), "a/b.weights");
  EXPECT_EQ(beside("a.b/c", ".interval"), "a.b/c.interval");
}

}  // namespace
}  // namespace m2sim::cmd
