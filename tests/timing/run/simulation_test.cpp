// Runs of small guest programs (tests/emu/guests), cut into phases.
#include "timing/run/simulation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "emu/machine.h"
#include "emu/user_error.h"
#include "timing/run/figures.h"
#include "timing/run/mode.h"
#include "timing/run/simulate_with.h"

namespace m2sim::timing {
namespace {

using Phases = std::vector<Phase>;

constexpr Mode kModes[] = {Mode::kEmulation, Mode::kTiming, Mode::kFastTiming};
constexpr Mode kTimedModes[] = {Mode::kTiming, Mode::kFastTiming};
// Long blocks, code that changes, faults and their handlers.
constexpr const char* kGuests[] = {"long_blocks", "modified_code", "fault_handler", "counted_loop"};

Phase phase(std::uint64_t insts, Listener listener = Listener::kFigures) {
  return {{.insts = insts}, listener};
}

Outcome run(const std::string& name, Mode mode, Phases phases) {
  emu::MachineOptions options;
  options.program = std::string(M2SIM_BINARY_DIR) + "/tests/guests/" + name;
  emu::Machine machine(options);
  return simulate(machine, {mode, m2_pcore(), std::move(phases)});
}

// `length` again and again, and the rest.
Phases cut_every(std::uint64_t length, Listener listener = Listener::kFigures) {
  Phases phases(60, phase(length, listener));
  phases.push_back({.listener = listener});
  return phases;
}

void expect_same(const Outcome& outcome, const Outcome& expected, const std::string& where) {
  EXPECT_EQ(outcome.end.kind, expected.end.kind) << where;
  EXPECT_EQ(outcome.figures.instructions, expected.figures.instructions) << where;
  EXPECT_EQ(outcome.figures.system_calls, expected.figures.system_calls) << where;
  ASSERT_EQ(outcome.timing.has_value(), expected.timing.has_value()) << where;
  if (outcome.timing) {
    EXPECT_EQ(values(*outcome.timing), values(*expected.timing)) << where;
  }
}

TEST(Simulation, CutAnywhereItIsTheRunOfOnePhase) {
  for (const Mode mode : kModes) {
    for (const std::string name : kGuests) {
      const Outcome whole = run(name, mode, {Phase{}});
      EXPECT_EQ(whole.end.kind, emu::RunEnd::Kind::kExited);
      for (const std::uint64_t length : {1U, 2U, 7U, 63U, 64U, 65U, 97U}) {
        expect_same(run(name, mode, cut_every(length)), whole, name + " cut every " + std::to_string(length));
      }
    }
  }
}

// The first two turns of a loop with blocks of up to 64 instructions.
TEST(Simulation, OneCutAtAnyPlaceChangesNothing) {
  for (const Mode mode : kModes) {
    const Outcome whole = run("long_blocks", mode, {Phase{}});
    for (std::uint64_t first = 0; first < 260; first += first < 80 ? 1 : 7) {
      expect_same(run("long_blocks", mode, {phase(first), Phase{}}), whole,
                  "cut at " + std::to_string(first));
    }
  }
}

TEST(Simulation, WhatTheModelLearnsDoesNotDependOnWhatCounts) {
  for (const Mode mode : kTimedModes) {
    for (const std::string name : kGuests) {
      const Outcome whole = run(name, mode, {Phase{}});
      for (const std::uint64_t first : {0U, 1U, 30U, 64U, 100U, 333U}) {
        const std::string where = name + " cut at " + std::to_string(first);
        const Outcome front = run(name, mode, {phase(first), {.listener = Listener::kModel}});
        const Outcome back = run(name, mode, {phase(first, Listener::kModel), Phase{}});
        EXPECT_EQ(front.figures.instructions, whole.figures.instructions) << where;
        EXPECT_EQ(values(difference(*whole.timing, *front.timing)), values(*back.timing)) << where;
        EXPECT_EQ(front.timing->core.insts, std::min(first, whole.timing->core.insts)) << where;
      }
    }
  }
}

TEST(Simulation, SkippedInstructionsAreNobodys) {
  for (const Mode mode : kTimedModes) {
    for (const std::uint64_t skipped : {1U, 10U, 64U, 104U, 1000U}) {
      const Outcome plain = run("long_blocks", mode, {phase(skipped, Listener::kNobody), phase(200)});
      EXPECT_EQ(plain.figures.instructions, skipped + 200);
      EXPECT_EQ(plain.timing->core.insts, 200U);
      EXPECT_EQ(plain.end.kind, emu::RunEnd::Kind::kLimit);
      const Outcome warm =
          run("long_blocks", mode,
              {phase(skipped, Listener::kNobody), phase(1500, Listener::kModel), phase(200)});
      EXPECT_EQ(warm.figures.instructions, skipped + 1700);
      EXPECT_EQ(warm.timing->core.insts, 200U);
      EXPECT_EQ(warm.timing->memory.l1i.misses, 0U);
      EXPECT_LT(warm.timing->core.cycles, plain.timing->core.cycles);
    }
  }
}

TEST(Simulation, PhasesMayComeInAnyOrder) {
  for (const Mode mode : kTimedModes) {
    const Outcome outcome = run("long_blocks", mode,
                                {phase(300), phase(211, Listener::kNobody), phase(5),
                                 phase(64, Listener::kModel), phase(1000), phase(100, Listener::kNobody)});
    EXPECT_EQ(outcome.figures.instructions, 1680U);
    EXPECT_EQ(outcome.timing->core.insts, 1305U);
    EXPECT_EQ(outcome.end.kind, emu::RunEnd::Kind::kLimit);
  }
}

TEST(Simulation, LimitsAreExactAndTheStackHasEveryCycle) {
  for (const Mode mode : kTimedModes) {
    for (std::uint64_t limit = 0; limit < 400; limit += 13) {
      const Outcome outcome = run("long_blocks", mode, {phase(50, Listener::kModel), phase(limit)});
      const CoreStats& core = outcome.timing->core;
      EXPECT_EQ(core.insts, limit);
      EXPECT_EQ(std::accumulate(core.slots.begin(), core.slots.end(), std::uint64_t{0}),
                core.cycles * core.slots_per_cycle);
    }
  }
}

TEST(Simulation, AGuestThatEndsEndsThePhases) {
  for (const Mode mode : kTimedModes) {
    const Outcome outcome = run("counted_loop", mode, {phase(1'000'000, Listener::kModel), Phase{}});
    EXPECT_EQ(outcome.end.kind, emu::RunEnd::Kind::kExited);
    EXPECT_GT(outcome.figures.instructions, 0U);
    EXPECT_EQ(outcome.timing->core.insts, 0U);
    EXPECT_EQ(outcome.timing->core.cycles, 0U);
  }
}

TEST(Simulation, EachModeRunsTheSameInstructionsAndOnlyThoseOfTimeHaveIt) {
  const Outcome emulated = run("counted_loop", Mode::kEmulation, {Phase{}});
  EXPECT_FALSE(emulated.timing.has_value());
  for (const Mode mode : kTimedModes) {
    const Outcome timed = run("counted_loop", mode, {Phase{}});
    ASSERT_TRUE(timed.timing.has_value());
    EXPECT_EQ(timed.figures.instructions, emulated.figures.instructions);
    EXPECT_EQ(timed.timing->core.insts, timed.figures.instructions);
    EXPECT_GT(timed.timing->core.cycles, timed.figures.instructions / m2_pcore().rename.width);
  }
}

// Bytes of another layout are not taken for this one's, nor left out without a word.
TEST(Simulation, WhatWasLearnedByAnotherModelIsRefused) {
  emu::MachineOptions options;
  options.program = std::string(M2SIM_BINARY_DIR) + "/tests/guests/counted_loop";
  for (const Mode mode : kTimedModes) {
    emu::Machine machine(options);
    Simulation simulation{mode, m2_pcore(), {Phase{}}};
    simulation.learned = "too short";
    EXPECT_THROW(simulate(machine, simulation), emu::UserError);
  }
}

TEST(Simulation, FiguresAreTheEmulators) {
  emu::EmulatorStats stats;
  stats.insts = 1;
  stats.blocks_decoded = 2;
  stats.block_lookups = 3;
  stats.cache_clears = 4;
  stats.system_calls = 5;
  const RunFigures figures = run_figures(stats, Stopwatch());
  EXPECT_EQ(figures.instructions, 1U);
  EXPECT_EQ(figures.blocks_decoded, 2U);
  EXPECT_EQ(figures.block_lookups, 3U);
  EXPECT_EQ(figures.cache_clears, 4U);
  EXPECT_EQ(figures.system_calls, 5U);
  EXPECT_GE(figures.seconds, 0);
  EXPECT_GE(figures.cpu_seconds, 0);
}

}  // namespace
}  // namespace m2sim::timing
