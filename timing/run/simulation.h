// A run: one guest under one mode, in phases that are skipped, warmed up or measured.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "emu/emulator.h"
#include "emu/machine.h"
#include "timing/config/config.h"
#include "timing/run/figures.h"
#include "timing/run/mode.h"
#include "timing/run/observer.h"
#include "timing/run/trace.h"
#include "timing/stats.h"

namespace m2sim::timing {

class Attribution;

// Whom a phase is for. kNobody: it passes at the speed of emulation. kModel: caches, predictors and the pipe
// go on with it, but it does not count. kFigures: it counts, too.
enum class Listener : std::uint8_t { kNobody, kModel, kFigures };

struct Phase {
  emu::Until until{};
  Listener listener = Listener::kFigures;
};

struct Simulation {
  Mode mode = Mode::kTiming;
  CoreConfig config = m2_pcore();      // emulation does not look at it
  std::vector<Phase> phases{Phase{}};  // one behind the other, as far as the guest comes
  Observer* observer = nullptr;        // null: nobody looks
  Attribution* attribution = nullptr;  // null: nobody keeps books by instruction; the timing modes'
  const Trace* trace = nullptr;        // of the pipe, alone; null: none
};

struct Outcome {
  emu::RunEnd end;               // of the last phase that began
  RunFigures figures;            // of all phases
  emu::EmulatorStats emulation;  // the same in full
  // Counted in the phases for kFigures, together; empty in emulation mode. What is in the pipe where a phase
  // ends counts in the next one; behind the last phase the pipe drains, and that is the last one's.
  std::optional<TimingStats> timing;
};

Outcome simulate(emu::Machine& machine, const Simulation& simulation);

}  // namespace m2sim::timing
