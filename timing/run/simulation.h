// A run: one guest under one mode, in phases that are skipped, warmed up or measured, as a whole or in
// regions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "emu/emulator.h"
#include "emu/machine.h"
#include "timing/config/config.h"
#include "timing/run/figures.h"
#include "timing/run/intervals.h"
#include "timing/run/keeper.h"
#include "timing/run/mode.h"
#include "timing/run/observer.h"
#include "timing/run/phase.h"
#include "timing/run/regions.h"
#include "timing/run/sampling.h"
#include "timing/run/simpoints.h"
#include "timing/run/watcher.h"
#include "timing/stats.h"

namespace m2sim::timing {

class Attribution;  // timing/probe/attribution.h
struct Premises;    // timing/config/premises.h
struct Trace;       // timing/run/trace.h
struct VectorPlan;  // timing/run/block_vectors.h

struct Simulation {
  Mode mode = Mode::kTiming;
  CoreConfig config = m2_pcore();       // emulation does not look at it
  std::vector<Phase> phases{Phase{}};   // one behind the other, as far as the guest comes
  RegionPlan plan{};                    // of the phase for kFigures, which is the last one where there is any
  Observer* observer = nullptr;         // null: nobody looks
  Watcher* watcher = nullptr;           // null: a request to stop ends the run
  Keeper* keeper = nullptr;             // null: nobody keeps the guest; not of a sampled run
  IntervalReader* intervals = nullptr;  // null: nobody wants figures over time; the timing modes'
  Attribution* attribution = nullptr;   // null: nobody keeps books by instruction; the timing modes'
  const Trace* trace = nullptr;         // of the pipe, alone; null: none
  const VectorPlan* vectors = nullptr;  // emulation's, alone; null: nobody asks what intervals execute
  Premises* premises = nullptr;         // fast-timing's, alone; null: nobody asks
  const SamplePlan* sampling =
      nullptr;  // null: all is timed; the timing modes', without regions and who looks
  const SimPointPlan* points = nullptr;  // the same, in place of `sampling`
  GuestClock clock = GuestClock::kInstructions;
  // Of another model of this configuration, which a Keeper was given: the model begins so. Not of a sampled
  // run.
  std::string learned{};
};

struct Outcome {
  emu::RunEnd end;               // of the last phase that began
  RunFigures figures;            // of all phases
  emu::EmulatorStats emulation;  // the same in full
  // Counted in the phases for kFigures, or in the time that is spent in any region, together; empty in
  // emulation mode. What is in the pipe where a phase ends counts in the next one; behind the last phase the
  // pipe drains, and that is the last one's.
  std::optional<TimingStats> timing;
  std::optional<SampledFigures> sampled;  // `timing` is an estimate then
  std::vector<RegionFigures> regions;     // as in the plan; none where its phase did not begin
};

Outcome simulate(emu::Machine& machine, const Simulation& simulation);

}  // namespace m2sim::timing
