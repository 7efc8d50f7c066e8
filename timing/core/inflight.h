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

// A place in a waiter list: the entry that waits and which of its inputs does.
using WaiterLink = std::uint32_t;
inline constexpr WaiterLink kNoWaiter = 0;
inline constexpr unsigned kInputStore = kMaxSources;          // the store that a load is predicted to need
inline constexpr unsigned kInputViolation = kMaxSources + 1;  // the store that a load overtook
inline constexpr unsigned kInputs = 8;

// Two lines of the host's cache. Numbers of 32 bits are the low ones of a number that is larger in the end.
struct alignas(64) InFlight {
  const UopInfo* info = nullptr;
  Cycle ready = 0;      // latest known time of its inputs
  Cycle able = kNever;  // when it could have issued for the first time
  Cycle issued = kNever;
  Result result{kNever};  // kNever: not known yet
  std::uint64_t pc = 0;
  std::uint64_t address = 0;
  std::uint64_t memory_number = 0;   // of the load or store, in program order
  std::array<WaiterLink, 6> next{};  // by input: the next in the list that the input waits in
  WaiterLink waiters = kNoWaiter;    // who waits for this entry's result
  std::uint32_t next_woken = 0;      // in the wake wheel
  std::uint32_t group = 0;           // its retire group
  std::uint32_t store = 0;           // load: sequence of the store that it overlaps; 0: none
  std::uint32_t release = 0;         // acquire: sequence of the release that it waits for; 0: none
  std::uint8_t pending = 0;          // inputs whose time is not known
  std::uint8_t second = 0;           // mask of sources that read their producer's second destination
  std::uint8_t penalty = 0;          // of the mispredicted branch
  std::uint8_t scheduler = 0;
  std::uint8_t slot = 0;  // in its scheduler
  bool dispatched = false;
  bool predicted = false;  // load: the dependence on `store` was foreseen
  // What its work and what held it are charged to (charges.h).
  StallReason work = StallReason::kBase;
  StallReason held = StallReason::kBase;

  // A uop takes the entry at rename.
  void start(const UopInfo& uop, std::uint64_t its_pc, std::uint64_t its_group, std::uint8_t its_penalty) {
    info = &uop;
    pc = its_pc;
    group = static_cast<std::uint32_t>(its_group);
    penalty = its_penalty;
    ready = 0;
    able = issued = result.ready = kNever;
    waiters = kNoWaiter;
    release = 0;
    pending = 0;
    second = 0;
    dispatched = false;
    work = uop.work;
    held = uop.port_reason;
  }
  // Whether `number` is the one of which only the low bits are kept here.
  static bool same(std::uint32_t kept, std::uint64_t number) {
    return static_cast<std::uint32_t>(number) == kept;
  }
  Wait wait() const { return {able, issued, result.ready, pc, work, held}; }
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
  // No room for another entry while that of `oldest` is in use.
  bool full(std::uint64_t oldest) const { return last_ + 1 - oldest > mask_; }

 private:
  std::uint64_t last_ = 0;
  std::vector<InFlight> entries_;
  std::uint64_t mask_ = entries_.size() - 1;
};

inline WaiterLink waiter_link(std::uint32_t index, unsigned input) {
  // Index 0 with input 0 would read as kNoWaiter; 1 is added.
  return index * kInputs + input + 1;
}

}  // namespace m2sim::timing
