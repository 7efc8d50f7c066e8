#include "calibration/fit/space.h"

#include <gtest/gtest.h>

namespace m2sim::calibration {
namespace {

const std::vector<FitParameter> kParameters = {
    {"linear", 10, 30, 20}, {"given", 5, 5, 5}, {"logarithmic", 1, 256, 16}, {"from nothing", 0, 100, 7}};

TEST(Space, RelaxesAndRoundsToTheSame) {
  const Space space(kParameters);
  EXPECT_EQ(space.free(), (std::vector<std::size_t>{0, 2, 3})) << "what has one value is not free";
  const std::vector<double> own = space.relaxed({20, 5, 16, 7});
  EXPECT_DOUBLE_EQ(own[0], 0.5);
  EXPECT_DOUBLE_EQ(own[1], 0.5);
  EXPECT_DOUBLE_EQ(own[2], 0.07);
  for (std::uint32_t value = 1; value <= 256; ++value) {
    const Values values = {10 + value % 21, 5, value, value % 101};
    EXPECT_EQ(space.values(space.relaxed(values)), values);
  }
  EXPECT_EQ(space.values(std::vector<double>{-1, 2, 0.004}), (Values{10, 5, 256, 0}));
}

TEST(Space, WhatIsFixedStays) {
  Space space(kParameters);
  space.fix(2, 40);
  EXPECT_FALSE(space.is_free(2));
  EXPECT_EQ(space.values(std::vector<double>{0, 1}), (Values{10, 5, 40, 100}));
  EXPECT_EQ(space.within({11, 5, 12, 13}), (Values{11, 5, 40, 13}));
}

TEST(Space, MovesAsFarAsTheBounds) {
  const Space space(kParameters);
  EXPECT_EQ(space.moved({20, 5, 16, 7}, 0, -3), (Values{17, 5, 16, 7}));
  EXPECT_EQ(space.moved({20, 5, 16, 7}, 3, -8), (Values{20, 5, 16, 0}));
  EXPECT_EQ(space.moved({20, 5, 16, 7}, 2, 1'000'000), (Values{20, 5, 256, 7}));
}

TEST(Space, DistanceIsFromTheOwnValues) {
  const Space space(kParameters);
  EXPECT_EQ(space.distance({20, 5, 16, 7}), 0);
  EXPECT_DOUBLE_EQ(space.distance({10, 5, 256, 7}), 1);
}

}  // namespace
}  // namespace m2sim::calibration
