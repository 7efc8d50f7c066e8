// A dispatch queue of the cycle-driven model: uops between rename and their scheduler, a line for each that
// they can be bound to.
//
// Reads DispatchQueueConfig (through QueueLane).
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "timing/config/bounds.h"
#include "timing/config/config.h"
#include "timing/cycle.h"
#include "timing/least_lane.h"
#include "timing/ring.h"

namespace m2sim::timing {

struct QueuedUop {
  std::uint64_t sequence;
  Cycle earliest;  // in a scheduler
  unsigned bound;  // to a scheduler; kLaneCount: to none
};

class DispatchQueue {
 public:
  std::size_t size() const { return size_; }

  void push(const QueuedUop& uop) {
    const unsigned line = uop.bound % kLaneCount;
    lines_[line].push(uop);
    occupied_ |= 1U << line;
    ++size_;
  }

  // One cycle: `take(uop)` says whether the uop has found room in a scheduler. One that has not is overtaken
  // by those that are bound elsewhere. The older is asked first: else a younger one, free to go anywhere,
  // might take the last place of a scheduler and wait there for one that needs it.
  template <class Take>
  void leave(Cycle now, std::uint32_t per_cycle, Take&& take) {
    for (unsigned open = occupied_; open != 0 && per_cycle != 0;) {
      const unsigned line = oldest(open);
      auto& uops = lines_[line];
      if (uops.front().earliest > now || !take(uops.front())) {
        open &= ~(1U << line);
        continue;
      }
      uops.pop();
      --size_;
      --per_cycle;
      if (!uops.empty()) continue;
      occupied_ &= ~(1U << line);
      open &= ~(1U << line);
    }
  }

  // later(cycle): of each at which a uop may do what it could not do before.
  template <class Later>
  void events(Cycle bound_cycles, Later&& later) const {
    for (unsigned rest = occupied_; rest != 0; rest &= rest - 1) {
      const QueuedUop& oldest = lines_[static_cast<unsigned>(std::countr_zero(rest))].front();
      later(oldest.earliest);
      if (bound_cycles != 0) later(oldest.earliest + bound_cycles);
    }
  }

 private:
  // Of the lines of a mask the one with the oldest uop.
  unsigned oldest(unsigned mask) const {
    auto oldest = static_cast<unsigned>(std::countr_zero(mask));
    for (unsigned rest = mask & (mask - 1); rest != 0; rest &= rest - 1) {
      const auto line = static_cast<unsigned>(std::countr_zero(rest));
      if (lines_[line].front().sequence < lines_[oldest].front().sequence) oldest = line;
    }
    return oldest;
  }

  std::size_t size_ = 0;
  unsigned occupied_ = 0;  // mask of the lines that are not empty
  // By the scheduler that they are bound to; those bound to none are in the first.
  std::array<Ring<QueuedUop, ring_size(Bounds<DispatchQueueConfig>::entries.max)>, kLaneCount> lines_{};
};

}  // namespace m2sim::timing
