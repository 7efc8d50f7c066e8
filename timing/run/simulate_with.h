// What the modes share. Every mode's run loop is instantiated in a file of its own, so that building one does
// not wait for the others.
#pragma once

#include <chrono>
#include <ctime>
#include <memory>
#include <type_traits>

#include "timing/probe/attribution.h"
#include "timing/run/simulation.h"
#ifdef M2SIM_TEST_SLOWDOWN
#include "timing/run/test_slowdown.h"
#endif

namespace m2sim::timing {

Outcome simulate_emulation(emu::Machine& machine, const Simulation& simulation);
Outcome simulate_timing(emu::Machine& machine, const Simulation& simulation);
Outcome simulate_timing_attributed(emu::Machine& machine, const Simulation& simulation);
Outcome simulate_fast_timing(emu::Machine& machine, const Simulation& simulation);
Outcome simulate_fast_timing_attributed(emu::Machine& machine, const Simulation& simulation);
Outcome simulate_timing_traced(emu::Machine& machine, const Simulation& simulation);
Outcome simulate_fast_timing_traced(emu::Machine& machine, const Simulation& simulation);

class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }
  double cpu_seconds() const { return static_cast<double>(std::clock() - cpu_start_) / CLOCKS_PER_SEC; }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::clock_t cpu_start_ = std::clock();
};

inline RunFigures run_figures(const emu::EmulatorStats& stats, const Stopwatch& watch) {
  RunFigures figures;
  figures.instructions = stats.insts;
  figures.blocks_decoded = stats.blocks_decoded;
  figures.block_lookups = stats.block_lookups;
  figures.cache_clears = stats.cache_clears;
  figures.system_calls = stats.system_calls;
  figures.seconds = watch.seconds();
  figures.cpu_seconds = watch.cpu_seconds();
  return figures;
}

inline bool goes_on(const emu::RunEnd& end) {
  return end.kind == emu::RunEnd::Kind::kLimit || end.kind == emu::RunEnd::Kind::kReached;
}

inline void tell(const Simulation& simulation, Activity activity, const emu::Emulator& emulator) {
  if (simulation.observer != nullptr) simulation.observer->now(activity, emulator.stats());
}

template <class Model>
emu::RunEnd run_phase(emu::Emulator& emulator, Model& model, const Phase& phase, Observer* observer) {
  if (phase.listener == Listener::kNobody) {
    emu::NoSink sink;
    return emulator.run(sink, phase.until);
  }
  if (observer != nullptr) {
    Observed<Model> observed(model, emulator, *observer);
    return emulator.run(observed, phase.until);
  }
#ifdef M2SIM_TEST_SLOWDOWN
  SlowedDown<Model> slowed(model);
  return emulator.run(slowed, phase.until);
#else
  return emulator.run(model, phase.until);
#endif
}

// The model's probe keeps the books of the phases that count.
template <class Model>
concept Attributed = requires(const Model& model) {
  model.probe().books();
};

template <class Model>
std::unique_ptr<Model> made(const Simulation& simulation) {  // too large for a stack
  if constexpr (Attributed<Model>) {
    return std::make_unique<Model>(simulation.config, AttributionProbe(*simulation.attribution));
  } else if constexpr (std::is_constructible_v<Model, const CoreConfig&, const Trace&>) {
    return std::make_unique<Model>(simulation.config, *simulation.trace);
  } else {
    return std::make_unique<Model>(simulation.config);
  }
}

template <class Model>
Outcome simulate_timed(emu::Machine& machine, const Simulation& simulation) {
  emu::Emulator emulator(machine);
  const auto model = made<Model>(simulation);
  const Stopwatch watch;
  Outcome outcome;
  TimingStats measured = model->stats();  // nothing yet
  tell(simulation, Activity::kEmulation, emulator);
  for (const Phase& phase : simulation.phases) {
    const TimingStats before = model->stats();
    const bool counts = phase.listener == Listener::kFigures;
    if constexpr (Attributed<Model>) {
      if (counts) model->probe().books().begin(*model);
    }
    outcome.end = run_phase(emulator, *model, phase, simulation.observer);
    const bool last = !goes_on(outcome.end) || &phase == &simulation.phases.back();
    if (last) {
      tell(simulation, Activity::kModel, emulator);
      model->finish();
    }
    // after - (before - measured): a sum, of differences.
    if (counts) {
      if constexpr (Attributed<Model>) model->probe().books().end(*model);
      measured = difference(model->stats(), difference(before, measured));
    }
    if (last) break;
  }
  outcome.figures = run_figures(emulator.stats(), watch);
  outcome.emulation = emulator.stats();
  outcome.timing = measured;
  if constexpr (Attributed<Model>) model->probe().books().insts_retired(measured.core.insts);
  tell(simulation, Activity::kAround, emulator);
  return outcome;
}

}  // namespace m2sim::timing
