// Why a rename slot was not used. Rename charges each slot of each cycle to exactly one reason, so the
// reasons of a run always sum to width x cycles.
//
// Behind a full back end the reason is what the oldest unfinished uop waits for (timing/pipe/charges.h);
// which structure was full is a second set of books (Structure), which sums to the same slots.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace m2sim::timing {

enum class StallReason : std::uint8_t {
  kBase,  // the slot did its work
  // The front end.
  kFetch,             // fewer instructions than slots: window ends, taken branches, pipe refill at start
  kInstructionCache,  // fetch waited for the L1I
  kInstructionTlb,    // fetch waited for the ITLB and what is behind it
  kBranchBubble,      // fetch idled behind a taken branch whose target came late
  // From a mispredicted branch to the first uop of the right path.
  kMispredictConditional,
  kMispredictIndirect,
  kMispredictReturn,
  // The order of instructions.
  kSerialize,  // isb, system calls and system registers that drain the pipe
  kOrder,      // barriers, exclusives, an acquire behind a release
  // The oldest uop executes, or its operands come: by what produces the value.
  kDependInteger,
  kDependMultiply,
  kDependDivide,
  kDependFp,
  kForwarding,  // a load's value comes from the store queue
  kMemoryL1,
  kMemoryL2,
  kMemorySlc,
  kMemoryDram,
  kDataTlb,  // a load's time went to translation
  // The oldest uop could execute and does not.
  kPortInteger,
  kPortBranch,
  kPortMultiply,
  kPortLoad,
  kPortStore,
  kPortFp,
  kStoreBuffer,  // the store queue is full of stores that have not written yet
  kRetire,       // retirement's width
  kDrain,        // a thread or the program has ended its turn and the last uops finish
};

inline constexpr std::size_t kStallReasonCount = 29;

constexpr bool is_mispredict(StallReason reason) {
  switch (reason) {
    case StallReason::kMispredictConditional:
    case StallReason::kMispredictIndirect:
    case StallReason::kMispredictReturn:
      return true;
    default:
      return false;
  }
}

// Fetch has delivered too little.
constexpr bool is_front_end(StallReason reason) {
  switch (reason) {
    case StallReason::kFetch:
    case StallReason::kInstructionCache:
    case StallReason::kInstructionTlb:
    case StallReason::kBranchBubble:
      return true;
    default:
      return is_mispredict(reason);
  }
}

// What a miss of the L2 can have been charged to, of code, data or a page table.
constexpr bool may_be_far_miss(StallReason reason) {
  switch (reason) {
    case StallReason::kInstructionCache:
    case StallReason::kInstructionTlb:
    case StallReason::kSerialize:
    case StallReason::kOrder:
    case StallReason::kMemorySlc:
    case StallReason::kMemoryDram:
    case StallReason::kDataTlb:
    case StallReason::kStoreBuffer:
    case StallReason::kDrain:
      return true;
    default:
      return is_mispredict(reason);  // the branch may have waited for it
  }
}

struct StallInfo {
  std::string_view name;  // the last part of "core.cpi_stack.<name>"
  std::string_view description;
};

inline constexpr std::array<StallInfo, kStallReasonCount> kStallInfo{{
    {"base", "slots that renamed a uop"},
    {"fetch", "fetch delivered fewer uops than rename could take"},
    {"instruction_cache", "fetch waited for an L1I miss"},
    {"instruction_tlb", "fetch waited for an ITLB miss"},
    {"branch_bubble", "fetch waited for where a branch that was predicted right goes"},
    {"mispredict_conditional",
     "refill behind a conditional branch that went the other way, its wait included"},
    {"mispredict_indirect", "refill behind an indirect branch that went elsewhere, its wait included"},
    {"mispredict_return", "refill behind a return that went elsewhere, its wait included"},
    {"serialize", "the pipe drained for isb, a system call or a system register"},
    {"order", "the oldest uop was a barrier or an exclusive, or an acquire that waited for a release"},
    {"dependence_integer", "the back end was full behind an integer operation or a chain of them"},
    {"dependence_multiply", "the back end was full behind a multiplication or a chain of them"},
    {"dependence_divide", "the back end was full behind a division or a square root"},
    {"dependence_fp", "the back end was full behind an FP or SIMD operation or a chain of them"},
    {"forwarding", "the back end was full behind a load served by the store queue"},
    {"memory_l1", "the back end was full behind a load served by the L1D"},
    {"memory_l2", "the back end was full behind a load served by the L2"},
    {"memory_slc", "the back end was full behind a load served by the system-level cache"},
    {"memory_dram", "the back end was full behind a load served by DRAM"},
    {"data_tlb", "the back end was full behind a load that missed the DTLB"},
    {"port_integer", "the oldest uop was ready and the integer ports were taken"},
    {"port_branch", "the oldest uop was ready and the branch ports were taken"},
    {"port_multiply", "the oldest uop was ready and the multipliers or the divider were taken"},
    {"port_load", "the oldest uop was ready and the load ports were taken"},
    {"port_store", "the oldest uop was ready and the store ports were taken"},
    {"port_fp", "the oldest uop was ready and the FP ports were taken"},
    {"store_buffer", "the oldest uop was a store without a store queue entry: older ones had yet to write"},
    {"retire", "the oldest uops were done and retirement had no room for them in the cycle"},
    {"drain", "the last uops finished before a context switch or the end of the program"},
}};

// What rename found full.
enum class Structure : std::uint8_t {
  kRetireGroups,
  kRenameEntries,
  kIntRegisters,
  kFpRegisters,
  kFlagRegisters,
  kBranches,
  kDispatchQueues,
};

inline constexpr std::size_t kStructureCount = 7;

// The last part of "core.full.<name>".
inline constexpr std::array<StallInfo, kStructureCount> kStructureInfo{{
    {"retire_groups", "no retire group was free"},
    {"rename_entries", "no rename-retire entry was free"},
    {"int_registers", "no physical integer register was free"},
    {"fp_registers", "no physical FP register was free"},
    {"flag_registers", "no physical flag register was free"},
    {"branches", "as many branches were in flight as can be"},
    {"dispatch_queues", "the dispatch queues that lead to the uop's ports were full"},
}};

}  // namespace m2sim::timing
