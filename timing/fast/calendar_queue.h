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
#include "timing/config/premises.h"
#include "timing/cycle.h"
#include "timing/fast/port_calendar.h"
#include "timing/least_lane.h"
#include "timing/pipe/steering.h"

namespace m2sim::timing {

static_assert(kCalendarPorts == kPortsPerQueue);

class CalendarQueue {
 public:
  void set_lane(const QueueLane& lane) {
    lane_ = lane;
    bound_cycles_ = Premise(static_cast<std::uint32_t>(lane.bound_cycles));
    lane.bound_cycles == 0 ? bound_cycles_.only_this() : bound_cycles_.at_least(1);
  }

  // Uops that have not left by `now`, which does not go back.
  std::uint32_t queued(Cycle now) {
    while (next_leave_ <= now) next_leave_ = --queued_ == 0 ? kNever : leaves(++oldest_);
    return queued_;
  }
  bool full(Cycle now) { return queued(now) >= lane_.entries; }
  // When the first of those leaves, or kNever.
  Cycle next_leave() const { return next_leave_; }

  // A uop that is bound to a scheduler, or to none (kLaneCount), goes to one that leads to one of `ports`;
  // returns when it gets there, not before `earliest`.
  [[gnu::always_inline]] Cycle dispatch(unsigned ports, Cycle earliest, unsigned bound, unsigned& scheduler) {
    advance(earliest);
    if (left_ == 0) advance_to(calendar_.now() + 1);
    const bool free = bound == kLaneCount;
    scheduler = free ? lane_.choose_scheduler(ports, waiting_) : lane_.if_room(bound, waiting_);
    Cycle at = calendar_.now();
    if (scheduler != kLaneCount) [[likely]] {
      --left_;
    } else {
      at = free ? wait_in_order(ports, scheduler) : wait_bound(ports, earliest, bound, scheduler);
    }
    will_leave(at);
    return at;
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
  const Premise& bound_cycles() const { return bound_cycles_; }

 private:
  Cycle& leaves(std::uint32_t number) { return leaves_[number % leaves_.size()]; }
  void will_leave(Cycle cycle) {
    std::uint32_t place = oldest_ + queued_++;
    for (; place != oldest_ && leaves(place - 1) > cycle; --place) leaves(place) = leaves(place - 1);
    leaves(place) = cycle;
    next_leave_ = std::min(next_leave_, cycle);
  }

  // Whoever comes later leaves later.
  Cycle wait_in_order(unsigned ports, unsigned& scheduler) {
    while (scheduler == kLaneCount) {
      advance(calendar_.next_leave(lane_.choices[ports].leaving));
      scheduler = lane_.choose_scheduler(ports, waiting_);
    }
    --left_;
    return calendar_.now();
  }
  // Others overtake it: their time goes on from where it is. What a scheduler will hold is known, so the
  // cycle is too in which it has room behind those that wait for it already.
  [[gnu::noinline]] Cycle wait_bound(unsigned ports, Cycle earliest, unsigned bound, unsigned& scheduler) {
    const Cycle freed = earliest + lane_.bound_cycles;
    scheduler = bound;
    Cycle leaves = room_in(bound);
    // What follows is the same for all numbers of cycles up to which it waits for its own scheduler anyway,
    // and behind which another has no room yet (noted in any mode: it costs less than to ask whether to).
    const auto wait = static_cast<std::int64_t>(leaves - earliest);
    if (leaves < freed) {
      bound_cycles_.at_least(wait);
      return leaves;
    }
    const Cycle own = leaves;
    Cycle first = kNever;
    const QueueLane::Choice& choice = lane_.choices[ports];
    for (unsigned i = 0; i < choice.count; ++i) {
      const Cycle there = room_in(choice.leading[i]);
      first = std::min(first, there);
      const Cycle room = std::max(freed, there);
      if (room >= leaves) continue;
      leaves = room;
      scheduler = choice.leading[i];
    }
    if (first >= own) return leaves;
    if (leaves == own) {
      bound_cycles_.at_least(wait);
    } else if (freed <= first) {
      bound_cycles_.at_most(static_cast<std::int64_t>(first - earliest));
    } else {
      bound_cycles_.only_this();
    }
    return leaves;
  }
  Cycle room_in(unsigned scheduler) const {
    const std::uint64_t waiting = QueueLane::in(scheduler, waiting_);
    const std::uint64_t capacity = QueueLane::in(scheduler, lane_.capacity);
    if (waiting < capacity) return calendar_.now();
    return calendar_.leave_of(lane_.ports_of[scheduler], waiting - capacity + 1);
  }

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
  // Ring: when those leave that had not at the last look, in this order.
  std::array<Cycle, ring_size(Bounds<DispatchQueueConfig>::entries.max)> leaves_{};
  Cycle next_leave_ = kNever;  // of the first of them
  std::uint32_t oldest_ = 0;   // its number
  std::uint32_t queued_ = 0;   // it and those behind it
  std::uint32_t left_ = 0;     // dispatches left in the calendar's cycle
  Lanes waiting_ = 0;          // uops in each scheduler, and bound to it
  QueueLane lane_;
  Premise bound_cycles_;
};

}  // namespace m2sim::timing
