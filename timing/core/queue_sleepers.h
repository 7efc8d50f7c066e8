// Loads and stores of the cycle-driven model that wait for a queue entry, and which loads have given theirs
// back (timing/pipe/load_store_unit.h).
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "timing/config/bounds.h"
#include "timing/config/config.h"
#include "timing/core/inflight.h"
#include "timing/cycle.h"
#include "timing/stall.h"

namespace m2sim::timing {

class QueueSleepers {
 public:
  // Who waits for an entry, by its own number: index + 1 of the uop; 0: nobody.
  std::uint32_t& load(std::uint64_t number) { return loads_[number % loads_.size()]; }
  std::uint32_t& store(std::uint64_t number) { return stores_[number % stores_.size()]; }

  std::uint64_t last_freed_load() const { return last_freed_load_; }
  void free_load(std::uint64_t number) { last_freed_load_ = number; }

  // Loads that are done give their entries back, up to the first uop that may still fail: freed(load).
  template <class Freed>
  void free_loads(const InFlightRing& ring, std::uint64_t oldest, Cycle now, Freed&& freed) {
    for (may_fail_ = std::max(may_fail_, oldest); may_fail_ <= ring.last(); ++may_fail_) {
      const InFlight& entry = ring.at(may_fail_);
      if (!entry.info->may_fail()) continue;
      if (entry.result.ready > now) return;
      if (entry.info->is(kUopLoad)) freed(entry);
    }
  }
  // When the uop is done at which the last free_loads() stopped; kNever: not known.
  Cycle next_free(const InFlightRing& ring) const {
    return may_fail_ <= ring.last() ? ring.at(may_fail_).result.ready : kNever;
  }

 private:
  std::array<std::uint32_t, ring_size(Bounds<LsqConfig>::load_entries.max)> loads_{};
  std::array<std::uint32_t, ring_size(Bounds<RobConfig>::groups.max)> stores_{};  // one at most opens a group
  std::uint64_t last_freed_load_ = 0;
  std::uint64_t may_fail_ = 1;  // no uop before this one can fail, by sequence number
};

}  // namespace m2sim::timing
