// Miss status holding registers, as the times during which each is taken. A line that is on its way
// needs none for further misses: those find its Cache::Line with its arrival time.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "timing/cycle.h"

namespace m2sim::timing {

class MshrFile {
 public:
  explicit MshrFile(std::uint32_t entries) : entries_(entries) { assert(entries > 0); }

  // The cycle from which a miss of `now` that takes `duration` cycles has a register.
  Cycle allocate(Cycle now, Cycle duration) {
    Entry* soonest = &entries_[next_];
    next_ = next_ + 1 == entries_.size() ? 0 : next_ + 1;
    if (soonest->until > now) {
      for (Entry& entry : entries_) {
        // Free again, or taken only by a miss that is later in time although it was seen earlier.
        if (entry.until <= now || entry.from >= now + duration) {
          soonest = &entry;
          break;
        }
        soonest = entry.until < soonest->until ? &entry : soonest;
      }
    }
    if (soonest->from >= now + duration && soonest->until > now) {
      return now;  // the register keeps its later use
    }
    // One time span an entry: waiting for it prolongs the span, coming later starts a new one.
    const Cycle start = soonest->until > now ? soonest->until : now;
    soonest->from = start > now ? soonest->from : now;
    soonest->until = start + duration;
    return start;
  }

  bool full(Cycle now) const {
    for (const Entry& entry : entries_) {
      if (entry.until <= now) {
        return false;
      }
    }
    return true;
  }

 private:
  struct Entry {
    Cycle from = 0;
    Cycle until = 0;
  };
  std::vector<Entry> entries_;
  std::size_t next_ = 0;
};

}  // namespace m2sim::timing
