#include "timing/fast/fast_core.h"
#include "timing/run/simulate_sampled.h"

namespace m2sim::timing {

Outcome simulate_fast_timing_sampled(emu::Machine& machine, const Simulation& simulation) {
  return simulate_sampled<FastCore>(machine, simulation);
}

}  // namespace m2sim::timing
