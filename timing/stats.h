// What the timing models count. Plain counters, one struct a structure; presentation is the one table
// at the bottom, which names, explains and projects each of them and the figures derived from them.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "timing/stall.h"

namespace m2sim::timing {

struct CoreStats {
  std::uint64_t cycles;
  std::uint64_t insts;             // retired
  std::uint64_t uops;              // retired, eliminated ones included
  std::uint64_t issued_uops;       // picked by a port
  std::uint64_t eliminated_uops;   // finished at rename
  std::uint64_t fused_pairs;       // compare+branch and the like
  std::uint64_t order_violations;  // loads that ran before an older store to their address
  std::uint64_t forwarded_loads;   // loads whose value came from the store queue
  std::uint64_t forward_fails;     // loads that had to wait for a store to reach the L1D
  std::uint64_t context_switches;  // to another thread or program
  // Lost and used rename slots by reason. Their sum is slots_per_cycle x cycles.
  std::array<std::uint64_t, kStallReasonCount> slots;
  std::uint64_t slots_per_cycle;
};

struct BranchStats {
  std::uint64_t branches;  // retired, all kinds
  std::uint64_t conditional;
  std::uint64_t taken;
  std::uint64_t mispredicts;  // all kinds
  std::uint64_t mispredicts_direction;
  std::uint64_t mispredicts_indirect;  // target of br and blr
  std::uint64_t mispredicts_return;
  std::uint64_t btb_l1_hits;  // taken branches by where their target came from
  std::uint64_t btb_l2_hits;
  std::uint64_t btb_misses;
  std::uint64_t bubble_cycles;  // fetch cycles lost to slow target supply
  std::uint64_t ras_overflows;  // calls that overflowed the stack and emptied it
};

struct CacheStats {
  std::uint64_t accesses;          // demand accesses; one an instruction's access, two if it crosses a line
  std::uint64_t misses;            // demand accesses whose line was absent or still on its way
  std::uint64_t mshr_merges;       // of the misses: those that joined a line on its way
  std::uint64_t mshr_wait_cycles;  // cycles that misses waited for a free MSHR
  std::uint64_t writebacks;        // dirty lines put out
  std::uint64_t prefetches;        // lines brought in by a prefetcher or by prfm
  std::uint64_t prefetch_hits;     // of those: lines that a demand access used
};

struct TlbStats {
  std::uint64_t accesses;
  std::uint64_t misses;
};

struct DramStats {
  std::uint64_t reads;        // lines
  std::uint64_t writes;       // lines
  std::uint64_t wait_cycles;  // cycles that reads waited for the channel
};

struct MemoryStats {
  CacheStats l1i;
  CacheStats l1d;
  CacheStats l2;
  CacheStats slc;
  TlbStats itlb;
  TlbStats dtlb;
  TlbStats l2_tlb;
  DramStats dram;
  std::uint64_t line_crossings;  // data accesses that touched two lines
  std::uint64_t page_crossings;  // data accesses that touched two pages
};

struct TimingStats {
  CoreStats core;
  BranchStats branch;
  MemoryStats memory;
};

using StatValue = std::variant<std::uint64_t, double>;

struct StatInfo {
  std::string_view name;  // dotted, stable: "core.cycles"
  std::string_view unit;  // "cycles", "1/kilo-instruction", …
  std::string_view description;
  bool derived;  // computed from counters, not one itself
  StatValue (*value)(const TimingStats& stats);
};

// In the order in which reports print them.
std::span<const StatInfo> stat_table();

// stat_table() projected, index by index.
std::vector<StatValue> values(const TimingStats& stats);

}  // namespace m2sim::timing
