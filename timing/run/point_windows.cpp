#include "timing/run/point_windows.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "timing/run/student.h"

namespace m2sim::timing {
namespace {

double real(std::uint64_t value) { return static_cast<double>(value); }

// A sum over phases of which each has some points, and how well it is known.
class StratifiedVariance {
 public:
  // `interval`: the part of the run that an interval is.
  explicit StratifiedVariance(double interval) : interval_(interval) {}

  // `weight`: the phase's, of the run; `seen`: the part of the phase that its points are.
  void add(double weight, double seen, const std::vector<double>& values) {
    const double rest = std::max(0.0, 1 - seen);
    // There is no room for another interval: weights in files are rounded, and intervals differ a little.
    if (2 * rest * weight < interval_) return;
    if (values.size() < 2) {
      known_ = false;
      return;
    }
    const double count = static_cast<double>(values.size());
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
    double squares = 0;
    for (const double value : values) squares += (value - mean) * (value - mean);
    const double part = weight * weight * rest * squares / (count * (count - 1));
    sum_ += part;
    freedom_ += part * part / (count - 1);
  }
  bool known() const { return known_; }
  // With 95 % confidence; the degrees of freedom are Satterthwaite's.
  double half_width() const {
    return sum_ == 0 ? 0 : student_quantile(sum_ * sum_ / freedom_) * std::sqrt(sum_);
  }

 private:
  double interval_;
  bool known_ = true;
  double sum_ = 0;
  double freedom_ = 0;
};

}  // namespace

PointWindows::PointWindows(const SimPointPlan& plan) : plan_(plan) {}

Windows::Step PointWindows::next() {
  if (next_ == plan_.points.size()) return {UINT64_MAX, 0, 0, 0};
  const std::uint64_t begin = plan_.points[next_++].interval * plan_.interval_size;
  const std::uint64_t gap = begin - position_;
  const std::uint64_t detail = std::min(plan_.detail, gap);
  const std::uint64_t warm = std::min(std::max(plan_.warming, detail), gap) - detail;
  position_ = begin + plan_.interval_size;
  return {gap - warm - detail, warm, detail, plan_.interval_size, true, next_ % 2 == 0};
}

void PointWindows::measured(const TimingStats& window, const Warmth& warmth) {
  const double cycles = real(window.core.cycles);
  const double unwarmed = cycles == 0 ? 0 : std::min(warmth.unsure, cycles) / cycles;
  windows_.push_back({plan_.points[next_ - 1], window, unwarmed});
}

// That all points together stand for: less than 1 where the run ended before some of them, or the file is of
// a part of the phases.
double PointWindows::weight() const {
  return std::accumulate(windows_.begin(), windows_.end(), 0.0,
                         [](double sum, const Window& window) { return sum + window.point.weight; });
}

std::vector<std::vector<const PointWindows::Window*>> PointWindows::by_phase() const {
  std::map<std::uint64_t, std::vector<const Window*>> phases;
  for (const Window& window : windows_) phases[window.point.phase].push_back(&window);
  std::vector<std::vector<const Window*>> all;
  for (auto& [phase, windows] : phases) all.push_back(std::move(windows));
  return all;
}

Windows::Estimate PointWindows::estimate(std::uint64_t insts) const {
  Estimate result{};
  SampledFigures& figures = result.figures;
  const double all_weight = weight();
  StatsEstimate sum;
  double unwarmed = 0;
  for (const Window& window : windows_) {
    const double share = window.point.weight / all_weight * real(insts) / real(window.stats.core.insts);
    sum.add(window.stats, share);
    unwarmed += window.unwarmed * share * real(window.stats.core.cycles);
    figures.measured += window.stats.core.insts;
  }
  result.stats = sum.rounded();
  figures.windows = windows_.size();
  figures.strata = by_phase().size();
  figures.missed = plan_.points.size() - windows_.size();
  figures.half_widths.resize(stat_table().size());
  if (result.stats.core.cycles != 0) figures.unwarmed = unwarmed / real(result.stats.core.cycles);
  if (!windows_.empty()) add_half_widths(sum, insts, result);
  return result;
}

void PointWindows::add_half_widths(const StatsEstimate& sum, std::uint64_t insts, Estimate& estimate) const {
  const std::vector<StatValue> all = values(estimate.stats);
  const double all_weight = weight();
  const double interval = real(plan_.interval_size) / real(insts);
  std::vector<StratifiedVariance> variances(all.size(), StratifiedVariance(interval));
  for (const std::vector<const Window*>& phase : by_phase()) {
    double weight = 0;
    double seen = 0;
    std::vector<std::vector<double>> moves(all.size());
    for (const Window* window : phase) {
      weight += window->point.weight / all_weight;
      seen += real(window->stats.core.insts) / real(insts);
      const std::vector<double> of_window = influence(sum, all, insts, window->stats);
      for (std::size_t i = 0; i < all.size(); ++i) moves[i].push_back(of_window[i]);
    }
    for (std::size_t i = 0; i < all.size(); ++i) variances[i].add(weight, seen / weight, moves[i]);
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!variances[i].known()) continue;
    const double half_width = variances[i].half_width();
    estimate.figures.half_widths[i] = half_width;
    if (stat_table()[i].name == "core.cpi")
      estimate.figures.error =
          half_width * real(estimate.stats.core.insts) / real(estimate.stats.core.cycles);
  }
}

}  // namespace m2sim::timing
