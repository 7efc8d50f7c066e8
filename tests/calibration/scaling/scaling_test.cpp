#include "calibration/scaling/scaling.h"

#include <gtest/gtest.h>

#include <cmath>

namespace m2sim::calibration {
namespace {

SizeResult at(std::string name, std::uint64_t size, double cpi, double error = 0) {
  SizeResult result;
  result.kernel = {std::move(name), size, ""};
  result.instructions = static_cast<double>(size) * 100;
  result.cycles = cpi * result.instructions;
  if (error > 0) result.error = error * result.cycles;
  result.simulated = 10 * result.instructions;
  return result;
}

TEST(Scaling, DeviationsFromTheLargest) {
  const Scaling scaling = scaling_of({at("k", 32, 1.1, 0.03), at("k", 128, 1.0, 0.04), at("k", 16, 1.5)});
  ASSERT_EQ(scaling.kernels.size(), 1U);
  const KernelScaling& kernel = scaling.kernels[0];
  EXPECT_EQ(kernel.largest().kernel.size, 128U);
  EXPECT_NEAR(kernel.deviation(kernel.sizes[0]), 0.5, 1e-12);
  EXPECT_NEAR(kernel.deviation(kernel.sizes[1]), 0.1, 1e-12);
  EXPECT_NEAR(kernel.deviation_error(kernel.sizes[1]), 1.1 * std::hypot(0.03, 0.04), 1e-12);
  EXPECT_EQ(kernel.deviation_error(kernel.largest()), 0);
  EXPECT_NEAR(kernel.saved(kernel.sizes[0]), 1 - 16.0 / 128, 1e-12);
}

TEST(Scaling, ASizeThatHappensToAgreeIsNotRecommended) {
  const Scaling scaling = scaling_of(
      {at("k", 16, 1.0), at("k", 32, 1.2), at("k", 64, 1.01), at("k", 128, 0.99), at("k", 256, 1.0)});
  const KernelScaling& kernel = scaling.kernels[0];
  EXPECT_EQ(kernel.recommended(0.02).kernel.size, 64U);
  EXPECT_EQ(kernel.recommended(0.005).kernel.size, 256U);
  EXPECT_EQ(kernel.recommended(0.5).kernel.size, 16U);
}

TEST(Scaling, CorrelationOverKernels) {
  const Scaling scaling = scaling_of({at("a", 16, 2), at("a", 64, 1), at("b", 16, 4), at("b", 64, 2),
                                      at("c", 16, 6), at("c", 64, 3), at("d", 32, 1)});
  ASSERT_EQ(scaling.sizes.size(), 1U);  // no other has three kernels with a larger size
  EXPECT_EQ(scaling.sizes[0].size, 16U);
  EXPECT_EQ(scaling.sizes[0].kernels, 3U);
  EXPECT_NEAR(scaling.sizes[0].correlation, 1, 1e-12);             // they grow together
  EXPECT_NEAR(scaling.sizes[0].r2, 1 - (1 + 4 + 9) / 2.0, 1e-12);  // and yet say nothing
  EXPECT_NEAR(scaling.sizes[0].mean_deviation, 1, 1e-12);
}

TEST(Scaling, WhatDoesNotRunSaysWhy) {
  ScalingBatch batch;
  batch.kernels = {{"k", 16, "/none/such"}};
  batch.config = timing::m2_pcore();
  const Scaling scaling = scale(batch, [](double, double) {});
  EXPECT_TRUE(scaling.kernels.empty());
  ASSERT_EQ(scaling.failed.size(), 1U);
  EXPECT_FALSE(scaling.failed[0].failure.empty());
}

}  // namespace
}  // namespace m2sim::calibration
