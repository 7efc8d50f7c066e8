#include "timing/fast/fast_core.h"
#include "timing/run/simulate_with.h"
#include "timing/run/trace.h"

namespace m2sim::timing {

Outcome simulate_fast_timing_traced(emu::Machine& machine, const Simulation& simulation) {
  return simulate_timed<Traced<BasicFastCore<PipeTrace>>>(machine, simulation);
}

}  // namespace m2sim::timing
