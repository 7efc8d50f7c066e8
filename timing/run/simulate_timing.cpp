#include "timing/core/core.h"
#include "timing/run/simulate_with.h"

namespace m2sim::timing {

Simulated simulate_timing(emu::Machine& machine, std::uint64_t max_insts, const CoreConfig& config) {
  return simulate_timed<Core>(machine, max_insts, config);
}

}  // namespace m2sim::timing
