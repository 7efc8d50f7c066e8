// A dispatch queue of the cycle-driven model: uops between rename and their scheduler, a line for each that
// they can be bound to. It knows from when on a look at it can find something to do: most cycles pass
// without.
//
// Reads DispatchQueueConfig (through QueueLane).
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "timing/config/bounds.h"
#include "timing/config/config.h"
#include "timing/cycle.h"
#include "timing/least_lane.h"
#include "timing/pipe/steering.h"
#include "timing/ring.h"

namespace m2sim::timing {

struct QueuedUop {
  std::uint64_t sequence;
  Cycle earliest;      // in a scheduler; not before that of an older one
  std::uint8_t bound;  // to a scheduler; kLaneCount: to none
  std::uint8_t ports;  // behind the queue that can execute it
};

class DispatchQueue {
 public:
  std::size_t size() const { return size_; }

  [[gnu::always_inline]] void push(const QueuedUop& uop) {
    const unsigned line = uop.bound % kLaneCount;
    if (lines_[line].empty()) {
      occupied_ |= 1U << line;
      oldest_[line] = uop.sequence;
      look_ = std::min(look_, uop.earliest);
    }
    lines_[line].push(uop);
    ++size_;
  }

  // The cycle from which leave() can find something to do.
  Cycle next_look() const { return look_; }
  // A uop has left a scheduler behind the queue.
  void room_in(unsigned scheduler) {
    const unsigned moves = stopped_ & (1U << scheduler | anywhere_);
    if (moves == 0) return;
    stopped_ &= ~moves;
    anywhere_ &= ~moves;
    look_ = 0;
  }

  // One cycle: enter(uop, scheduler) of those that find room in a scheduler, of which so many uops wait in
  // each. One that finds none is overtaken by those that are bound elsewhere. The older is asked first: else
  // a younger one, free to go anywhere, might take the last place of a scheduler and wait there for one that
  // needs it.
  template <class Enter>
  void leave(Cycle now, const QueueLane& lane, Lanes waiting, Enter&& enter) {
    if (now >= bound_until_) {
      bound_until_ = kNever;
      stopped_ = 0;
    }
    look_ = kNever;
    std::uint32_t left = lane.per_cycle;
    for (unsigned open = occupied_ & ~stopped_; open != 0;) {
      const unsigned line = oldest(open);
      auto& uops = lines_[line];
      const QueuedUop& uop = uops.front();
      if (uop.earliest > now) {  // and the others are younger
        look_ = uop.earliest;
        break;
      }
      const bool bound = lane.bound_at(now, uop.earliest);
      const unsigned chosen =
          bound ? lane.if_room(uop.bound, waiting) : lane.choose_scheduler(uop.ports, waiting);
      if (chosen == kLaneCount) {
        open &= ~(1U << line);
        stop(line, bound ? uop.earliest + lane.bound_cycles : kNever);
        continue;
      }
      waiting += in_lane(chosen, 1);
      enter(uop, chosen);
      open &= ~(pop(line) << line);
      if (--left != 0) continue;
      if (open != 0) look_ = now + 1;
      break;
    }
    look_ = std::min(look_, bound_until_);
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
  // The line's oldest uop has found no room. Until then it waits for its scheduler, whose number is the
  // line's, and else for any.
  void stop(unsigned line, Cycle bound_until) {
    stopped_ |= 1U << line;
    anywhere_ = (anywhere_ & ~(1U << line)) | unsigned{bound_until == kNever} << line;
    bound_until_ = std::min(bound_until_, bound_until);
  }
  // 1: the line is empty now.
  unsigned pop(unsigned line) {
    auto& uops = lines_[line];
    uops.pop();
    --size_;
    if (!uops.empty()) {
      oldest_[line] = uops.front().sequence;
      return 0;
    }
    occupied_ &= ~(1U << line);
    return 1;
  }
  // Of the lines of a mask the one with the oldest uop.
  unsigned oldest(unsigned mask) const {
    auto oldest = static_cast<unsigned>(std::countr_zero(mask));
    for (unsigned rest = mask & (mask - 1); rest != 0; rest &= rest - 1) {
      const auto line = static_cast<unsigned>(std::countr_zero(rest));
      oldest = oldest_[line] < oldest_[oldest] ? line : oldest;
    }
    return oldest;
  }

  std::size_t size_ = 0;
  // Masks of lines: those that are not empty; those whose oldest uop waits for room in a scheduler; those of
  // them where any will do.
  unsigned occupied_ = 0;
  unsigned stopped_ = 0;
  unsigned anywhere_ = 0;
  Cycle look_ = kNever;         // see next_look()
  Cycle bound_until_ = kNever;  // when the first uop that waits for its own scheduler may go elsewhere
  std::array<std::uint64_t, kLaneCount> oldest_{};  // sequence numbers, by line
  // By the scheduler that they are bound to; those bound to none are in the first.
  std::array<Ring<QueuedUop, ring_size(Bounds<DispatchQueueConfig>::entries.max)>, kLaneCount> lines_{};
};

}  // namespace m2sim::timing
