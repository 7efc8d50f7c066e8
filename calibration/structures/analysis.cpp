#include "calibration/structures/analysis.h"

#include <algorithm>
#include <cmath>

namespace m2sim::calibration {
namespace {

std::vector<Sample> within(std::span<const Sample> samples, double from, double to) {
  std::vector<Sample> chosen;
  std::ranges::copy_if(samples, std::back_inserter(chosen), [from, to](const Sample& sample) {
    const auto x = static_cast<double>(sample.x);
    return x >= from && x <= to;
  });
  return chosen;
}

std::optional<Interval> largest_rise(std::span<const Sample> samples) {
  std::optional<Interval> where;
  double most = 0;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    const double rise = samples[i].y - samples[i - 1].y;
    if (rise <= most) continue;
    most = rise;
    where = Interval{samples[i - 1].x, samples[i].x};
  }
  return where;
}

double log_ratio(double ours, double measured) { return std::abs(std::log(ours / measured)); }

bool on_plateau(const Reference& measured, double ours, Quantity quantity) {
  const double absolute = quantity == Quantity::kCyclesPerUnit ? kPlateauCycles : 0;
  const auto near = [&](double value) {
    return std::abs(ours - value) <= std::max(kPlateauTolerance * value, absolute);
  };
  return (ours >= measured.low && ours <= measured.high) || near(measured.low) || near(measured.high);
}

// Whether much of what a curve rises in a reference's range is close to a place. Otherwise it is a slope.
bool jumps(const MeasuredCurve& curve, const Interval& where, const Reference& reference) {
  constexpr double kShare = 0.25;
  constexpr double kClose = 0.02;  // the last fillers may find room in a group that has begun
  const std::vector<Sample> range = within(curve.samples, reference.from, reference.to);
  const double all = std::ranges::max_element(range, {}, &Sample::y)->y - range.front().y;
  const auto x = static_cast<double>(where.from);
  const double from = std::max(x * (1 - kClose) - 1, static_cast<double>(range.front().x));
  const double to = std::min(x * (1 + kClose) + 1, static_cast<double>(range.back().x));
  return *value_at(curve, to) - *value_at(curve, from) > kShare * all;
}

ComparedReference compare_knee(const MeasuredCurve& curve, const Reference& reference) {
  ComparedReference compared{.measured = &reference, .ours = {}, .agrees = false, .error = 0};
  const std::optional<Interval> found = knee(curve.samples, reference);
  if (!found) return compared;
  if (reference.kind == ReferenceKind::kStep && !jumps(curve, *found, reference)) return compared;
  compared.ours = static_cast<double>(found->from);
  compared.error = log_ratio(*compared.ours, reference.value);
  const double low = reference.low * (1 - kKneeTolerance);
  const double high = reference.high * (1 + kKneeTolerance);
  compared.agrees = *compared.ours >= std::min(low, reference.low - 1) &&
                    *compared.ours <= std::max(high, reference.high + 1);
  return compared;
}

ComparedReference compare_height(const MeasuredCurve& curve, const Reference& reference) {
  ComparedReference compared{.measured = &reference, .ours = {}, .agrees = false, .error = 0};
  compared.ours = reference.kind == ReferenceKind::kPoint
                      ? value_at(curve, reference.from)
                      : plateau(curve.samples, reference.from, reference.to);
  if (!compared.ours) return compared;
  const double ours = *compared.ours;
  compared.agrees = on_plateau(reference, ours, curve.curve->quantity);
  if (ours < reference.low) compared.error = log_ratio(ours, reference.low);
  if (ours > reference.high) compared.error = log_ratio(ours, reference.high);
  return compared;
}

std::optional<double> mean_error(std::span<const ComparedReference> points, bool with_open) {
  double sum = 0;
  std::size_t count = 0;
  for (const ComparedReference& point : points) {
    if (!point.ours || (!with_open && !point.measured->open.empty())) continue;
    sum += point.error;
    ++count;
  }
  if (count == 0) return std::nullopt;
  return std::exp(sum / static_cast<double>(count)) - 1;
}

}  // namespace

std::optional<Interval> knee(std::span<const Sample> samples, const Reference& reference) {
  const double share = reference.kind == ReferenceKind::kStep ? 0.5 : 0.03;
  constexpr double kLeast = 0.05;
  const std::vector<Sample> range = within(samples, reference.from, reference.to);
  if (range.size() < 2) return std::nullopt;
  const double base = range.front().y;
  const double top = std::ranges::max_element(range, {}, &Sample::y)->y;
  if (top - base < kLeast * base) return std::nullopt;
  for (std::size_t i = 1; i < range.size(); ++i) {
    if (range[i].y > base + share * (top - base)) return Interval{range[i - 1].x, range[i].x};
  }
  return std::nullopt;
}

std::vector<Interval> knee_intervals(const MeasuredCurve& curve, std::span<const Reference> references) {
  std::vector<Interval> intervals;
  if (!curve.curve->cases.empty() || curve.curve->quantity != Quantity::kCyclesPerUnit) return intervals;
  bool any = false;
  for (const Reference& reference : references) {
    if (reference.curve != curve.curve->name || !is_x(reference.kind)) continue;
    any = true;
    if (const auto found = knee(curve.samples, reference)) intervals.push_back(*found);
  }
  if (any) return intervals;
  if (const auto found = largest_rise(curve.samples)) intervals.push_back(*found);
  return intervals;
}

std::optional<double> plateau(std::span<const Sample> samples, double from, double to) {
  std::vector<Sample> range = within(samples, from, to);
  if (range.empty()) return std::nullopt;
  std::ranges::sort(range, {}, &Sample::y);
  return range[range.size() / 2].y;
}

std::optional<double> value_at(const MeasuredCurve& curve, double x) {
  const std::vector<Sample>& samples = curve.samples;
  const auto right =
      std::ranges::lower_bound(samples, x, {}, [](const Sample& s) { return static_cast<double>(s.x); });
  if (right == samples.end()) return std::nullopt;
  const auto right_x = static_cast<double>(right->x);
  if (right_x == x) return right->y;
  if (right == samples.begin()) return std::nullopt;
  const auto left = std::prev(right);
  const auto left_x = static_cast<double>(left->x);
  const double share = curve.curve->x_scale == Scale::kLogarithmic
                           ? std::log(x / left_x) / std::log(right_x / left_x)
                           : (x - left_x) / (right_x - left_x);
  return left->y + share * (right->y - left->y);
}

ComparedCurve compare(const MeasuredCurve& curve, std::span<const Reference> references) {
  ComparedCurve compared;
  compared.ours = &curve;
  for (const Reference& reference : references) {
    if (reference.curve != curve.curve->name) continue;
    if (reference.kind == ReferenceKind::kPoint) {
      compared.points.push_back(compare_height(curve, reference));
    } else if (is_x(reference.kind)) {
      compared.figures.push_back(compare_knee(curve, reference));
    } else {
      compared.figures.push_back(compare_height(curve, reference));
    }
  }
  compared.error = mean_error(compared.points, true);
  compared.error_without_open = mean_error(compared.points, false);
  for (const ComparedReference& point : compared.points) {
    if (point.ours && (compared.worst == nullptr || point.error > compared.worst->error))
      compared.worst = &point;
  }
  return compared;
}

void AgreeingFigures::add(const ComparedReference& figure) {
  const bool known = figure.measured->open.empty();
  ++(known ? all : open);
  (known ? agree : open_agree) += figure.agrees ? 1 : 0;
}

StructureTotals totals_of(std::span<const ComparedCurve> curves) {
  StructureTotals totals;
  double sum = 0;
  for (const ComparedCurve& compared : curves) {
    for (const ComparedReference& figure : compared.figures) {
      (is_x(figure.measured->kind) ? totals.knees : totals.plateaus).add(figure);
    }
    if (!compared.error_without_open) continue;
    sum += std::log1p(*compared.error_without_open);
    ++totals.curves;
  }
  if (totals.curves > 0) totals.points_error = std::expm1(sum / static_cast<double>(totals.curves));
  return totals;
}

}  // namespace m2sim::calibration
