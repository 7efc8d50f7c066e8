// What a curve says: where it rises and how high it lies, and how far both are from what was measured.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "calibration/structures/reference.h"
#include "calibration/structures/run.h"

namespace m2sim::calibration {

inline constexpr double kKneeTolerance = 0.03;
inline constexpr double kPlateauTolerance = 0.07;
inline constexpr double kPlateauCycles = 0.5;  // or this, where it is more; bytes a cycle have none of it

// Two neighbouring values of x; the knee is between them.
struct Interval {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
};

// The last x in a reference's range before y has risen by 3 % of all that it rises there, or, of a step, by
// half of it; nothing where all that is less than a twentieth. What is compared as a step must jump there.
std::optional<Interval> knee(std::span<const Sample> samples, const Reference& reference);
// Where a curve has knees that are to be known precisely: those that were measured, or, if none was, where it
// rises most.
std::vector<Interval> knee_intervals(const MeasuredCurve& curve, std::span<const Reference> references);
// The median of y.
std::optional<double> plateau(std::span<const Sample> samples, double from, double to);
// Between the samples on a straight line; nothing outside of them.
std::optional<double> value_at(const MeasuredCurve& curve, double x);

struct ComparedReference {
  const Reference* measured = nullptr;
  std::optional<double> ours;  // nothing: the curve has none
  bool agrees = false;  // of points: lies within what the reading leaves open, or the tolerance of plateaus
  double error = 0;     // |log(ours / measured)|, of points 0 within low and high
};

struct ComparedCurve {
  const MeasuredCurve* ours = nullptr;
  std::vector<ComparedReference> points;
  std::vector<ComparedReference> figures;  // knees and plateaus
  // Of all points, with and without those that the model is known not to have; as a factor less 1.
  std::optional<double> error;
  std::optional<double> error_without_open;
  const ComparedReference* worst = nullptr;  // point
};

// `references` are those of one core.
ComparedCurve compare(const MeasuredCurve& curve, std::span<const Reference> references);

// How many figures agree; those of mechanisms that the model is known to lack apart.
struct AgreeingFigures {
  std::size_t agree = 0;
  std::size_t all = 0;
  std::size_t open_agree = 0;
  std::size_t open = 0;

  void add(const ComparedReference& figure);
};

struct StructureTotals {
  AgreeingFigures knees;
  AgreeingFigures plateaus;
  std::size_t curves = 0;   // with points, without those of what is open
  double points_error = 0;  // geometric mean over them, as a factor less 1
};

StructureTotals totals_of(std::span<const ComparedCurve> curves);

}  // namespace m2sim::calibration
