#include "calibration/structures/run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "calibration/structures/analysis.h"
#include "calibration/structures/curves.h"
#include "calibration/structures/trials.h"

namespace m2sim::calibration {
namespace {

const Curve& named(std::string_view name) {
  return *std::ranges::find_if(all_curves(), [name](const Curve& curve) { return curve.name == name; });
}

StructureBatch batch_of(std::string_view name) {
  StructureBatch batch;
  batch.curves = {&named(name)};
  batch.config = timing::m2_pcore();
  return batch;
}

const ProgressSink kSilent = [](double, double) {};

// The grid alone is 10 flags wide.
TEST(Run, AKneeIsKnownToHalfAPercent) {
  for (const Model model : {Model::kCore, Model::kFastCore}) {
    StructureBatch batch = batch_of("window.flags");
    batch.model = model;
    batch.config.prf.flags = 87;
    const std::vector<MeasuredCurve> curves = measure_structures(batch, kSilent);
    ASSERT_EQ(curves.size(), 1U);
    EXPECT_TRUE(curves[0].failure.empty()) << curves[0].failure;
    EXPECT_TRUE(std::ranges::is_sorted(curves[0].samples, {}, &Sample::x));
    const std::vector<Interval> intervals = knee_intervals(curves[0], {});
    ASSERT_EQ(intervals.size(), 1U);
    EXPECT_EQ(intervals[0].to, intervals[0].from + 1);
    EXPECT_EQ(intervals[0].from, 87U);
  }
}

TEST(Run, ThreadsDoNotChangeIt) {
  StructureBatch batch = batch_of("return_stack");
  const std::vector<MeasuredCurve> one = measure_structures(batch, kSilent);
  batch.jobs = 3;
  const std::vector<MeasuredCurve> three = measure_structures(batch, kSilent);
  ASSERT_EQ(one[0].samples.size(), three[0].samples.size());
  for (std::size_t i = 0; i < one[0].samples.size(); ++i) {
    EXPECT_EQ(one[0].samples[i].x, three[0].samples[i].x);
    EXPECT_EQ(one[0].samples[i].y, three[0].samples[i].y);
  }
}

TEST(Run, PointsThatWereMeasuredAreMeasuredHere) {
  StructureBatch batch = batch_of("fetch.aligned");
  batch.curves = {&named("branch_target.8")};
  Reference point;
  point.curve = "branch_target.8";
  point.from = 777;
  batch.references = {point};
  const std::vector<MeasuredCurve> curves = measure_structures(batch, kSilent);
  EXPECT_TRUE(std::ranges::any_of(curves[0].samples, [](const Sample& sample) { return sample.x == 777; }));
}

TEST(Run, WhatDoesNotRunSaysWhy) {
  const Curve broken{.name = "broken",
                     .title = "",
                     .x_name = "x",
                     .y_name = "y",
                     .grid = {1, 2},
                     .trial = [](std::uint64_t x) {
                       Trial trial = fetch_trial(8, 0);
                       if (x == 2) trial.words[0] = 0;  // undefined
                       return trial;
                     }};
  StructureBatch batch = batch_of("window.flags");
  batch.curves = {&broken};
  const std::vector<MeasuredCurve> curves = measure_structures(batch, kSilent);
  EXPECT_EQ(curves[0].failure, "at 2: it faults");
  EXPECT_EQ(curves[0].failed, 1U);
  EXPECT_EQ(curves[0].samples.size(), 1U);
}

}  // namespace
}  // namespace m2sim::calibration
