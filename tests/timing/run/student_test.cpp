#include "timing/run/student.h"

#include <gtest/gtest.h>

namespace m2sim::timing {
namespace {

// As tables have them.
TEST(Student, IsAsItsTable) {
  EXPECT_NEAR(student_quantile(2), 4.303, 0.04 * 4.303);
  EXPECT_NEAR(student_quantile(5), 2.571, 0.005);
  EXPECT_NEAR(student_quantile(30), 2.042, 0.001);
  EXPECT_NEAR(student_quantile(1e9), kNormalQuantile, 1e-6);
}

TEST(Student, BelowOneDegreeOfFreedomItIsThatOfOne) { EXPECT_EQ(student_quantile(0.2), student_quantile(1)); }

}  // namespace
}  // namespace m2sim::timing
