#include "timing/run/simulation.h"

#include "timing/run/simulate_with.h"

namespace m2sim::timing {

Outcome simulate(emu::Machine& machine, const Simulation& simulation) {
  switch (simulation.mode) {
    case Mode::kEmulation:
      return simulate_emulation(machine, simulation);
    case Mode::kTiming:
      return simulate_timing(machine, simulation);
    case Mode::kFastTiming:
      return simulate_fast_timing(machine, simulation);
  }
  return {};
}

}  // namespace m2sim::timing
