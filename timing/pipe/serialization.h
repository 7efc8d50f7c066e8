// Uops that rename alone: isb, system calls, registers of the system. Such a one renames when every uop
// before it has retired, and the next one its `latency` later.
#pragma once

#include <algorithm>

#include "timing/crack/uop.h"
#include "timing/cycle.h"

namespace m2sim::timing {

class Serialization {
 public:
  // The first cycle in which the uop may rename. `emptied`: from when on no older uop is in flight.
  Cycle earliest(const UopInfo& uop, Cycle emptied) const {
    return uop.is(kUopSerialize) ? std::max(until_, emptied) : until_;
  }
  // Whether the uop may not rename in cycle `now`; `empty`: no older uop is in flight.
  bool holds(const UopInfo& uop, Cycle now, bool empty) const {
    return until_ > now || (uop.is(kUopSerialize) && !empty);
  }
  // The uop renames in cycle `now`. True: it ends its retire group.
  bool rename(const UopInfo& uop, Cycle now) {
    if (!uop.is(kUopSerialize)) return false;
    until_ = now + uop.latency;
    return true;
  }
  Cycle until() const { return until_; }

 private:
  Cycle until_ = 0;
};

}  // namespace m2sim::timing
