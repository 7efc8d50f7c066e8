// What the modes share. Every mode's run loop is instantiated in a file of its own, so that building one does
// not wait for the others.
#pragma once

#include <chrono>
#include <ctime>
#include <memory>
#include <type_traits>

#include "emu/user_error.h"
#include "timing/learned.h"
#include "timing/probe/attribution.h"
#include "timing/probe/premise_probe.h"
#include "timing/run/block_vectors.h"
#include "timing/run/clocked.h"
#include "timing/run/intervals.h"
#include "timing/run/measure_regions.h"
#include "timing/run/simulation.h"
#ifdef M2SIM_TEST_SLOWDOWN
#include "timing/run/test_slowdown.h"
#endif

namespace m2sim::timing {

Outcome simulate_emulation(emu::Machine& machine, const Simulation& simulation);
Outcome simulate_vectors(emu::Machine& machine, const Simulation& simulation);
Outcome simulate_timing(emu::Machine& machine, const Simulation& simulation);
Outcome simulate_timing_attributed(emu::Machine& machine, const Simulation& simulation);
Outcome simulate_fast_timing(emu::Machine& machine, const Simulation& simulation);
Outcome simulate_fast_timing_attributed(emu::Machine& machine, const Simulation& simulation);
Outcome simulate_timing_sampled(emu::Machine& machine, const Simulation& simulation);
Outcome simulate_fast_timing_sampled(emu::Machine& machine, const Simulation& simulation);
Outcome simulate_timing_traced(emu::Machine& machine, const Simulation& simulation);
Outcome simulate_fast_timing_premised(emu::Machine& machine, const Simulation& simulation);
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

// Goes on with a phase behind each stop behind which the watcher wants it to.
template <class Run, class State>
emu::RunEnd run_watched(const emu::Emulator& emulator, Watcher* watcher, const Phase& phase, Run run,
                        State state) {
  std::uint64_t insts = emulator.stats().insts;
  emu::RunEnd end = run(phase);
  if (watcher == nullptr) return end;
  Phase rest = phase;
  while (end.kind == emu::RunEnd::Kind::kStopped && watcher->goes_on(state())) {
    const std::uint64_t done = emulator.stats().insts - insts;
    if (rest.until.insts != UINT64_MAX) rest.until.insts -= done;
    insts += done;
    end = run(rest);
  }
  return end;
}

inline void tell(const Simulation& simulation, Activity activity, const emu::Emulator& emulator) {
  if (simulation.observer != nullptr) simulation.observer->now(activity, emulator.stats());
}

// `sink` stands before the model, or is it.
template <class S, class Model>
emu::RunEnd run_sink(emu::Emulator& emulator, S& sink, const Model& model, const Phase& phase,
                     const Simulation& simulation) {
  if (simulation.clock == GuestClock::kInstructions) return emulator.run(sink, phase.until);
  Clocked<S, Model> clocked(sink, model, simulation.config.clock.mhz);
  return emulator.run(clocked, phase.until);
}

template <class Model>
emu::RunEnd run_phase(emu::Emulator& emulator, Model& model, const Phase& phase,
                      const Simulation& simulation) {
  if (phase.listener == Listener::kNobody) {
    emu::NoSink sink;
    return emulator.run(sink, phase.until);
  }
  if (simulation.observer != nullptr) {
    Observed<Model> observed(model, emulator, *simulation.observer);
    return run_sink(emulator, observed, model, phase, simulation);
  }
#ifdef M2SIM_TEST_SLOWDOWN
  SlowedDown<Model> slowed(model);
  return run_sink(emulator, slowed, model, phase, simulation);
#else
  return run_sink(emulator, model, model, phase, simulation);
#endif
}

// The model's probe keeps the books of the phases that count.
template <class Model>
concept Attributed = requires(const Model& model) {
  model.probe().books();
};

// The model knows what its run depended on.
template <class Model>
concept Premised = std::is_constructible_v<Model, const CoreConfig&, PremiseProbe>;

template <class Model>
std::unique_ptr<Model> made(const Simulation& simulation) {  // too large for a stack
  if constexpr (Attributed<Model>) {
    return std::make_unique<Model>(simulation.config, AttributionProbe(*simulation.attribution));
  } else if constexpr (std::is_constructible_v<Model, const CoreConfig&, const Trace&>) {
    return std::make_unique<Model>(simulation.config, *simulation.trace);
  } else if constexpr (Premised<Model>) {
    return std::make_unique<Model>(simulation.config, PremiseProbe(simulation.config));
  } else {
    return std::make_unique<Model>(simulation.config);
  }
}

template <class Model>
concept Learns = requires(Model& model, Learned& learned) {
  model.learned(learned);
};

// One that begins with what another has learned; empty: with nothing.
template <class Model>
std::unique_ptr<Model> made_with(const Simulation& simulation, const std::string& learned) {
  auto model = made<Model>(simulation);
  if constexpr (Learns<Model>) {
    if (!learned.empty() && !go_on_learning(*model, learned))
      throw emu::UserError(
          "what the checkpoint's model had learned is of another m2sim; give --restore-cold "
          "to begin without",
          emu::UserError::Kind::kOther);
  }
  return model;
}

// A new model takes the place of this one, whose pipe drains. It has learned as much: what is returned.
template <class Model>
std::string begin_model_anew(emu::Emulator& emulator, std::unique_ptr<Model>& model,
                             const Simulation& simulation, StatsSum& measured) {
  if constexpr (Learns<Model>) {
    model->finish();
    const bool counts = measured.counts();
    measured.count(false, model->stats());
    std::string learned = what_was_learned(*model);
    model = made_with<Model>(simulation, learned);
    measured.count(counts, model->stats());
    emulator.drop_record();
    return learned;
  } else {
    return {};  // one that is only looked at
  }
}

// Books by call path have to know that something was not heard.
template <class Model>
void tell_passed_over(Model& model, const Phase& phase) {
  if constexpr (Attributed<Model>) {
    if (phase.listener == Listener::kNobody) model.probe().books().passed_over();
  }
}

template <class Model>
void tell_counts(Model& model, bool on) {
  if constexpr (Attributed<Model>) {
    on ? model.probe().books().begin(model) : model.probe().books().end(model);
  }
}

template <class Model>
Outcome simulate_timed(emu::Machine& machine, const Simulation& simulation) {
  emu::Emulator emulator(machine);
  auto model = made_with<Model>(simulation, simulation.learned);
  const Stopwatch watch;
  Outcome outcome;
  StatsSum measured(model->stats());  // nothing yet
  const RegionWalk* walk_now = nullptr;
  const auto so_far = [&] { return measured.sum(model->stats()); };
  const auto state = [&] {
    const CoreStats counted = so_far().core;
    return RunState{emulator.stats().insts, true, counted.insts, counted.cycles,
                    walk_now == nullptr ? "" : walk_now->names()};
  };
  IntervalCuts intervals(simulation.intervals);
  const auto begin_anew = [&] { return begin_model_anew(emulator, model, simulation, measured); };
  const auto run = [&](const Phase& phase) {
    const auto go_on = [&](const Phase& rest) { return run_phase(emulator, *model, rest, simulation); };
    const auto watched = [&](const Phase& part) {
      return run_watched(emulator, simulation.watcher, part, go_on, state);
    };
    const auto cut = [&](const Phase& part) { return intervals.go_on(emulator, part, watched, so_far); };
    const emu::RunEnd end = run_kept(emulator, simulation.keeper, phase, cut, begin_anew);
    tell_passed_over(*model, phase);
    return end;
  };
  const auto count = [&](bool on) {
    tell_counts(*model, on);
    measured.count(on, model->stats());
  };
  tell(simulation, Activity::kEmulation, emulator);
  for (const Phase& phase : simulation.phases) {
    const bool counts = phase.listener == Listener::kFigures;
    const bool in_regions = counts && !simulation.plan.regions.empty();
    if (in_regions) {
      RegionWalk walk(simulation.plan, phase.until.insts);
      walk_now = &walk;
      outcome.end = measure_regions(emulator, *model, walk, outcome.regions, run, count);
      walk_now = nullptr;
    } else {
      if (counts) count(true);
      outcome.end = run(phase);
    }
    const bool last = !goes_on(outcome.end) || &phase == &simulation.phases.back();
    if (last) {
      tell(simulation, Activity::kModel, emulator);
      model->finish();
    }
    if (counts && !in_regions) count(false);
    if (last) break;
  }
  outcome.figures = run_figures(emulator.stats(), watch);
  outcome.emulation = emulator.stats();
  outcome.timing = measured.sum();
  if constexpr (Premised<Model>) *simulation.premises = model->premises();
  if constexpr (Attributed<Model>) model->probe().books().insts_retired(measured.sum().core.insts);
  tell(simulation, Activity::kAround, emulator);
  return outcome;
}

}  // namespace m2sim::timing
