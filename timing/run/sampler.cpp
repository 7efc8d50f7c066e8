#include "timing/run/sampler.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <variant>

#include "timing/run/neighbour_variance.h"
#include "timing/run/student.h"

namespace m2sim::timing {
namespace {

// So many instructions are timed whole at first.
constexpr std::uint64_t kFirst = 100'000;
// A stratum is at most such a part of what lies before it: it bounds what one window can stand for.
constexpr double kFewestParts = 30;
// Before so many windows nobody knows the variance.
constexpr std::uint64_t kFewWindows = 8;
// What is timed ahead of a window is drawn, from as much again or from so much, where that is no more than
// such a part of the stratum.
constexpr std::uint64_t kFreeDetail = 16'000;
constexpr std::uint64_t kFreePart = 32;
// The interval is aimed at below what is asked for, as its width is itself an estimate.
constexpr double kAim = 0.7;
// What is not warm is in the interval, too, and windows make up for at most such a part of it.
constexpr double kMostUnwarmed = 0.8;
// Of the cycles, in parts of the error that is asked for: with more of them unwarmed warming grows, with
// fewer it shrinks.
constexpr double kMuchUnwarmed = 1.0 / 4;
constexpr double kLittleUnwarmed = 1.0 / 64;
// Windows that warming is judged by.
constexpr unsigned kFewFollowed = 4;
constexpr unsigned kManyFollowed = 32;
constexpr unsigned kManyPoints = 12;  // of the trend over windows
constexpr std::uint64_t kLeastGrown = 10'000;
constexpr std::uint64_t kLongestWarming = std::uint64_t{1} << 40;

double real(std::uint64_t value) { return static_cast<double>(value); }

double cpi(const TimingStats& stats) { return real(stats.core.cycles) / real(stats.core.insts); }

double number(const StatValue& value) {
  return std::visit([](auto v) { return static_cast<double>(v); }, value);
}

bool counts_cycles(std::string_view name) {
  return name == "core.cpi" || name == "core.cycles" || name == "core.ipc";
}

// Seeds that are next to each other give numbers that are not (the last steps of MurmurHash3); 0 gives one.
std::uint32_t mixed(std::uint32_t seed) {
  seed = (seed ^ seed >> 16) * 0x85ebca6bU;
  seed = (seed ^ seed >> 13) * 0xc2b2ae35U;
  return seed ^ seed >> 16 ^ 0x2545F491U;
}

}  // namespace

Sampler::Sampler(const SamplePlan& plan)
    : plan_(plan), random_(std::max(mixed(plan.seed), 1U)), warming_(plan.warming) {}

std::uint64_t Sampler::below(std::uint64_t count) {
  const std::uint64_t high = random_.next();
  return static_cast<std::uint64_t>((static_cast<unsigned __int128>(high << 32 | random_.next()) * count) >>
                                    64);
}

Sampler::Step Sampler::next() {
  if (windows_.empty()) {
    stratum_ = stratum_end_ = position_ = trained_ = kFirst;
    return {0, 0, 0, stratum_};
  }
  stratum_ = next_stratum();
  const std::uint64_t detail = next_detail();
  const std::uint64_t timed = detail + plan_.window;
  const std::uint64_t begin = stratum_end_ + below(stratum_ - timed + 1);
  stratum_end_ += stratum_;
  const std::uint64_t warm = std::min(warming_, begin - position_);
  warm_ = warm;
  const Step step{begin - position_ - warm, warm, detail, plan_.window, false, random_.next() % 2 != 0};
  skipped_ = step.skip != 0;
  position_ = begin + timed;
  trained_ += position_ - begin + warm;
  return step;
}

// Loops whose iterations overlap may take turns for ever, a long one and a short one, and which of them is
// long was decided when the pipe was empty. A window that lay a fixed number of iterations behind that would
// always meet the same.
std::uint64_t Sampler::next_detail() {
  const std::uint64_t room = stratum_ - plan_.detail - plan_.window;
  const std::uint64_t most = std::max(plan_.detail, std::min(kFreeDetail, stratum_ / kFreePart));
  return plan_.detail + below(std::min(most, room + 1));
}

// With strata of a K-th part of what lies before them, 2 K equal ones would know as much.
std::uint64_t Sampler::next_stratum() const {
  double parts = kFewestParts;
  if (recent_.windows() >= kFewWindows) {
    const double cpi = cycles_ / real(stratum_end_);
    const double aim = kAim * plan_.error;
    const double unwarmed = std::min(unwarmed_ / cycles_, kMostUnwarmed * aim);
    const double deviations = kNormalQuantile / std::sqrt(aim * aim - unwarmed * unwarmed);
    parts = std::max(parts, recent_.variance() / (cpi * cpi) * deviations * deviations / 2);
  }
  const auto part = static_cast<std::uint64_t>(real(stratum_end_) / parts);
  return std::max(plan_.detail + plan_.window, part);
}

void Sampler::measured(const TimingStats& window, const Warmth& warmth) {
  const double cycles = real(window.core.cycles);
  double unwarmed = cycles == 0 ? 0 : std::min(warmth.unsure, cycles) / cycles;
  cycles_ += cpi(window) * real(stratum_);
  if (!windows_.empty()) {
    recent_.add(real(stratum_) / real(stratum_end_), cpi(window));
    if (skipped_) {
      follow(warmth);
      unwarmed += std::max(certain_cooling(), certain_learning());
      adapt_warming(unwarmed);
    }
  }
  unwarmed_ += unwarmed * cpi(window) * real(stratum_);
  windows_.push_back({real(stratum_), window, unwarmed});
}

// Where caches and predictors still learn at the end of warming, its last quarter loses less than the one
// before. A single window says little of that.
void Sampler::follow(const Warmth& warmth) {
  const unsigned windows = std::min(++followed_, kManyFollowed);
  if (warm_ < 4) return;
  const double quarter = real(warm_ / 4) * cycles_ / real(stratum_end_);
  learning_.add(std::log2(real(trained_)), (warmth.quarters[0] + warmth.quarters[1]) / (2 * real(warm_ / 4)));
  const double less = (warmth.quarters[0] - warmth.quarters[1]) / quarter;
  cooling_ += (less - cooling_) / windows;
  cooling_squares_ += (less * less - cooling_squares_) / windows;
}

// What is more than two standard errors.
double Sampler::certain_cooling() const {
  if (followed_ < kFewFollowed) return 0;
  const double variance = std::max(0.0, cooling_squares_ - cooling_ * cooling_);
  return std::max(0.0, cooling_ - 2 * std::sqrt(variance / std::min(followed_, kManyFollowed)));
}

// Predictors may learn for as long as a program runs, and here they see less of it: what they would have
// learned from the rest, if it goes on as lately. What is more than two standard errors.
double Sampler::certain_learning() const {
  if (learning_.points() < kManyPoints || followed_ < kManyPoints) return 0;
  const Trend::Slope slope = learning_.slope();
  const double certain = std::max(0.0, -slope.value - 2 * slope.error);
  return certain * std::log2(real(stratum_end_) / real(trained_)) * real(stratum_end_) / cycles_;
}

void Sampler::adapt_warming(double unwarmed) {
  if (followed_ >= kFewFollowed && unwarmed > kMuchUnwarmed * plan_.error) {
    warming_ = std::clamp(2 * warming_, kLeastGrown, kLongestWarming);
    followed_ = 0;
    cooling_ = cooling_squares_ = 0;
  } else if (followed_ >= kManyFollowed && unwarmed < kLittleUnwarmed * plan_.error) {
    warming_ = std::max(warming_ - warming_ / 8, plan_.warming);
  }
}

// All that has executed, stratum by stratum; what lies behind the last window is its too.
std::vector<Sampler::Window> Sampler::weighted(std::uint64_t insts) const {
  std::vector<Window> windows = windows_;
  double before = 0;
  for (std::size_t i = 0; i + 1 < windows.size(); ++i) before += windows[i].stratum;
  if (!windows.empty()) windows.back().stratum = real(insts) - before;
  return windows;
}

Sampler::Estimate Sampler::estimate(std::uint64_t insts) const {
  Estimate result{};
  SampledFigures& figures = result.figures;
  const std::vector<Window> windows = weighted(insts);
  StatsEstimate sum;
  double unwarmed = 0;
  for (const Window& window : windows) {
    sum.add(window.stats, window.stratum / real(window.stats.core.insts));
    unwarmed += window.unwarmed * cpi(window.stats) * window.stratum;
    figures.measured += window.stats.core.insts;
  }
  result.stats = sum.rounded();
  figures.windows = windows.empty() ? 0 : windows.size() - 1;
  figures.half_widths.resize(stat_table().size());
  if (result.stats.core.cycles != 0) figures.unwarmed = unwarmed / real(result.stats.core.cycles);

  std::vector<NeighbourVariance> variances(stat_table().size());
  const std::vector<StatValue> all = values(result.stats);
  for (std::size_t w = 1; w < windows.size(); ++w) {
    const std::vector<double> moves = influence(sum, all, insts, windows[w].stats);
    for (std::size_t i = 0; i < all.size(); ++i)
      variances[i].add(windows[w].stratum / real(insts), real(plan_.window) / real(insts), moves[i]);
  }
  // Of a window's cycles one more or less is nobody's.
  const double cycle = real(stratum_end_) / (cycles_ * real(plan_.window));
  const double may_differ = std::hypot(cycle, figures.unwarmed);
  const bool whole = figures.windows == 0 && insts != 0 && figures.measured == insts;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (variances[i].known()) figures.half_widths[i] = variances[i].half_width();
    if (whole) figures.half_widths[i] = 0;
    if (counts_cycles(stat_table()[i].name) && figures.half_widths[i] && !whole)
      figures.half_widths[i] = std::hypot(*figures.half_widths[i], may_differ * number(all[i]));
    if (stat_table()[i].name == "core.cpi" && figures.half_widths[i])
      figures.error = *figures.half_widths[i] / number(all[i]);
  }
  figures.met = figures.error && *figures.error <= plan_.error;
  return result;
}

}  // namespace m2sim::timing
