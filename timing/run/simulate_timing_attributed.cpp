#include "timing/core/core.h"
#include "timing/probe/attribution.h"
#include "timing/run/simulate_with.h"

namespace m2sim::timing {

Outcome simulate_timing_attributed(emu::Machine& machine, const Simulation& simulation) {
  return simulate_timed<BasicCore<AttributionProbe>>(machine, simulation);
}

}  // namespace m2sim::timing
