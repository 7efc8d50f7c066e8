#include "timing/phases/phases.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string_view>
#include <vector>

#include "timing/phases/random.h"

namespace m2sim::timing {
namespace {

constexpr std::uint64_t kSize = 1'000;

// A letter an interval: it executes blocks of its own, and a little of others at random.
std::vector<IntervalPlace> run_of(std::string_view letters, double noise = 0.01) {
  Random random(99);
  std::vector<IntervalPlace> intervals;
  for (const char letter : letters) {
    std::vector<BlockCount> vector;
    const auto first = static_cast<std::uint64_t>(letter) * 100;
    for (std::uint64_t block = first; block < first + 10; ++block) vector.push_back({block, 100'000});
    for (std::uint64_t block = 0; block < 5; ++block)
      vector.push_back({block, static_cast<std::uint64_t>(random.real() * noise * 400'000)});
    intervals.push_back({projected(vector, 1), kSize});
  }
  return intervals;
}

constexpr std::string_view kTurns = "AAAAAABBBBAAAAAACCBBBBAAAAAACCAAAAAABBBBAAAAAACCAAAAAAAA";

TEST(Phases, AreFoundInTheOrderOfTheRun) {
  const RunPhases found = phases_of(run_of(kTurns), {});
  ASSERT_EQ(found.phases.size(), 3U);
  for (std::size_t i = 0; i < kTurns.size(); ++i) EXPECT_EQ(found.labels[i], kTurns[i] - 'A');
  const auto part = [](char letter) {
    return static_cast<double>(std::ranges::count(kTurns, letter)) / static_cast<double>(kTurns.size());
  };
  EXPECT_DOUBLE_EQ(found.phases[0].weight, part('A'));
  EXPECT_DOUBLE_EQ(found.phases[2].weight, part('C'));
  EXPECT_EQ(found.phases[1].intervals, 12U);
  EXPECT_LT(found.phases[0].spread, 0.01);
}

TEST(Phases, OnePointIsTheRepresentative) {
  const RunPhases found = phases_of(run_of(kTurns), {.points = 1});
  for (std::size_t phase = 0; phase < found.phases.size(); ++phase) {
    const RunPhase& one = found.phases[phase];
    ASSERT_EQ(one.points.size(), 1U);
    EXPECT_EQ(one.points[0].interval, one.representative);
    EXPECT_EQ(one.points[0].weight, one.weight);
    EXPECT_EQ(found.labels[one.representative], phase);
  }
}

TEST(Phases, MorePointsAreDrawnFromThePhaseAndShareItsWeight) {
  const RunPhases found = phases_of(run_of(kTurns), {.points = 4});
  double sum = 0;
  for (std::size_t phase = 0; phase < found.phases.size(); ++phase) {
    const RunPhase& one = found.phases[phase];
    EXPECT_GE(one.points.size(), 2U);
    std::set<std::size_t> intervals;
    double weight = 0;
    for (const PhasePoint& point : one.points) {
      EXPECT_EQ(found.labels[point.interval], phase);
      intervals.insert(point.interval);
      weight += point.weight;
    }
    EXPECT_EQ(intervals.size(), one.points.size());
    EXPECT_NEAR(weight, one.weight, 1e-12);
    sum += weight;
  }
  EXPECT_NEAR(sum, 1, 1e-12);
  EXPECT_GT(found.phases[0].points.size(), found.phases[1].points.size());
}

// Over seeds every member of a phase is as likely.
TEST(Phases, PointsAreDrawnFairly) {
  std::map<std::size_t, unsigned> times;
  constexpr unsigned kSeeds = 600;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const RunPhases found = phases_of(run_of("AAAAAAAABBBBBBBB"), {.points = 2, .seed = seed});
    ASSERT_EQ(found.phases.size(), 2U);
    for (const RunPhase& phase : found.phases)
      for (const PhasePoint& point : phase.points) ++times[point.interval];
  }
  EXPECT_EQ(times.size(), 16U);
  for (const auto& [interval, count] : times) EXPECT_NEAR(count, kSeeds / 4.0, 50) << interval;
}

// What points of one stratum differ by tells how well its part is known; what it says is for its intervals
// alone.
TEST(Phases, StrataAreNumberedOverAllPhases) {
  const RunPhases found = phases_of(run_of(kTurns), {.points = 6});
  std::map<std::size_t, std::set<std::size_t>> phases;  // by stratum
  std::map<std::size_t, std::size_t> points;
  for (std::size_t phase = 0; phase < found.phases.size(); ++phase) {
    for (const PhasePoint& point : found.phases[phase].points) {
      phases[point.stratum].insert(phase);
      ++points[point.stratum];
    }
  }
  EXPECT_GT(phases.size(), found.phases.size());
  EXPECT_EQ(phases.rbegin()->first, phases.size() - 1);
  for (const auto& [stratum, its] : phases) EXPECT_EQ(its.size(), 1U);
  for (const auto& [stratum, count] : points) EXPECT_GE(count, 2U);
}

// Two phases of one weight: the one whose intervals differ more has more points.
TEST(Phases, WhereIntervalsDifferMoreThereAreMorePoints) {
  std::vector<IntervalPlace> intervals = run_of("AAAAAAAAAAAAAAAAAAAA");
  const std::vector<IntervalPlace> steady = run_of("BBBBBBBBBBBBBBBBBBBB", 0);
  intervals.insert(intervals.end(), steady.begin(), steady.end());
  const RunPhases found = phases_of(intervals, {.points = 4});
  ASSERT_EQ(found.phases.size(), 2U);
  EXPECT_GT(found.phases[0].points.size(), found.phases[1].points.size());
}

TEST(Phases, TheShortLastIntervalStandsForOthersLastOfAll) {
  std::vector<IntervalPlace> intervals = run_of("AAAABBBBAAAAA", 0);
  intervals.back().insts = 3;
  for (std::uint64_t seed = 1; seed < 20; ++seed) {
    const RunPhases found = phases_of(intervals, {.points = 2, .seed = seed});
    for (const PhasePoint& point : found.phases[0].points) EXPECT_NE(point.interval, 12U);
    EXPECT_NE(found.phases[0].representative, 12U);
  }
}

TEST(Phases, OfASingleIntervalThereIsOne) {
  for (const unsigned points : {1U, 3U}) {
    const RunPhases found = phases_of(run_of("A"), {.points = points});
    ASSERT_EQ(found.phases.size(), 1U);
    ASSERT_EQ(found.phases[0].points.size(), 1U);
    EXPECT_EQ(found.phases[0].points[0].weight, 1);
  }
}

TEST(Phases, TheSameSeedGivesTheSame) {
  const auto points = [](std::uint64_t seed) {
    std::vector<std::size_t> all;
    for (const RunPhase& phase : phases_of(run_of(kTurns), {.seed = seed}).phases)
      for (const PhasePoint& point : phase.points) all.push_back(point.interval);
    return all;
  };
  EXPECT_EQ(points(4), points(4));
  EXPECT_NE(points(4), points(5));
}

TEST(Phases, NoMoreThanAreAskedFor) { EXPECT_EQ(phases_of(run_of(kTurns), {.most = 2}).phases.size(), 2U); }

}  // namespace
}  // namespace m2sim::timing
