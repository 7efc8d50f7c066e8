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

TEST(Nearest, HasNothingToSayWithoutCandidates) {
  EXPECT_EQ(nearest("x", {}), "");
  EXPECT_EQ(did_you_mean("x", {}), "");
}

}  // namespace
}  // namespace m2sim::cmd
