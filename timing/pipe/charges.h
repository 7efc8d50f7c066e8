// What a rename slot is charged to that a full back end costs.
#pragma once

#include "timing/stall.h"

namespace m2sim::timing {

// `lacking` names what rename found full: kRetire, kRegisters or kScheduler. The cause of that is the memory
// if the oldest group waits for it (`oldest`, RetireGroup::cause). A load that hits the L1D does not explain
// full schedulers: what fills those waits for operands.
constexpr StallReason charge_back_end(StallReason lacking, StallReason oldest) {
  const bool memory = lacking == StallReason::kScheduler ? is_memory_miss(oldest) : is_memory(oldest);
  return memory ? oldest : lacking;
}

}  // namespace m2sim::timing
