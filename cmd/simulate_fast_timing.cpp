#include "cmd/simulate_with.h"
#include "timing/fast_core.h"

namespace m2sim::cmd {

Simulated simulate_fast_timing(emu::Process& process, std::uint64_t max_insts,
                               const timing::CoreConfig& config) {
  return simulate_timed<timing::FastCore>(process, max_insts, config);
}

}  // namespace m2sim::cmd
