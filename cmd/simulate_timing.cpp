#include "cmd/simulate_with.h"
#include "timing/core.h"

namespace m2sim::cmd {

Simulated simulate_timing(emu::Process& process, std::uint64_t max_insts, const timing::CoreConfig& config) {
  return simulate_timed<timing::Core>(process, max_insts, config);
}

}  // namespace m2sim::cmd
