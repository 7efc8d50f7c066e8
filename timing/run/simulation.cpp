#include "timing/run/simulation.h"

#include "timing/run/simulate_with.h"

namespace m2sim::timing {

Outcome simulate(emu::Machine& machine, const Simulation& simulation) {
  const bool sampled = simulation.sampling != nullptr || simulation.points != nullptr;
  switch (simulation.mode) {
    case Mode::kEmulation:
      return simulation.vectors != nullptr ? simulate_vectors(machine, simulation)
                                           : simulate_emulation(machine, simulation);
    case Mode::kTiming:
      if (sampled) return simulate_timing_sampled(machine, simulation);
      if (simulation.trace != nullptr) return simulate_timing_traced(machine, simulation);
      return simulation.attribution != nullptr ? simulate_timing_attributed(machine, simulation)
                                               : simulate_timing(machine, simulation);
    case Mode::kFastTiming:
      if (sampled) return simulate_fast_timing_sampled(machine, simulation);
      if (simulation.trace != nullptr) return simulate_fast_timing_traced(machine, simulation);
      if (simulation.premises != nullptr) return simulate_fast_timing_premised(machine, simulation);
      return simulation.attribution != nullptr ? simulate_fast_timing_attributed(machine, simulation)
                                               : simulate_fast_timing(machine, simulation);
  }
  return {};
}

}  // namespace m2sim::timing
