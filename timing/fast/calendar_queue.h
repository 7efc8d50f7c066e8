// A dispatch queue with the schedulers and ports behind it, as the instruction-driven model keeps them: by
// the cycles in which uops leave the queue, and a calendar of the ports.
//
// Reads DispatchQueueConfig, SchedulerConfig, PortConfig (through Steering).
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "timing/config/bounds.h"
#include "timing/cycle.h"
#include "timing/fast/port_calendar.h"
#include "timing/least_lane.h"
#include "timing/pipe/steering.h"

namespace m2sim::timing {

static_assert(kCalendarPorts == kPortsPerQueue);

class CalendarQueue {
 public:
  void set_lane(const QueueLane& lane) { lane_ = lane; }

  // Uops that have not left by `now`, which does not go back.
  std::uint32_t queued(Cycle now) {
    while (next_leave_ <= now) {
      next_leave_ = --queued_ == 0 ? kNever : dispatched_[++oldest_ % dispatched_.size()];
    }
    return queued_;
  }
  bool full(Cycle now) { return queued(now) >= lane_.entries; }
  // When the oldest of those leaves.
  Cycle next_leave() const { return next_leave_; }

  // Binds a uop to a scheduler that leads to one of `ports`; returns when it gets there, not before
  // `earliest`.
  [[gnu::always_inline]] Cycle dispatch(unsigned ports, Cycle earliest, unsigned& scheduler) {
    advance(earliest);
    if (left_ == 0) advance_to(calendar_.now() + 1);
    for (;;) {
      scheduler = lane_.choose_scheduler(ports, waiting_);
      if (scheduler != kLaneCount) break;
      advance(calendar_.next_leave(lane_.choices[ports].leaving));
    }
    --left_;
    const Cycle dispatched = calendar_.now();
    dispatched_[(oldest_ + queued_++) % dispatched_.size()] = dispatched;
    next_leave_ = std::min(next_leave_, dispatched);
    return dispatched;
  }

  // The first free cycle from `ready` on of those of `ports` that the scheduler leads to; books it.
  [[gnu::always_inline]] Cycle issue(unsigned ports, unsigned scheduler, Cycle ready, unsigned occupancy,
                                     unsigned& port) {
    unsigned rest = ports & lane_.ports_of[scheduler];
    port = Steering::choose_port(rest);
    if (!calendar_.in_reach(ready)) return ready;
    waiting_ += in_lane(scheduler, 1);
    if (std::has_single_bit(rest) && occupancy == 1) return calendar_.book_first(port, ready);
    // What only one port executes takes the port's first free cycle although the next one is booked: by the
    // rule of the oldest it would push that operation, which is earlier in the program and later in time,
    // back by what they overlap. Here that one stays, and the port's time is taken behind it.
    const unsigned row = std::has_single_bit(ports) ? 1 : occupancy;
    Cycle best = calendar_.first_free(port, ready, row);
    for (rest &= rest - 1; rest != 0 && best != ready; rest &= rest - 1) {
      const unsigned other = Steering::choose_port(rest);
      const Cycle free = calendar_.first_free(other, ready, row);
      if (free >= best) continue;
      best = free;
      port = other;
    }
    calendar_.book(port, best, occupancy);
    return best;
  }

  unsigned port_name(unsigned port) const { return lane_.port_name[port]; }

 private:
  void advance(Cycle cycle) {
    if (cycle > calendar_.now()) advance_to(cycle);
  }
  [[gnu::noinline]] void advance_to(Cycle cycle) {
    Lanes left = 0;
    calendar_.advance(cycle, [this, &left](unsigned port, unsigned count) {
      left += in_lane(lane_.scheduler_of[port], count);
    });
    waiting_ -= left;
    left_ = lane_.per_cycle;
  }

  PortCalendar calendar_;
  std::array<Cycle, ring_size(Bounds<DispatchQueueConfig>::entries.max)>
      dispatched_{};           // ring: when the latest uops leave the queue
  Cycle next_leave_ = kNever;  // of the oldest that had not left at the last look
  std::uint32_t oldest_ = 0;   // its number
  std::uint32_t queued_ = 0;   // it and those behind it
  std::uint32_t left_ = 0;     // dispatches left in the calendar's cycle
  Lanes waiting_ = 0;          // uops in each scheduler
  QueueLane lane_;
};

}  // namespace m2sim::timing
