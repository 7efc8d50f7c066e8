// Phases of a program of two kinds of work in turns, and runs by their points.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "emu/machine.h"
#include "timing/phases/phases.h"
#include "timing/run/block_vectors.h"
#include "timing/run/simulation.h"

namespace m2sim::timing {
namespace {

constexpr Mode kTimedModes[] = {Mode::kTiming, Mode::kFastTiming};
constexpr std::uint64_t kSize = 10'000;

Outcome run(const std::string& name, const Simulation& simulation) {
  emu::MachineOptions options;
  options.program = std::string(M2SIM_BINARY_DIR) + "/tests/guests/" + name;
  emu::Machine machine(options);
  return simulate(machine, simulation);
}

struct Vectors : VectorReader {
  void read(std::span<const BlockCount> vector, std::uint64_t insts) override {
    vectors.emplace_back(vector.begin(), vector.end());
    lengths.push_back(insts);
  }
  std::vector<IntervalPlace> places() const {
    std::vector<IntervalPlace> all;
    for (std::size_t i = 0; i < vectors.size(); ++i) all.push_back({projected(vectors[i], 1), lengths[i]});
    return all;
  }
  std::vector<std::vector<BlockCount>> vectors;
  std::vector<std::uint64_t> lengths;
};

Outcome collect(const std::string& name, Vectors& vectors, std::uint64_t size = kSize,
                std::vector<Phase> phases = {Phase{}}) {
  const VectorPlan plan{size, &vectors};
  Simulation simulation{.mode = Mode::kEmulation, .phases = std::move(phases)};
  simulation.vectors = &plan;
  return run(name, simulation);
}

SimPointPlan plan_of(const RunPhases& found) {
  SimPointPlan plan{.interval_size = kSize, .warming = 20'000};
  for (const RunPhase& phase : found.phases)
    for (const PhasePoint& point : phase.points)
      plan.points.push_back({point.interval, point.stratum, point.weight});
  std::ranges::sort(plan.points, {}, &SimPoint::interval);
  return plan;
}

std::size_t strata_of(const SimPointPlan& plan) {
  std::set<std::uint64_t> strata;
  for (const SimPoint& point : plan.points) strata.insert(point.phase);
  return strata.size();
}

double cpi(const TimingStats& stats) {
  return static_cast<double>(stats.core.cycles) / static_cast<double>(stats.core.insts);
}

TEST(SimulateVectors, AllInstructionsAreInTheVectors) {
  for (const std::string name : {"phased_loop", "modified_code", "long_blocks"}) {
    Vectors vectors;
    const Outcome outcome = collect(name, vectors, 1'000);
    const Outcome plain = run(name, {.mode = Mode::kEmulation});
    EXPECT_EQ(outcome.figures.instructions, plain.figures.instructions);
    EXPECT_EQ(outcome.end.kind, plain.end.kind);
    EXPECT_EQ(std::accumulate(vectors.lengths.begin(), vectors.lengths.end(), std::uint64_t{0}),
              plain.figures.instructions);
    for (std::size_t i = 0; i + 1 < vectors.lengths.size(); ++i) EXPECT_EQ(vectors.lengths[i], 1'000U);
    std::uint64_t counted = 0;
    for (const auto& vector : vectors.vectors)
      for (const BlockCount& count : vector) counted += count.insts;
    // But for a block that the run ends inside.
    EXPECT_LE(counted, plain.figures.instructions);
    EXPECT_GE(counted + 70, plain.figures.instructions) << name;
  }
}

TEST(SimulateVectors, SkippedInstructionsAreNotAndTheLimitIsKept) {
  Vectors vectors;
  const Outcome outcome =
      collect("phased_loop", vectors, kSize,
              {{{.insts = 30'005}, Listener::kNobody}, {{.insts = 25'000}, Listener::kFigures}});
  EXPECT_EQ(outcome.end.kind, emu::RunEnd::Kind::kLimit);
  EXPECT_EQ(outcome.figures.instructions, 55'005U);
  EXPECT_EQ(vectors.lengths, (std::vector<std::uint64_t>{kSize, kSize, 5'000}));
}

TEST(SimulatePoints, PointsOfTwoPhasesGiveTheWholeRun) {
  Vectors vectors;
  collect("phased_loop", vectors);
  for (const unsigned each : {1U, 3U}) {
    const RunPhases found = phases_of(vectors.places(), {.points = each});
    EXPECT_GE(found.phases.size(), 2U);
    const SimPointPlan plan = plan_of(found);
    for (const Mode mode : kTimedModes) {
      const Outcome whole = run("phased_loop", {.mode = mode});
      Simulation simulation{.mode = mode};
      simulation.points = &plan;
      const Outcome points = run("phased_loop", simulation);
      EXPECT_NEAR(cpi(*points.timing) / cpi(*whole.timing), 1, 0.03);
      EXPECT_EQ(points.timing->core.insts, whole.timing->core.insts);
      EXPECT_EQ(points.end.kind, emu::RunEnd::Kind::kExited);
      EXPECT_EQ(points.sampled->windows, plan.points.size());
      EXPECT_EQ(points.sampled->strata, strata_of(plan));
      EXPECT_EQ(points.sampled->missed, 0U);
      EXPECT_LT(points.sampled->measured, whole.figures.instructions / 2);
      EXPECT_EQ(points.sampled->error.has_value(), each != 1);
    }
  }
}

TEST(SimulatePoints, TheCheckTimesTheWholeRunBesideIt) {
  SimPointPlan plan{.interval_size = kSize, .points = {{3, 0, 0.5}, {70, 1, 0.5}}};
  for (const Mode mode : kTimedModes) {
    Simulation simulation{.mode = mode};
    const Outcome whole = run("phased_loop", simulation);
    simulation.points = &plan;
    plan.check = false;
    const Outcome points = run("phased_loop", simulation);
    plan.check = true;
    const Outcome checked = run("phased_loop", simulation);
    EXPECT_EQ(values(*checked.timing), values(*points.timing));
    EXPECT_EQ(values(*checked.sampled->whole), values(*whole.timing));
  }
}

TEST(SimulatePoints, ARunThatIsOneIntervalIsTimedWhole) {
  const SimPointPlan plan{.interval_size = 100'000'000, .points = {{0, 0, 1}}};
  for (const Mode mode : kTimedModes) {
    Simulation simulation{.mode = mode};
    const Outcome whole = run("phased_loop", simulation);
    simulation.points = &plan;
    const Outcome points = run("phased_loop", simulation);
    EXPECT_EQ(values(*points.timing), values(*whole.timing));
    EXPECT_EQ(points.sampled->error, 0.0);
  }
}

// All intervals are points: only what the pipe holds between them may differ.
TEST(SimulatePoints, OfAllIntervalsTheWholeIsKnown) {
  SimPointPlan plan{.interval_size = 100'000};
  const Outcome emulated = run("phased_loop", {.mode = Mode::kEmulation});
  const std::uint64_t insts = emulated.figures.instructions;
  for (std::uint64_t i = 0; i * plan.interval_size < insts; ++i) {
    const std::uint64_t length = std::min(plan.interval_size, insts - i * plan.interval_size);
    plan.points.push_back({i, 0, static_cast<double>(length) / static_cast<double>(insts)});
  }
  for (const Mode mode : kTimedModes) {
    Simulation simulation{.mode = mode};
    const Outcome whole = run("phased_loop", simulation);
    simulation.points = &plan;
    const Outcome points = run("phased_loop", simulation);
    EXPECT_EQ(points.sampled->windows, plan.points.size());
    EXPECT_NEAR(cpi(*points.timing) / cpi(*whole.timing), 1, 0.001);
    EXPECT_LT(*points.sampled->error, 0.001);
  }
}

TEST(SimulatePoints, PointsBehindTheEndAreMissed) {
  const SimPointPlan plan{.interval_size = kSize, .points = {{1, 0, 0.5}, {100'000, 1, 0.5}}};
  Simulation simulation{.mode = Mode::kFastTiming};
  simulation.points = &plan;
  EXPECT_EQ(run("phased_loop", simulation).sampled->missed, 1U);
}

}  // namespace
}  // namespace m2sim::timing
