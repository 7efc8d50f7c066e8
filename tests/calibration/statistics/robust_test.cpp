#include "calibration/statistics/robust.h"

#include <gtest/gtest.h>

namespace m2sim::calibration {
namespace {

TEST(Robust, TheMedianIsTheMiddleOneOrTheMeanOfTwo) {
  EXPECT_EQ(median({3}), 3);
  EXPECT_EQ(median({9, 1, 2}), 2);
  EXPECT_EQ(median({9, 1, 2, 4}), 3);
}

TEST(Robust, TrimmingTakesAsManyFromEachSide) {
  EXPECT_EQ(trimmed_mean({5}, 0.2), 5);
  EXPECT_EQ(trimmed_mean({1, 2, 3, 10}, 0.2), 4);  // a fifth of four is none
  EXPECT_EQ(trimmed_mean({1000, 1, 2, 3, -50}, 0.2), 2);
  EXPECT_EQ(trimmed_mean({1, 1, 1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 90, 90, 90}, 0.2), 8);  // three of fifteen
  EXPECT_EQ(trimmed_mean({1, 2, 6}, 0), 3);
}

}  // namespace
}  // namespace m2sim::calibration
