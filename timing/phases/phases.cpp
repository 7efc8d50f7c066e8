#include "timing/phases/phases.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "timing/phases/clusters.h"
#include "timing/phases/draw.h"
#include "timing/phases/random.h"
#include "timing/phases/strata.h"

namespace m2sim::timing {
namespace {

// Clusters are found among so many intervals; of a longer run these are drawn, and the rest goes to the
// nearest.
constexpr std::size_t kMostClustered = 5'000;

double real(std::uint64_t value) { return static_cast<double>(value); }

class Finder {
 public:
  Finder(std::span<const IntervalPlace> intervals, const PhasePlan& plan)
      : intervals_(intervals), plan_(plan), random_(plan.seed) {
    for (const IntervalPlace& interval : intervals) {
      all_ += real(interval.insts);
      longest_ = std::max(longest_, interval.insts);
    }
  }

  RunPhases find() {
    number_phases(centres());
    std::vector<std::vector<StratumMember>> members(result_.phases.size());
    double spread = 0;
    for (std::size_t phase = 0; phase < result_.phases.size(); ++phase) {
      members[phase] = describe(phase);
      spread += result_.phases[phase].weight * result_.phases[phase].spread;
    }
    for (std::size_t phase = 0; phase < result_.phases.size(); ++phase)
      choose_points(members[phase], spread, result_.phases[phase]);
    return std::move(result_);
  }

 private:
  std::vector<Place> centres() {
    std::vector<std::size_t> chosen(intervals_.size());
    std::iota(chosen.begin(), chosen.end(), std::size_t{0});
    chosen = drawn(std::move(chosen), kMostClustered, random_);
    std::vector<Place> places;
    std::vector<double> weights;
    double sum = 0;
    for (const std::size_t i : chosen) {
      places.push_back(intervals_[i].place);
      weights.push_back(real(intervals_[i].insts));
      sum += weights.back();
    }
    for (double& weight : weights) weight *= static_cast<double>(weights.size()) / sum;
    const Places all{places, weights};
    // Where there are hardly more places than clusters each is its own, and nothing is known of how wide they
    // are.
    const std::size_t most = std::max<std::size_t>(1, std::min(plan_.most, places.size() / 2));
    std::vector<Clusters> found;
    for (std::size_t count = 1; count <= most; ++count) {
      found.push_back(clustered(all, count, plan_.tries, random_));
      result_.scores.push_back(bic(all, found.back()));
    }
    return found[fewest_good(result_.scores, plan_.threshold)].centres;
  }

  void number_phases(const std::vector<Place>& centres) {
    constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
    std::vector<std::uint32_t> numbers(centres.size(), kNone);
    for (const IntervalPlace& interval : intervals_) {
      const std::uint32_t cluster = nearest(interval.place, centres);
      if (numbers[cluster] == kNone) {
        numbers[cluster] = static_cast<std::uint32_t>(centres_.size());
        centres_.push_back(centres[cluster]);
      }
      result_.labels.push_back(numbers[cluster]);
    }
    result_.phases.resize(centres_.size());
  }

  std::vector<StratumMember> describe(std::size_t phase) {
    RunPhase& result = result_.phases[phase];
    std::vector<StratumMember> members;
    double squares = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < intervals_.size(); ++i) {
      if (result_.labels[i] != phase) continue;
      members.push_back({i, intervals_[i].insts, intervals_[i].new_blocks});
      const double distance = squared_distance(intervals_[i].place, centres_[phase]);
      squares += real(intervals_[i].insts) * distance;
      result.weight += real(intervals_[i].insts) / all_;
      // The run's last interval is shorter, and stands for others last of all.
      const bool is_long = 2 * intervals_[i].insts > longest_;
      if (members.size() == 1 || (is_long && distance < least)) {
        if (is_long) least = distance;
        result.representative = i;
      }
    }
    result.intervals = members.size();
    result.spread = part_of(std::sqrt(squares / (result.weight * all_)));
    return members;
  }

  // `spread`: of all phases, on average.
  void choose_points(const std::vector<StratumMember>& members, double spread, RunPhase& phase) {
    if (plan_.points <= 1) {
      phase.points = {{phase.representative, phase.weight, strata_++}};
      return;
    }
    const std::size_t count = points_of(phase, spread);
    if (count >= members.size()) {
      for (const StratumMember& one : members)
        phase.points.push_back({one.interval, real(one.insts) / all_, strata_});
      ++strata_;
      return;
    }
    for (const Stratum& stratum : drawn_by_strata(members, count, longest_, random_)) {
      double weight = 0;
      for (const StratumMember& one : stratum.members) weight += real(one.insts) / all_;
      weight /= static_cast<double>(stratum.drawn.size());
      for (const std::size_t i : stratum.drawn) phase.points.push_back({i, weight, strata_});
      ++strata_;
    }
    std::ranges::sort(phase.points, {}, &PhasePoint::interval);
  }

  // Those of a stratified sample are best shared by weight and deviation (Neyman). That of CPI is not known:
  // the more intervals differ in what they execute, the more they may in that. Some differ in their data
  // alone.
  std::size_t points_of(const RunPhase& phase, double spread) const {
    constexpr double kData = 0.25;  // as much as that part of the average
    const double all = plan_.points * static_cast<double>(centres_.size());
    const double share = spread == 0 ? 1 : (phase.spread / spread + kData) / (1 + kData);
    return std::max<std::size_t>(2, static_cast<std::size_t>(std::llround(all * phase.weight * share)));
  }

  std::span<const IntervalPlace> intervals_;
  const PhasePlan& plan_;
  Random random_;
  double all_ = 0;  // instructions
  std::uint64_t longest_ = 0;
  std::vector<Place> centres_;  // of the phases
  std::size_t strata_ = 0;      // so far
  RunPhases result_;
};

}  // namespace

RunPhases phases_of(std::span<const IntervalPlace> intervals, const PhasePlan& plan) {
  return Finder(intervals, plan).find();
}

}  // namespace m2sim::timing
