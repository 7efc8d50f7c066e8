// Why a rename slot was not used. Rename charges each slot of each cycle to exactly one reason, so the
// reasons of a run always sum to width x cycles.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace m2sim::timing {

enum class StallReason : std::uint8_t {
  kBase,              // the slot did its work
  kFetch,             // fewer instructions than slots: window ends, taken branches, pipe refill at start
  kInstructionCache,  // fetch waited for the L1I or the ITLB
  kBranchBubble,      // fetch idled behind a taken branch whose target came late
  kMispredict,        // from a mispredicted branch to the first uop of the right path
  kSerialize,         // isb, system calls and system registers that drain the pipe
  kRetire,            // no retire group or rename-retire entry left; the oldest uop executes
  kRegisters,         // no physical register left; the oldest uop executes
  kScheduler,         // the dispatch queue and its schedulers are full
  kMemoryL1,          // back end full behind a load that hit the L1D or was forwarded
  kMemoryL2,          // back end full behind a load whose line came from the L2
  kMemorySlc,         // … from the system-level cache
  kMemoryDram,        // … from DRAM
  kDrain,             // a thread or the program has ended its turn and the last uops finish
};

inline constexpr std::size_t kStallReasonCount = 14;

// Fetch has delivered too little.
constexpr bool is_front_end(StallReason reason) {
  switch (reason) {
    case StallReason::kFetch:
    case StallReason::kInstructionCache:
    case StallReason::kBranchBubble:
    case StallReason::kMispredict:
      return true;
    default:
      return false;
  }
}

// The wait for a load's data, from wherever it comes.
constexpr bool is_memory(StallReason reason) {
  switch (reason) {
    case StallReason::kMemoryL1:
    case StallReason::kMemoryL2:
    case StallReason::kMemorySlc:
    case StallReason::kMemoryDram:
      return true;
    default:
      return false;
  }
}

// The same, from below the L1D.
constexpr bool is_memory_miss(StallReason reason) {
  return is_memory(reason) && reason != StallReason::kMemoryL1;
}

struct StallInfo {
  std::string_view name;  // the last part of "core.cpi_stack.<name>"
  std::string_view description;
};

inline constexpr std::array<StallInfo, kStallReasonCount> kStallInfo{{
    {"base", "slots that renamed a uop"},
    {"fetch", "fetch delivered fewer uops than rename could take"},
    {"instruction_cache", "fetch waited for an L1I or ITLB miss"},
    {"branch_bubble", "fetch waited for the target of a taken branch that was predicted right"},
    {"mispredict", "refill behind a mispredicted branch, its wait for execution included"},
    {"serialize", "the pipe drained for isb, a system call or a system register"},
    {"retire", "no retire group or rename-retire entry was free"},
    {"registers", "no physical register was free"},
    {"scheduler", "a dispatch queue and its schedulers were full"},
    {"memory_l1", "the back end was full behind a load served by the L1D or the store queue"},
    {"memory_l2", "the back end was full behind a load served by the L2"},
    {"memory_slc", "the back end was full behind a load served by the system-level cache"},
    {"memory_dram", "the back end was full behind a load served by DRAM"},
    {"drain", "the last uops finished before a context switch or the end of the program"},
}};

}  // namespace m2sim::timing
