// Loads and stores of the cycle-driven model that wait for a queue entry, acquires that wait for a release,
// and which loads have given their entries back (timing/pipe/load_store_unit.h).
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "timing/config/bounds.h"
#include "timing/config/config.h"
#include "timing/core/inflight.h"
#include "timing/cycle.h"
#include "timing/stall.h"

namespace m2sim::timing {

class QueueSleepers {
 public:
  // The load that waits for an entry, by its own number: index + 1 of the uop; 0: it does not.
  std::uint32_t& load(std::uint64_t number) { return loads_[number % loads_.size()]; }

  // Who waits for the store of that number, which has not retired: the store that gets its entry, and any
  // acquires. A uop that sleeps has all its inputs, so that the list needs no room of its own.
  void sleep_until_written(std::uint64_t store, const InFlightRing& ring, InFlight& entry) {
    std::uint32_t& head = behind_store(store);
    entry.next_woken() = head;
    head = ring.index_of(entry) + 1;
  }
  // The store has retired: wake(entry) for each of them.
  template <class Wake>
  void written(std::uint64_t store, InFlightRing& ring, Wake&& wake) {
    std::uint32_t head = std::exchange(behind_store(store), 0);
    while (head != 0) {
      InFlight& entry = ring.at_index(head - 1);
      head = entry.next_woken();
      wake(entry);
    }
  }

  std::uint64_t last_freed_load() const { return last_freed_load_; }
  void free_load(std::uint64_t number) { last_freed_load_ = number; }

  // Loads that are done give their entries back, up to the first uop that may still fail: freed(load).
  template <class Freed>
  void free_loads(const InFlightRing& ring, std::uint64_t oldest, Cycle now, Freed&& freed) {
    for (may_fail_ = std::max(may_fail_, oldest); may_fail_ <= ring.last(); ++may_fail_) {
      const InFlight& entry = ring.at(may_fail_);
      if (!entry.facts.may_fail()) continue;
      if (entry.result.ready > now) return;
      if (entry.facts.is(kUopLoad)) freed(entry);
    }
  }
  // When the uop is done at which the last free_loads() stopped; kNever: not known.
  Cycle next_free(const InFlightRing& ring) const {
    return may_fail_ <= ring.last() ? ring.at(may_fail_).result.ready : kNever;
  }

 private:
  std::uint32_t& behind_store(std::uint64_t store) { return behind_store_[store % behind_store_.size()]; }

  std::array<std::uint32_t, ring_size(Bounds<LsqConfig>::load_entries.max)> loads_{};
  // By the store that has not retired, of which a group has one at most: index + 1 of a uop that waits for
  // it.
  std::array<std::uint32_t, ring_size(Bounds<RobConfig>::groups.max)> behind_store_{};
  std::uint64_t last_freed_load_ = 0;
  std::uint64_t may_fail_ = 1;  // no uop before this one can fail, by sequence number
};

}  // namespace m2sim::timing
