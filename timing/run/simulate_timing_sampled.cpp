#include "timing/core/core.h"
#include "timing/run/simulate_sampled.h"

namespace m2sim::timing {

Outcome simulate_timing_sampled(emu::Machine& machine, const Simulation& simulation) {
  return simulate_sampled<Core>(machine, simulation);
}

}  // namespace m2sim::timing
