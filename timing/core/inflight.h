// Uops between rename and retirement, by ring index: the cycle-driven model's reorder buffer entries.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "timing/config/bounds.h"
#include "timing/config/config.h"
#include "timing/crack/uop.h"
#include "timing/cycle.h"
#include "timing/pipe/bypass.h"
#include "timing/pipe/charges.h"

namespace m2sim::timing {

// A place in a waiter list: the entry that waits, which of its inputs does, and what that takes of the
// result, so that who wakes it need not look into the waiting uop's facts.
using WaiterLink = std::uint32_t;
inline constexpr WaiterLink kNoWaiter = 0;
inline constexpr unsigned kInputStore = kMaxSources;          // the store that a load is predicted to need
inline constexpr unsigned kInputViolation = kMaxSources + 1;  // the store that a load overtook
inline constexpr unsigned kInputs = 8;

// Two lines of the host's cache: the first has what is asked of a uop that waits, issues or is waited for.
// Numbers of 32 bits are the low ones of a number that is larger in the end.
struct alignas(64) InFlight {
  const UopInfo* info = nullptr;
  Cycle ready = 0;                 // latest known time of its inputs
  Result result{kNever};           // kNever: not known yet
  ExecutionFacts facts;            // `work`: what it is charged to in the end
  WaiterLink waiters = kNoWaiter;  // who waits for this entry's result
  std::uint32_t group = 0;         // its retire group
  // Inputs whose time is not known, and one for the way to its scheduler.
  std::uint8_t pending = 0;
  std::uint8_t scheduler = 0;
  std::uint8_t slot = 0;                  // in its scheduler
  std::uint8_t ports = 0;                 // behind its queue that can execute it
  std::uint8_t penalty = 0;               // of the mispredicted branch
  bool predicted = false;                 // load: the dependence on `store` was foreseen
  StallReason held = StallReason::kBase;  // what held it (charges.h)
  // Load: address registers whose time is not known, and whether it reads without them or was misled about
  // them.
  std::uint8_t unaddressed : 4 = 0;
  bool ahead : 1 = false;
  bool misled : 1 = false;
  bool overtook : 1 = false;  // load: the store for which it waited is one it would not have waited for
  std::uint32_t store = 0;    // load: sequence of the store that it overlaps; 0: none
  std::uint32_t release = 0;  // acquire: sequence of the release that it waits for; 0: none

  Cycle able = kNever;  // when it could have issued for the first time
  Cycle issued = kNever;
  std::uint64_t pc = 0;
  std::uint64_t address = 0;
  std::uint64_t memory_number = 0;   // of the load or store, in program order
  std::array<WaiterLink, 6> next{};  // by input: the next in the list that the input waits in

  // A uop takes the entry at rename.
  void start(const UopInfo& uop, std::uint64_t its_pc, std::uint64_t its_group, std::uint8_t its_penalty) {
    info = &uop;
    facts = static_cast<const ExecutionFacts&>(uop);
    pc = its_pc;
    group = static_cast<std::uint32_t>(its_group);
    penalty = its_penalty;
    ready = 0;
    able = issued = result.ready = kNever;
    waiters = kNoWaiter;
    release = 0;
    ahead = misled = overtook = false;
    pending = 1;
    held = uop.port_reason;
  }
  // As long as it has no result: of a load that is `ahead`, the latest known time of its address registers;
  // of one that `overtook`, when it would have issued.
  Cycle& addressed() { return result.sooner; }
  Cycle& overtaking() { return result.sooner; }
  // One of them is known; where it has read without them, that changes nothing.
  void know_address(Cycle time) {
    if (issued != kNever) return;
    addressed() = std::max(addressed(), time);
    --unaddressed;
  }
  // In the wake wheel and behind a store, where no input waits for anything.
  std::uint32_t& next_woken() { return next[0]; }
  // Whether `number` is the one of which only the low bits are kept here.
  static bool same(std::uint32_t kept, std::uint64_t number) {
    return static_cast<std::uint32_t>(number) == kept;
  }
  Wait wait() const { return {able, issued, result.ready, pc, facts.work, held}; }
};

static_assert(sizeof(InFlight) == 128);

// Entries by sequence number, from 1. The ring is as large as its retire groups need, up to kMost; rename
// stops when it is full. No larger: all of it passes through the host's cache.
class InFlightRing {
 public:
  static constexpr std::size_t kMost = 8192;

  explicit InFlightRing(const RobConfig& config)
      : entries_(std::min(kMost, ring_size(config.groups * config.issuing_uops_per_group))) {}

  std::uint64_t allocate() { return ++last_; }
  InFlight& at(std::uint64_t sequence) { return entries_[index_of(sequence)]; }
  const InFlight& at(std::uint64_t sequence) const { return entries_[index_of(sequence)]; }
  InFlight& at_index(std::uint32_t index) { return entries_[index]; }
  std::uint32_t index_of(const InFlight& entry) const {
    return static_cast<std::uint32_t>(&entry - entries_.data());
  }
  std::uint32_t index_of(std::uint64_t sequence) const {
    return static_cast<std::uint32_t>(sequence & mask_);
  }
  std::uint64_t last() const { return last_; }
  // For so many more while that of `oldest` is in use.
  bool has_room_for(std::uint64_t entries, std::uint64_t oldest) const {
    return last_ + entries - oldest <= mask_;
  }
  // No room for another entry while that of `oldest` is in use.
  bool full(std::uint64_t oldest) const { return last_ + 1 - oldest > mask_; }

 private:
  std::uint64_t last_ = 0;
  std::vector<InFlight> entries_;
  std::uint64_t mask_ = entries_.size() - 1;
};

// The lowest bits are the input; the highest is set, so that no link reads as kNoWaiter.
inline constexpr unsigned kLinkIndex = 8;
static_assert(kInputs == kLinkAddresses && (InFlightRing::kMost << kLinkIndex) < (1U << 31U));

// `input`: with its role, as UopInfo::links has it, or a bare number.
inline WaiterLink waiter_link(std::uint32_t index, unsigned input) {
  return 1U << 31U | index << kLinkIndex | input;
}
inline std::uint32_t waiting_index(WaiterLink link) { return (link & ~(1U << 31U)) >> kLinkIndex; }
inline unsigned waiting_input(WaiterLink link) { return link % kInputs; }
inline insts::Role waiting_role(WaiterLink link) { return static_cast<insts::Role>(link >> kLinkRole & 15U); }
inline WaiterLink with_role(WaiterLink link, insts::Role role) {
  return (link & ~(15U << kLinkRole)) | static_cast<unsigned>(role) << kLinkRole;
}
inline bool waiting_for_address(WaiterLink link) { return (link & kLinkAddresses) != 0; }

}  // namespace m2sim::timing
