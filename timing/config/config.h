// What a core is made of, as numbers. One aggregate a structure, a unit and a meaning a member; the
// values with their sources are in m2_pcore.cpp and m1_pcore.cpp, and config_fields.h finds a member
// by its path.
//
// Every member is a 32-bit unsigned integer: a table of (path, member) can then be proved complete by
// its size alone (config_fields.cpp), and `--set` needs one number syntax.
#pragma once

#include <array>
#include <cstdint>

namespace m2sim::timing {

// What an execution port can do; a port's capabilities are an or of these.
enum PortCapability : std::uint32_t {
  kCapAlu = 1u << 0,        // integer add, logic, shift, immediate moves
  kCapFlags = 1u << 1,      // flag writers and readers (adds, ccmp, csel)
  kCapBranch = 1u << 2,     // direct branches that execute (conditional, bl)
  kCapAdr = 1u << 3,        // adr, adrp
  kCapSysReg = 1u << 4,     // mrs, msr of user registers
  kCapIndirect = 1u << 5,   // br, blr, ret
  kCapPac = 1u << 6,        // pointer authentication
  kCapIntFromFp = 1u << 7,  // the integer half of a move from an FP register
  kCapMul = 1u << 8,
  kCapDiv = 1u << 9,
  kCapMadd = 1u << 10,    // madd, msub and the widening forms
  kCapCrcBfm = 1u << 11,  // crc32, bfm, extr
  kCapLoad = 1u << 12,
  kCapStore = 1u << 13,
  kCapIntToFp = 1u << 14,    // moves from a general to an FP register (they use the load ports)
  kCapFp = 1u << 15,         // all FP and SIMD arithmetic not named below
  kCapFpToInt = 1u << 16,    // the FP half of a move to a general register
  kCapFpSelect = 1u << 17,   // fcsel
  kCapFpCompare = 1u << 18,  // fcmp, fccmp
  kCapFpDivide = 1u << 19,   // fdiv, fsqrt
  kCapFpRecip = 1u << 20,    // frecpe, frsqrte
  kCapSha = 1u << 21,
  kCapFpJcvt = 1u << 22,  // fjcvtzs
};

inline constexpr unsigned kPortCapabilityCount = 23;
inline constexpr unsigned kPortCount = 14;       // u1..u14 of the drawing in m2_pcore.cpp, from 0
inline constexpr unsigned kSchedulerCount = 11;  // six integer, one memory, four FP
inline constexpr unsigned kDispatchQueueCount = 4;
inline constexpr unsigned kTageTableCount = 6;

struct ClockConfig {
  std::uint32_t mhz;  // MHz; turns nanoseconds into cycles and nothing else
  double ghz() const { return mhz / 1000.0; }
};

struct FetchConfig {
  std::uint32_t instructions_per_cycle;
  std::uint32_t bytes_per_cycle;  // width of the window; it may start at any instruction
  std::uint32_t taken_branches_per_cycle;
  std::uint32_t branches_per_cycle;  // taken or not
  std::uint32_t page_cross_bubble;   // cycles lost when the window leaves its page
  std::uint32_t queue_instructions;  // decoupling queue between fetch and decode
};

struct DecodeConfig {
  std::uint32_t width;            // instructions a cycle
  std::uint32_t pipeline_cycles;  // from fetch to rename on a refilled pipe
};

struct RenameConfig {
  std::uint32_t width;                  // uops a cycle, eliminated ones included
  std::uint32_t eliminated_immediates;  // immediate moves eliminated a cycle
  std::uint32_t fusion_registers;       // most registers that fused pairs read among six instructions
};

struct RobConfig {
  std::uint32_t groups;  // retire groups in flight
  std::uint32_t uops_per_group;
  std::uint32_t issuing_uops_per_group;
  std::uint32_t rename_entries;     // rename-retire entries: one an architectural register write
  std::uint32_t groups_per_cycle;   // groups retired a cycle
  std::uint32_t renames_per_cycle;  // rename-retire entries retired a cycle
};

// Registers for speculative values, the architectural ones not counted.
struct PrfConfig {
  std::uint32_t integer;
  std::uint32_t fp;
  std::uint32_t flags;
};

struct DispatchQueueConfig {
  std::uint32_t entries;
  std::uint32_t per_cycle;  // uops that leave it for their schedulers in a cycle
};

struct SchedulerConfig {
  std::uint32_t entries;
  std::uint32_t queue;  // index of the dispatch queue that feeds it
};

struct PortConfig {
  std::uint32_t capabilities;  // or of PortCapability
  std::uint32_t scheduler;     // index of the scheduler that it picks from
};

struct LsqConfig {
  std::uint32_t load_entries;  // taken at issue, freed in order once non-speculative
  std::uint32_t store_entries;
  std::uint32_t store_commits_per_cycle;    // stores written to the L1D
  std::uint32_t forward_latency;            // cycles from a store's data to a load that reads it
  std::uint32_t forward_predicted_latency;  // the same once the dependence is predicted
  std::uint32_t forward_line_cross_extra;   // cycles more if the pair crosses a line
  std::uint32_t forward_merge_extra;        // cycles more if several stores of one line are merged
  std::uint32_t forward_fail_latency;       // cycles when it must wait for the stores to reach the L1D
  std::uint32_t order_violation_penalty;    // cycles to flush and refetch from the load
  std::uint32_t dependence_pairs;           // store-load pairs the dependence predictor remembers
};

struct TageTableConfig {
  std::uint32_t target_history;  // bits of the target history (PHRT)
  std::uint32_t branch_history;  // bits of the branch-address history (PHRB)
  std::uint32_t ways;
  std::uint32_t index_bits;  // log2 of the sets
  std::uint32_t tag_bits;
};

struct BranchConfig {
  std::uint32_t btb_l1_entries;
  std::uint32_t btb_l1_ways;
  std::uint32_t btb_l1_bubble;   // cycles lost behind a taken branch whose target is here
  std::uint32_t btb_l2_entries;  // 0: there is none
  std::uint32_t btb_l2_ways;
  std::uint32_t btb_l2_bubble;
  std::uint32_t btb_miss_bubble;  // direct branch: target from predecode in the L1I
  std::uint32_t ras_entries;
  std::uint32_t base_index_bits;                      // log2 of the bimodal counters
  std::array<TageTableConfig, kTageTableCount> tage;  // longest history first
  std::uint32_t indirect_index_bits;  // log2 of the sets of each of the two tagged target tables
  std::uint32_t indirect_ways;
  std::uint32_t indirect_long_history;  // bits of target history of the two tables
  std::uint32_t indirect_short_history;
  std::uint32_t mispredict_penalty;  // cycles from its execution to the first on the right path
  std::uint32_t return_penalty;      // the same for returns
};

struct CacheConfig {
  std::uint32_t kib;
  std::uint32_t ways;
  std::uint32_t line_bytes;
};

struct L1iConfig {
  CacheConfig cache;
  std::uint32_t refill_interval;  // cycles between lines that come from the L2
  std::uint32_t prefetch_lines;   // next lines asked for behind a miss
};

struct L1dConfig {
  CacheConfig cache;
  std::uint32_t mshrs;  // lines that may be outstanding
  std::uint32_t
      load_to_base;  // cycles from a load to a load that uses it as its base, unless it crosses 8 bytes
  std::uint32_t load_to_use;         // cycles to an ALU or an index register
  std::uint32_t load_to_fp;          // cycles to an FP or SIMD register's reader
  std::uint32_t page_cross_penalty;  // cycles of an access that crosses a page, blocking
};

struct L2Config {
  CacheConfig cache;
  std::uint32_t mshrs;          // lines that may be outstanding
  std::uint32_t load_to_use;    // cycles for a load that hits here (in place of the L1D's)
  std::uint32_t fill_interval;  // cycles between lines sent to the L1D
};

struct SlcConfig {
  CacheConfig cache;          // kib 0: there is none
  std::uint32_t load_to_use;  // cycles for a load that hits here
};

struct DramConfig {
  std::uint32_t latency_ns;  // ns, from the load to its value
  std::uint32_t mb_per_s;    // 10^6 bytes a second that one core can read or write
};

struct TlbConfig {
  std::uint32_t entries;
  std::uint32_t ways;
  std::uint32_t miss_extra;  // cycles more than a hit when the next level has it
};

struct MmuConfig {
  std::uint32_t page_kib;
  TlbConfig itlb;
  TlbConfig dtlb;
  TlbConfig l2_tlb;  // miss_extra: the page walk
};

struct PrefetchConfig {
  std::uint32_t enabled;        // 0 or 1
  std::uint32_t streams;        // entries, one a load instruction
  std::uint32_t confirmations;  // equal strides before it starts
  std::uint32_t degree;         // most lines asked for at once, each for L1D and L2
  std::uint32_t l1_distance;    // strides ahead of the load that lines are brought into the L1D
  std::uint32_t l2_distance;    // the same for the L2
  std::uint32_t max_stride;     // bytes
  std::uint32_t cross_pages;    // 0 or 1: whether a stream goes on into the next page
};

struct CoreConfig {
  ClockConfig clock;
  FetchConfig fetch;
  DecodeConfig decode;
  RenameConfig rename;
  RobConfig rob;
  PrfConfig prf;
  std::array<DispatchQueueConfig, kDispatchQueueCount> dispatch_queues;
  std::array<SchedulerConfig, kSchedulerCount> schedulers;
  std::array<PortConfig, kPortCount> ports;
  LsqConfig lsq;
  BranchConfig branch;
  L1iConfig l1i;
  L1dConfig l1d;
  L2Config l2;
  SlcConfig slc;
  DramConfig dram;
  MmuConfig mmu;
  PrefetchConfig prefetch;
};

CoreConfig m2_pcore();
CoreConfig m1_pcore();

}  // namespace m2sim::timing
