#include "calibration/statistics/student_t.h"

#include <gtest/gtest.h>

#include <cmath>

namespace m2sim::calibration {
namespace {

TEST(StudentT, HasThePublishedQuantiles) {
  struct Row {
    double confidence;
    unsigned degrees;
    double quantile;  // of every table, to three digits
  };
  for (const Row& row : {Row{0.95, 1, 12.706},
                         {0.95, 2, 4.303},
                         {0.95, 3, 3.182},
                         {0.95, 4, 2.776},
                         {0.95, 5, 2.571},
                         {0.95, 9, 2.262},
                         {0.95, 10, 2.228},
                         {0.95, 30, 2.042},
                         {0.95, 120, 1.980},
                         {0.99, 1, 63.657},
                         {0.99, 4, 4.604},
                         {0.99, 10, 3.169},
                         {0.90, 5, 2.015},
                         {0.90, 60, 1.671},
                         {0.999, 7, 5.408}}) {
    EXPECT_NEAR(student_t(row.confidence, row.degrees), row.quantile, 0.00051)
        << row.confidence << " " << row.degrees;
  }
}

TEST(StudentT, ManyDegreesAreNormal) { EXPECT_NEAR(student_t(0.95, 1'000'000), 1.959966, 1e-5); }

TEST(StudentT, TheShareWithinIsTheQuantilesInverse) {
  for (unsigned degrees = 1; degrees < 40; ++degrees) {
    for (const double confidence : {0.1, 0.5, 0.9, 0.95, 0.999}) {
      EXPECT_NEAR(student_t_within(student_t(confidence, degrees), degrees), confidence, 1e-12) << degrees;
    }
  }
  // One degree is Cauchy's, two have a closed form.
  EXPECT_NEAR(student_t_within(1, 1), 0.5, 1e-15);
  EXPECT_NEAR(student_t_within(-3, 2), 3 / std::sqrt(11.0), 1e-15);
}

}  // namespace
}  // namespace m2sim::calibration
