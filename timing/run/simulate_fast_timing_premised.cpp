#include "timing/fast/fast_core.h"
#include "timing/probe/premise_probe.h"
#include "timing/run/simulate_with.h"

namespace m2sim::timing {

Outcome simulate_fast_timing_premised(emu::Machine& machine, const Simulation& simulation) {
  return simulate_timed<BasicFastCore<PremiseProbe>>(machine, simulation);
}

}  // namespace m2sim::timing
