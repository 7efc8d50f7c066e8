#include "timing/run/simulate_with.h"

namespace m2sim::timing {

Outcome simulate_emulation(emu::Machine& machine, const Simulation& simulation) {
  emu::Emulator emulator(machine);
  emu::NoSink sink;
  const Stopwatch watch;
  Outcome outcome;
  tell(simulation, Activity::kEmulation, emulator);
  for (const Phase& phase : simulation.phases) {
    outcome.end = emulator.run(sink, phase.until);
    if (!goes_on(outcome.end)) break;
  }
  outcome.figures = run_figures(emulator.stats(), watch);
  outcome.emulation = emulator.stats();
  tell(simulation, Activity::kAround, emulator);
  return outcome;
}

}  // namespace m2sim::timing
