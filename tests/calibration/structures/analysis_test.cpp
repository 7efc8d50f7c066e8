#include "calibration/structures/analysis.h"

#include <gtest/gtest.h>

#include <cmath>

namespace m2sim::calibration {
namespace {

const Curve kCurve{
    .name = "a", .title = "", .x_name = "x", .y_name = "cycles", .grid = {1, 100}, .trial = nullptr};

Reference reference(ReferenceKind kind, double from, double to, double value) {
  Reference made;
  made.curve = "a";
  made.kind = kind;
  made.from = from;
  made.to = to;
  made.value = made.low = made.high = value;
  return made;
}

// Flat, a little higher from 20 on, twice as high from 50 on.
MeasuredCurve stairs() {
  MeasuredCurve curve{.curve = &kCurve, .samples = {}, .failure = {}};
  for (std::uint64_t x = 1; x <= 100; ++x) {
    const double y = x < 20 ? 10 : x < 50 ? 11 : 20;
    curve.samples.push_back({x, y});
  }
  return curve;
}

TEST(Analysis, AKneeIsTheFirstRiseAStepTheMiddleOne) {
  const MeasuredCurve curve = stairs();
  EXPECT_EQ(knee(curve.samples, reference(ReferenceKind::kKnee, 1, 100, 1))->from, 19U);
  EXPECT_EQ(knee(curve.samples, reference(ReferenceKind::kStep, 1, 100, 1))->from, 49U);
  EXPECT_EQ(knee(curve.samples, reference(ReferenceKind::kKnee, 30, 100, 1))->from, 49U);
  EXPECT_FALSE(knee(curve.samples, reference(ReferenceKind::kKnee, 60, 100, 1)).has_value()) << "flat";
}

TEST(Analysis, PlateausAreMedians) {
  EXPECT_EQ(plateau(stairs().samples, 10, 25), 10);
  EXPECT_EQ(plateau(stairs().samples, 15, 48), 11);
  EXPECT_FALSE(plateau(stairs().samples, 200, 300).has_value());
}

TEST(Analysis, ValuesBetweenSamplesLieOnALine) {
  MeasuredCurve curve{.curve = &kCurve, .samples = {{10, 1}, {20, 3}}, .failure = {}};
  EXPECT_EQ(value_at(curve, 10), 1);
  EXPECT_EQ(value_at(curve, 15), 2);
  EXPECT_FALSE(value_at(curve, 9).has_value());
  EXPECT_FALSE(value_at(curve, 21).has_value());
  Curve logarithmic = kCurve;
  logarithmic.x_scale = Scale::kLogarithmic;
  curve.curve = &logarithmic;
  EXPECT_NEAR(*value_at(curve, std::sqrt(200.0)), 2, 1e-9);
}

TEST(Analysis, AgreementHasItsTolerances) {
  const MeasuredCurve curve = stairs();
  const auto agrees = [&curve](const Reference& measured) {
    return compare(curve, std::span(&measured, 1)).figures[0].agrees;
  };
  EXPECT_TRUE(agrees(reference(ReferenceKind::kStep, 1, 100, 50)));
  EXPECT_FALSE(agrees(reference(ReferenceKind::kStep, 1, 100, 53)));
  EXPECT_FALSE(agrees(reference(ReferenceKind::kKnee, 60, 100, 70))) << "it has none";
  EXPECT_TRUE(agrees(reference(ReferenceKind::kPlateau, 60, 100, 21)));
  EXPECT_FALSE(agrees(reference(ReferenceKind::kPlateau, 60, 100, 22)));
  EXPECT_TRUE(agrees(reference(ReferenceKind::kPlateau, 1, 10, 10.5))) << "half a cycle";
  Reference unsure = reference(ReferenceKind::kPlateau, 60, 100, 30);
  unsure.low = 20;
  EXPECT_TRUE(agrees(unsure)) << "what the reading leaves open";
}

// The middle of a slope is where its range puts it.
TEST(Analysis, ASlopeIsNoStep) {
  MeasuredCurve slope{.curve = &kCurve, .samples = {}, .failure = {}};
  for (std::uint64_t x = 1; x <= 100; ++x) slope.samples.push_back({x, static_cast<double>(x)});
  const Reference middle = reference(ReferenceKind::kStep, 1, 100, 50);
  EXPECT_FALSE(compare(slope, std::span(&middle, 1)).figures[0].ours.has_value());
}

TEST(Analysis, ErrorsAreFactorsAndLeaveOutWhatIsOpen) {
  const MeasuredCurve curve = stairs();
  std::vector<Reference> measured{reference(ReferenceKind::kPoint, 5, 5, 10),
                                  reference(ReferenceKind::kPoint, 60, 60, 40)};
  const ComparedCurve all = compare(curve, measured);
  EXPECT_NEAR(*all.error, std::sqrt(2.0) - 1, 1e-9);
  EXPECT_EQ(all.worst->measured->from, 60);
  measured[1].open = "a mechanism";
  EXPECT_NEAR(*compare(curve, measured).error_without_open, 0, 1e-9);
  EXPECT_NEAR(*compare(curve, measured).error, std::sqrt(2.0) - 1, 1e-9);
  measured[0].curve = "another";
  EXPECT_FALSE(compare(curve, measured).error_without_open.has_value());
}

}  // namespace
}  // namespace m2sim::calibration
