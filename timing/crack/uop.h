// What a core tracks: static facts of a uop (shared, const, one a place in the program) and the state of
// one execution of it (one an entry of the in-flight ring).
#pragma once

#include <array>
#include <cstdint>

#include "insts/operands.h"
#include "timing/config/config.h"
#include "timing/cycle.h"
#include "timing/stall.h"

namespace m2sim::timing {

using insts::RegId;

// Values inside one instruction: written by one of its uops, read by a later one.
inline constexpr RegId kTemp0 = insts::kRegCount;
inline constexpr unsigned kTempCount = 4;
// What a place for a register that a uop does not have names: a source that nobody writes, so that it is
// never waited for, and a destination that nobody reads.
inline constexpr RegId kNoTimedReg = kTemp0 + kTempCount;
inline constexpr RegId kUnreadReg = kNoTimedReg + 1;
inline constexpr unsigned kTimedRegs = kUnreadReg + 1;

inline constexpr insts::Source kNoSource = {kNoTimedReg, insts::Role::kData};
inline constexpr unsigned kMaxSources = 4;
inline constexpr unsigned kMaxDests = 2;
// Bits of UopInfo::links; below them, the number of the source.
inline constexpr unsigned kLinkAddresses = 1U << 3;
inline constexpr unsigned kLinkRole = 4;

enum UopFlag : std::uint16_t {
  kUopLoad = 1U << 0,
  kUopStore = 1U << 1,
  kUopPrefetch = 1U << 2,
  kUopFirstAccess = 1U << 3,  // takes the next effective address of the log
  kUopBranch = 1U << 4,       // the terminal branch of its block (fused with a compare or not)
  kUopStartsGroup = 1U << 5,  // may fault: must be the first of its retire group
  kUopEndsGroup = 1U << 6,
  kUopCopy = 1U << 7,       // eliminated move: the destination becomes the source's value
  kUopSerialize = 1U << 8,  // renames alone in an empty core; `latency` cycles until the next uop
  kUopAcquire = 1U << 9,    // load-acquire: waits for older store-releases to write
  kUopRelease = 1U << 10,   // store-release
  kUopForetold = 1U << 13,  // load: its address may be foretold
  // Derived by settle().
  kUopPlain = 1U << 11,     // is of the kind that is_plain() says
  kUopManyWays = 1U << 12,  // several dispatch queues lead to its ports
};

// Counts of what rename hands out and retirement gives back, five 12-bit lanes in one word so that one
// subtraction checks them all. Lanes hold at most 2,047; the top bit of a lane says "too few".
using Resources = std::uint64_t;
inline constexpr unsigned kResourceBits = 12;
inline constexpr Resources kRenameEntry = Resources{1};  // one an architectural register write
inline constexpr Resources kIntRegister = kRenameEntry << kResourceBits;
inline constexpr Resources kFpRegister = kIntRegister << kResourceBits;
inline constexpr Resources kFlagRegister = kFpRegister << kResourceBits;
inline constexpr Resources kBranchEntry = kFlagRegister << kResourceBits;  // one a branch that executes
inline constexpr Resources kResourceSigns = 0x800'800'800'800'800;
inline constexpr unsigned kResourceMax = 0x7FF;

constexpr bool lacks(Resources available, Resources needed) {
  return ((available - needed) & kResourceSigns) != 0;
}

// Rename-retire entries, speculative registers and branches of a core.
Resources initial_resources(const CoreConfig& config);

constexpr unsigned rename_entries(Resources resources) { return resources & 0xFFF; }

// What a uop and a retire group are to each other, four signed lanes of 8 bits, so that one subtraction
// checks them all. Lane 0: rename slots; lane 1: uops that execute; lane 2: the uop must be the first of its
// group; lane 3: the uop is the last of its group.
using GroupRoom = std::uint32_t;
inline constexpr unsigned kGroupExecutes = 8;
inline constexpr GroupRoom kGroupStarts = 1U << 16;
inline constexpr GroupRoom kGroupEnds = 1U << 24;
inline constexpr GroupRoom kGroupSigns = 0x80808080;

// What is asked of a uop once it has its operands: together, so that a model can keep a copy with the uop.
struct alignas(8) ExecutionFacts {
  std::uint16_t flags = 0;            // UopFlag
  std::uint8_t latency = 0;           // cycles to a dependent issue; loads: on top of the memory system's
  std::uint8_t occupancy = 0;         // cycles for which the port is blocked
  std::uint8_t addend_sooner = 0;     // cycles by which an addend input gets the result earlier
  std::uint8_t expected_latency = 0;  // `latency`, with the L1D's for a load
  StallReason work = StallReason::kDependInteger;       // what its latency is charged to; loads: if they hit
  StallReason port_reason = StallReason::kPortInteger;  // what the wait for a port is charged to

  bool is(UopFlag flag) const { return (flags & flag) != 0; }
  bool memory() const { return (flags & (kUopLoad | kUopStore | kUopPrefetch)) != 0; }
  // May yet turn out to have been wrong, to fault or to have to run again, until it is done.
  bool may_fail() const { return (flags & (kUopLoad | kUopStore | kUopBranch)) != 0; }
};

// One rename-time unit: at most one issued operation. Instructions of several issued operations are
// several of these; those that count as one uop leave `slots` 0 on all but the first.
struct alignas(64) UopInfo : ExecutionFacts {
  std::uint32_t ports = 0;        // mask of the ports that can execute it; 0: done at rename
  std::uint8_t slots = 0;         // rename and retire slots it takes
  std::uint8_t queue = 0;         // first dispatch queue that leads to `ports`
  std::uint8_t queues = 0;        // mask of all dispatch queues that do
  std::uint32_t local_ports = 0;  // `ports` as places behind each queue, four bits a queue
  std::uint8_t issues = 0;        // what a hardware counter of issued uops would count
  std::uint8_t source_count = 0;
  std::uint8_t dest_count = 0;
  std::array<insts::Source, kMaxSources> sources = {kNoSource, kNoSource, kNoSource, kNoSource};
  std::array<RegId, kMaxDests> dests = {kUnreadReg, kUnreadReg};
  std::uint8_t bytes = 0;   // of its memory access
  std::uint8_t offset = 0;  // from the instruction's effective address
  std::uint8_t inst = 0;    // index of its (last) instruction in the block
  std::uint8_t insts = 0;   // instructions that finish with this uop; 2 for a fused pair
  Resources needs = 0;      // Resources it takes at rename and gives back at retirement
  // Derived by settle(): what it asks of a group that it joins, and what it takes of it; of each source its
  // place, role and whether it is one of addresses(), as WaiterLink has them.
  GroupRoom joins = 0;
  GroupRoom takes = 0;
  std::array<std::uint8_t, kMaxSources> links{};

  // The ports behind a queue, as the queue numbers them.
  unsigned ports_behind(unsigned of_queue) const { return local_ports >> (4 * of_queue) & 15U; }
  // A source that a store's address needs, not its data.
  bool addresses(unsigned source) const {
    return is(kUopStore) && source < source_count && sources[source].role != insts::Role::kStoreData;
  }
  // Executes, is neither an access, a branch nor kUopSerialize, and has no more than most have: one slot, two
  // sources, one destination, its port for one cycle.
  bool is_plain() const {
    constexpr unsigned kSpecial =
        kUopLoad | kUopStore | kUopPrefetch | kUopFirstAccess | kUopBranch | kUopSerialize;
    return ports != 0 && (flags & kSpecial) == 0 && slots == 1 && source_count <= 2 && dest_count <= 1 &&
           occupancy == 1;
  }
  // When all else is known.
  void settle() {
    if (is_plain()) flags |= kUopPlain;
    if ((queues & (queues - 1U)) != 0) flags |= kUopManyWays;
    takes = slots | (ports != 0 ? 1U : 0U) << kGroupExecutes;
    joins = takes | (is(kUopStartsGroup) ? kGroupStarts : 0U);
    takes |= is(kUopEndsGroup) ? kGroupEnds : 0U;
    for (unsigned s = 0; s < source_count; ++s) {
      const auto role = static_cast<unsigned>(sources[s].role);
      links[s] = static_cast<std::uint8_t>(role << kLinkRole | (addresses(s) ? kLinkAddresses : 0U) | s);
    }
  }
};

static_assert(sizeof(UopInfo) == 64, "a line of the host's cache");
static_assert(kMaxPorts <= 32 && kMaxDispatchQueues <= 8, "masks of UopInfo");

}  // namespace m2sim::timing
