#include "timing/fast/fast_core.h"
#include "timing/probe/attribution.h"
#include "timing/run/simulate_with.h"

namespace m2sim::timing {

Outcome simulate_fast_timing_attributed(emu::Machine& machine, const Simulation& simulation) {
  return simulate_timed<BasicFastCore<AttributionProbe>>(machine, simulation);
}

}  // namespace m2sim::timing
