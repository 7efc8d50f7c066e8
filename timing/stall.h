// Why a rename slot carried no useful uop. Each of the rename_width slots of each cycle is charged to
// exactly one reason, so the stack has no negative part and sums to the cycles.
#pragma once

#include <cstddef>
#include <cstdint>

namespace m2sim::timing {

enum class StallReason : std::uint8_t {
  kBase,         // not lost: a uop was renamed
  kFetchL1i,     // waiting for instructions from beyond the L1I, ITLB misses included
  kFetchBranch,  // bubbles behind taken branches: slow target supply, windows cut by a branch or page
  kMispredict,   // refilling behind a mispredicted branch, its resolution included
  kRob,          // no retire group or rename-retire entry, and none of the reasons below at its head
  kRegisters,    // no free physical register
  kScheduler,    // no scheduler or dispatch queue entry, oldest uop ready but unpicked
  kIntLatency,   // the oldest unfinished uop is an integer operation, or waits for one
  kFpLatency,    // … an FP or SIMD operation
  kLoadL1,       // … a load that hits the L1D or is forwarded
  kLoadL2,       // … a load from the L2
  kLoadDram,     // … a load from beyond the L2
  kTlb,          // … a load that missed the L1 DTLB and then hit the L1D
  kStore,        // store queue full, or the oldest is a store waiting for its line
  kMemoryOrder,  // replay after a load ran before an older store to its address
  kSystem,       // barriers, system instructions and calls that drain the pipe
  kCount
};

inline constexpr std::size_t kStallReasonCount = static_cast<std::size_t>(StallReason::kCount);

}  // namespace m2sim::timing
