// The way out of a dispatch queue and the schedulers and ports behind it, as the instruction-driven model
// keeps them: a calendar of the ports, and what waits in each scheduler.
//
// How many wait there is looked up only when it matters: it only falls as time goes on, so a scheduler that
// had room a while ago has it now.
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
  // A cycle, and the scheduler or the port.
  struct Place {
    Cycle cycle;
    unsigned number;
  };

  void set_lane(const QueueLane& lane) {
    lane_ = lane;
    for (unsigned i = 0; i < kLaneCount; ++i) {
      place_[i] = static_cast<std::uint8_t>(16 * lane.scheduler_of[i]);
      bias_ += in_lane(i, kFull - QueueLane::in(i, lane.capacity));
      if (!std::has_single_bit(lane.ports_of[i]) && lane.ports_of[i] != 0) one_port_each_ = false;
    }
    biased_ = bias_;
    bound_cycles_ = Premise(static_cast<std::uint32_t>(lane.bound_cycles));
    lane.bound_cycles == 0 ? bound_cycles_.only_this() : bound_cycles_.at_least(1);
  }

  // A uop that is bound to a scheduler, or to none (kLaneCount), goes to one that leads to one of `ports`;
  // when it gets there, not before `earliest`.
  [[gnu::always_inline]] Place dispatch(unsigned ports, Cycle earliest, unsigned bound) {
    if (earliest > now_) {
      go_to(earliest);
    } else if (left_ == 0) {
      go_to(now_ + 1);
    }
    const unsigned only = bound == kLaneCount ? lane_.choices[ports].only : bound;
    if (only != kLaneCount && has_room(only)) [[likely]] {
      --left_;
      return {now_, only};
    }
    return dispatch_slow(ports, earliest, bound);
  }

  // The first free cycle from `ready` on of those of `ports` that the scheduler leads to; books it.
  [[gnu::always_inline]] Place issue(unsigned ports, unsigned scheduler, Cycle ready, unsigned occupancy) {
    if (!in_reach(ready)) [[unlikely]]
      return {ready, scheduler};
    biased_ += in_lane(scheduler, 1);
    if (occupancy != 1) [[unlikely]]
      return book_row(ports, scheduler, ready, occupancy);
    if (one_port_each_) return {calendar_.book_first(scheduler, ready), scheduler};
    return book(ports, scheduler, ready);
  }

  unsigned port_name(unsigned port) const { return lane_.port_name[port]; }
  const Premise& bound_cycles() const { return bound_cycles_; }

 private:
  // Cycles beyond the horizon cannot be booked; chains of so many misses have the ports to themselves.
  bool in_reach(Cycle cycle) const { return cycle - now_ < PortCalendar::kReach; }
  bool has_room(unsigned scheduler) const { return (biased_ >> (16 * scheduler) & kFull) == 0; }
  void go_to(Cycle cycle) {
    now_ = cycle;
    left_ = lane_.per_cycle;
    if (cycle - calendar_.now() >= PortCalendar::kMostBehind) [[unlikely]]
      count();
  }
  // Who has left the schedulers by now does not wait there any more.
  [[gnu::noinline]] void count() {
    if (calendar_.now() != now_) biased_ -= calendar_.advance(now_, place_);
  }
  Lanes waiting() const { return biased_ - bias_; }

  [[gnu::noinline]] Place book(unsigned ports, unsigned scheduler, Cycle ready) {
    unsigned port = 0;
    const Cycle first = calendar_.book_first_of(ports & lane_.ports_of[scheduler], ready, port);
    return {first, port};
  }
  // For any time.
  [[gnu::noinline]] Place book_row(unsigned ports, unsigned scheduler, Cycle ready, unsigned occupancy) {
    unsigned rest = ports & lane_.ports_of[scheduler];
    unsigned port = Steering::choose_port(rest);
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
    if (row == occupancy && row <= PortCalendar::kMostInARow) {
      calendar_.book_row(port, best, occupancy);
    } else {
      calendar_.book(port, best, occupancy);
    }
    return {best, port};
  }

  // There is a choice between schedulers, or the one had no room at the last look.
  [[gnu::noinline]] Place dispatch_slow(unsigned ports, Cycle earliest, unsigned bound) {
    if (bound == kLaneCount) {
      count();
      bound = wait_in_order(ports);
    } else {
      const Cycle room = room_in(bound);
      if (room > now_) return wait_bound(ports, earliest, bound, room);
      count();  // so that the next ones find it at once
    }
    --left_;
    return {now_, bound};
  }
  // Whoever comes later leaves later. Returns the scheduler. count() has been called.
  unsigned wait_in_order(unsigned ports) {
    const QueueLane::Choice& choice = lane_.choices[ports];
    if (choice.only != kLaneCount) {
      if (!has_room(choice.only)) go_to(calendar_.next_leave(choice.leaving));
      return choice.only;
    }
    for (;;) {
      const unsigned scheduler = lane_.choose_scheduler(ports, waiting());
      if (scheduler != kLaneCount) return scheduler;
      go_to(calendar_.next_leave(choice.leaving));
      count();
    }
  }
  // Others overtake it: their time goes on from where it is. What a scheduler will hold is known, so the
  // cycle is too in which it has room behind those that wait for it already.
  Place wait_bound(unsigned ports, Cycle earliest, unsigned bound, Cycle own) {
    const Cycle freed = earliest + lane_.bound_cycles;
    // What follows is the same for all numbers of cycles up to which it waits for its own scheduler anyway,
    // and behind which another has no room yet (noted in any mode: it costs less than to ask whether to).
    const auto wait = static_cast<std::int64_t>(own - earliest);
    Place leaves{own, bound};
    if (own < freed) {
      bound_cycles_.at_least(wait);
      return leaves;
    }
    Cycle first = kNever;
    const QueueLane::Choice& choice = lane_.choices[ports];
    for (unsigned i = 0; i < choice.count; ++i) {
      const Cycle there = room_in(choice.leading[i]);
      first = std::min(first, there);
      const Cycle room = std::max(freed, there);
      if (room < leaves.cycle) leaves = {room, choice.leading[i]};
    }
    if (first >= own) return leaves;
    if (leaves.cycle == own) {
      bound_cycles_.at_least(wait);
    } else if (freed <= first) {
      bound_cycles_.at_most(static_cast<std::int64_t>(first - earliest));
    } else {
      bound_cycles_.only_this();
    }
    return leaves;
  }
  // Not before now.
  Cycle room_in(unsigned scheduler) const {
    if (has_room(scheduler)) return now_;
    const std::uint64_t beyond = QueueLane::in(scheduler, biased_) - kFull;  // its capacity
    return std::max(now_, calendar_.leave_of(lane_.ports_of[scheduler], beyond + 1));
  }

  static constexpr std::uint64_t kFull = kWholeLane / 2 + 1;
  static_assert(Bounds<SchedulerConfig>::entries.max + Bounds<DispatchQueueConfig>::entries.max < kFull);

  PortCalendar calendar_;
  Cycle now_ = 0;
  std::uint32_t left_ = 0;  // dispatches left in this cycle
  // Uops in each scheduler at the calendar's time, and bound to it: above a bias that makes kFull of them who
  // fill it, so that one bit says whether it is full.
  Lanes biased_ = 0;
  Lanes bias_ = 0;
  std::array<std::uint8_t, kPortsPerQueue> place_{};  // of the lane of each port's scheduler, in bits
  bool one_port_each_ = true;                         // so that a scheduler's number is its port's
  QueueLane lane_;
  Premise bound_cycles_;
};

}  // namespace m2sim::timing
