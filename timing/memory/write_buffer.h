// A channel for writes that nobody waits for, behind a buffer of so many: only who finds the buffer full
// waits. The channel is the writer's own, or one that reads use too. Times need not be monotonic: the
// buffer's places are a calendar, as the miss registers are, so that a write of later time fills it for
// nobody before.
#pragma once

#include <cstdint>

#include "timing/cycle.h"
#include "timing/memory/bandwidth.h"
#include "timing/memory/mshr.h"

namespace m2sim::timing {

class WriteBuffer {
 public:
  explicit WriteBuffer(std::uint32_t entries) : places_(entries) {}

  // The cycle from `now` on in which a write has room.
  Cycle room(Cycle now) const { return places_.first_free(now); }

  // Its place is taken until the channel takes it.
  void write(Bandwidth& channel, Cycle now) {
    const Cycle start = channel.take(now);
    if (start > now) places_.allocate(now, start - now);
  }

 private:
  MshrFile places_;
};

}  // namespace m2sim::timing
