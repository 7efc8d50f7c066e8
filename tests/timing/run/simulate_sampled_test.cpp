// Sampled runs of programs of this machine's own making.
#include "timing/run/simulate_sampled.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "emu/machine.h"
#include "tests/timing/synthetic.h"
#include "timing/core/core.h"
#include "timing/run/sampling.h"
#include "timing/run/simulation.h"

namespace m2sim::timing {
namespace {

constexpr Mode kTimedModes[] = {Mode::kTiming, Mode::kFastTiming};

Outcome run(const std::string& name, Mode mode, const SamplePlan* plan,
            std::vector<Phase> phases = {Phase{}}) {
  emu::MachineOptions options;
  options.program = std::string(M2SIM_BINARY_DIR) + "/tests/guests/" + name;
  emu::Machine machine(options);
  Simulation simulation{mode, m2_pcore(), std::move(phases)};
  simulation.sampling = plan;
  return simulate(machine, simulation);
}

TEST(SimulateSampled, AShortRunIsTimedWhole) {
  const SamplePlan plan;
  for (const Mode mode : kTimedModes) {
    for (const std::string name : {"counted_loop", "modified_code", "fault_handler"}) {
      const Outcome sampled = run(name, mode, &plan);
      const Outcome whole = run(name, mode, nullptr);
      EXPECT_EQ(values(*sampled.timing), values(*whole.timing)) << name;
      EXPECT_EQ(sampled.figures.instructions, whole.figures.instructions);
      EXPECT_TRUE(sampled.sampled->met);
      EXPECT_FALSE(whole.sampled);
    }
  }
}

// As nobody knows beforehand that it ends behind the first 100,000 instructions, before or in a window.
TEST(SimulateSampled, SoIsOneThatEndsBeforeItsFirstWindowDoes) {
  for (const Mode mode : kTimedModes) {
    for (const SamplePlan& plan :
         {SamplePlan{}, SamplePlan{.window = 100'000'000}, SamplePlan{.warming = 0}}) {
      for (const std::uint64_t insts : {100'001UL, 100'500UL, 102'000UL, 103'999UL}) {
        const std::vector<Phase> phases{{{.insts = 5'000}, Listener::kNobody}, {{.insts = insts}}};
        const Outcome sampled = run("sampled_loop", mode, &plan, phases);
        const Outcome whole = run("sampled_loop", mode, nullptr, phases);
        EXPECT_EQ(values(*sampled.timing), values(*whole.timing)) << insts;
        EXPECT_EQ(sampled.sampled->error, 0.0);
        EXPECT_TRUE(sampled.sampled->met);
        EXPECT_EQ(sampled.sampled->measured, insts);
        EXPECT_EQ(sampled.sampled->detailed + sampled.sampled->warmed, 0U);
      }
    }
  }
}

TEST(SimulateSampled, WhatIsSampledIsTheRunThatIsEmulated) {
  const SamplePlan plan{.warming = 5'000};
  const Outcome emulated = run("sampled_loop", Mode::kEmulation, nullptr);
  for (const Mode mode : kTimedModes) {
    const Outcome sampled = run("sampled_loop", mode, &plan);
    EXPECT_EQ(sampled.figures.instructions, emulated.figures.instructions);
    EXPECT_EQ(sampled.end.kind, emu::RunEnd::Kind::kExited);
    EXPECT_EQ(sampled.timing->core.insts, emulated.figures.instructions);
    const SampledFigures& figures = *sampled.sampled;
    EXPECT_GT(figures.windows, 20U);
    EXPECT_LT(figures.measured + figures.detailed + figures.warmed, emulated.figures.instructions);
  }
}

// And looking at the whole run does not change what the windows say.
TEST(SimulateSampled, TheCheckTimesTheWholeRunBesideIt) {
  const SamplePlan plan{.warming = 5'000};
  const SamplePlan check{.warming = 5'000, .check = true};
  for (const Mode mode : kTimedModes) {
    const Outcome whole = run("sampled_loop", mode, nullptr);
    const Outcome sampled = run("sampled_loop", mode, &plan);
    const Outcome checked = run("sampled_loop", mode, &check);
    EXPECT_EQ(values(*checked.timing), values(*sampled.timing));
    EXPECT_EQ(values(*checked.sampled->whole), values(*whole.timing));
    const auto cpi = [](const TimingStats& stats) {
      return static_cast<double>(stats.core.cycles) / static_cast<double>(stats.core.insts);
    };
    EXPECT_NEAR(cpi(*sampled.timing) / cpi(*whole.timing), 1, 0.03);
    EXPECT_LE(*sampled.sampled->error, 0.03);
  }
}

TEST(SimulateSampled, PhasesBeforeAndTheLimitAreKept) {
  const SamplePlan plan;
  const Outcome outcome = run("sampled_loop", Mode::kTiming, &plan,
                              {{{.insts = 100'000}, Listener::kNobody},
                               {{.insts = 50'000}, Listener::kModel},
                               {{.insts = 700'001}, Listener::kFigures}});
  EXPECT_EQ(outcome.end.kind, emu::RunEnd::Kind::kLimit);
  EXPECT_EQ(outcome.figures.instructions, 850'001U);
  EXPECT_EQ(outcome.timing->core.insts, 700'001U);
}

TEST(SimulateSampled, OfNothingNothingIsSaid) {
  const SamplePlan plan{.check = true};
  const Outcome outcome = run("sampled_loop", Mode::kFastTiming, &plan, {{{.insts = 0}, Listener::kFigures}});
  EXPECT_EQ(outcome.timing->core.insts, 0U);
  EXPECT_EQ(outcome.timing->core.cycles, 0U);
  EXPECT_EQ(outcome.sampled->unwarmed, 0);
  EXPECT_FALSE(outcome.sampled->error);
}

TEST(SampledSink, OfABlockThatBeganUnheardTheRestIsNotHeard) {
  SampledSink<Core> sink(m2_pcore(), true);
  using Listener = SampledSink<Core>::Listener;
  sink.listen(Listener::kNobody, false, 0);
  sink.listen(Listener::kModel, true, 0);
  SyntheticProgram program;
  const std::uint64_t id = program.block(0x1000, {a64::nop()});
  const auto pointers = program.pointers();
  const std::vector<std::uint64_t> words(3, id);
  sink.consume({words, pointers, emu::kNoBlock, 0, 3});
  sink.model().finish();
  EXPECT_EQ(sink.model().stats().core.uops, 2U);
  sink.whole()->finish();
  EXPECT_EQ(sink.whole()->stats().core.uops, 3U);
}

}  // namespace
}  // namespace m2sim::timing
