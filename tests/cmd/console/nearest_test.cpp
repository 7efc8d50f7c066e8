#include "cmd/console/nearest.h"

#include <gtest/gtest.h>

#include <vector>

namespace m2sim::cmd {
namespace {

TEST(EditDistance, CountsEachKindOfEditOnce) {
  EXPECT_EQ(edit_distance("rob", "rob"), 0U);
  EXPECT_EQ(edit_distance("rob", "robs"), 1U);
  EXPECT_EQ(edit_distance("rob", "ob"), 1U);
  EXPECT_EQ(edit_distance("rob", "rub"), 1U);
  EXPECT_EQ(edit_distance("rob", "orb"), 1U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(Nearest, NamesTheCandidateWithTheFewestEdits) {
  const std::vector<std::string> names{"emulation", "timing", "fast-timing"};
  EXPECT_EQ(nearest("timming", names), "timing");
  EXPECT_EQ(nearest("fasttiming", names), "fast-timing");
  EXPECT_EQ(did_you_mean("timin", names), "; did you mean 'timing'?");
}

TEST(Nearest, KnowsShortFormsAndTables) {
  const std::vector<std::string> modes{"emulation", "timing", "fast-timing"};
  EXPECT_EQ(nearest("fast", modes), "fast-timing");
  EXPECT_EQ(nearest("fast timing", modes), "fast-timing");
  EXPECT_EQ(nearest("emu", modes), "emulation");
  const std::vector<std::string> cores{"m2-pcore", "m1-pcore"};
  EXPECT_EQ(nearest("m1", cores), "m1-pcore");
  const std::vector<std::string> fields{"prf.fp", "rob.groups", "rob.entries", "l1d.kib"};
  EXPECT_EQ(nearest("rob.group", fields), "rob.groups");
  EXPECT_EQ(nearest("rob.retire_groups", fields), "rob.groups");
}

TEST(Nearest, NamesNothingThatIsFar) {
  const std::vector<std::string> cores{"m2-pcore", "m1-pcore"};
  EXPECT_EQ(nearest("a15", cores), "");
  EXPECT_EQ(nearest("", cores), "");
  EXPECT_EQ(did_you_mean("a15", cores), "; there are m2-pcore, m1-pcore");
  const std::vector<std::string> many(9, "something");
  EXPECT_EQ(did_you_mean("x", many), "");
}

TEST(Nearest, HasNothingToSayWithoutCandidates) {
  EXPECT_EQ(nearest("x", {}), "");
  EXPECT_EQ(did_you_mean("x", {}), "");
}

}  // namespace
}  // namespace m2sim::cmd
