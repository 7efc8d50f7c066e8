// The schedulers of the cycle-driven model, with the ports behind them.
//
// Each scheduler picks the oldest of its ready uops that finds one of its ports free, and the most
// specialised of those ports. A port that a uop blocks for several cycles is free again when those have
// passed.
//
// Reads SchedulerConfig, PortConfig.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <utility>

#include "timing/config/config.h"
#include "timing/core/inflight.h"
#include "timing/core/scheduler.h"
#include "timing/cycle.h"
#include "timing/pipe/steering.h"

namespace m2sim::timing {

class IssueQueues {
 public:
  IssueQueues(const CoreConfig& config, const Steering& steering) {
    for (unsigned q = 0; q < steering.queues(); ++q) {
      const QueueLane& lane = steering.queue(q);
      for (unsigned i = 0; i < kPortsPerQueue; ++i) {
        if (lane.ports_of[i] == 0) continue;
        Place& place = places_[lane.scheduler_name[i]];
        place.uops = Scheduler(config.schedulers[lane.scheduler_name[i]].entries);
        place.queue = q;
        place.ports = lane.ports_of[i];
        place.one = in_lane(i, 1);
        place.lane = i;
      }
    }
  }

  // How many uops wait in each scheduler behind a queue.
  Lanes waiting(unsigned queue) const { return waiting_[queue]; }

  // The uop enters the scheduler of that number in the configuration.
  [[gnu::always_inline]] void insert(InFlight& entry, std::uint8_t scheduler, InFlightRing& ring) {
    Place& place = places_[scheduler];
    waiting_[place.queue] += place.one;
    entry.scheduler = scheduler;
    entry.slot = static_cast<std::uint8_t>(
        place.uops.insert(ring.index_of(entry), [&ring](std::uint32_t moved, unsigned slot) {
          ring.at_index(moved).slot = static_cast<std::uint8_t>(slot);
        }));
  }
  void wake(const InFlight& entry) {
    places_[entry.scheduler].uops.wake(entry.slot);
    ready_ |= 1U << entry.scheduler;
  }
  // Its time is near: for most, it is the next cycle. Cheaper than a place in the wheel, and nobody looks at
  // the uop when the cycle comes.
  static constexpr Cycle kReach = Scheduler::kReach;
  [[gnu::always_inline]] void wake_at(const InFlight& entry, Cycle cycle) {
    const unsigned scheduler = entry.scheduler;
    places_[scheduler].uops.wake_at(entry.slot, cycle);
    due_[cycle % kReach] |= 1U << scheduler;
    due_cycles_ |= 1U << cycle % kReach;
  }
  void begin_cycle(Cycle now) {
    const unsigned due = std::exchange(due_[now % kReach], 0);
    for (unsigned rest = due; rest != 0; rest &= rest - 1)
      places_[static_cast<unsigned>(std::countr_zero(rest))].uops.wake_due(now);
    ready_ |= due;
    due_cycles_ &= ~(1U << now % kReach);
  }
  // The next cycle after `now` that wake_at() has named, or kNever.
  Cycle next_due(Cycle now) const {
    if (due_cycles_ == 0) return kNever;
    const unsigned from_next = std::rotr(due_cycles_, static_cast<int>((now + 1) % kReach));
    return now + 1 + static_cast<unsigned>(std::countr_zero(from_next));
  }
  void sleep(const InFlight& entry) {
    places_[entry.scheduler].uops.sleep(entry.slot);
    look_again(entry.scheduler);
  }

  bool any_ready() const { return ready_ != 0; }

  // One cycle. `may_issue(entry)` may put a uop to sleep instead; `issue(entry, queue, scheduler, port)`
  // executes one that has got a port; scheduler and port are named as the queue numbers them.
  template <class MayIssue, class Issue>
  [[gnu::always_inline]] void pick(Cycle now, InFlightRing& ring, MayIssue&& may_issue, Issue&& issue) {
    for (unsigned rest = ready_; rest != 0; rest &= rest - 1) {
      pick_from(static_cast<unsigned>(std::countr_zero(rest)), now, ring, may_issue, issue);
    }
  }

 private:
  // What is looked at most is in its first line of the host's cache.
  struct alignas(64) Place {
    unsigned queue = 0;
    unsigned ports = 0;  // mask of the queue's port numbers
    Lanes one = 0;       // a uop, in its lane of the queue's counts
    unsigned lane = 0;   // as which the queue knows it
    Scheduler uops{0};
  };

  void look_again(unsigned scheduler) {
    ready_ &= ~(unsigned{!places_[scheduler].uops.any_ready()} << scheduler);
  }

  void block(unsigned queue, unsigned port, Cycle until) {
    blocked_[queue] |= 1U << port;
    port_free_[queue][port] = until;
  }
  void unblock(unsigned queue, Cycle now) {
    for (unsigned rest = blocked_[queue]; rest != 0; rest &= rest - 1) {
      if (port_free_[queue][static_cast<unsigned>(std::countr_zero(rest))] <= now)
        blocked_[queue] &= ~(rest & -rest);
    }
  }

  template <class MayIssue, class Issue>
  [[gnu::always_inline]] void pick_from(unsigned scheduler, Cycle now, InFlightRing& ring,
                                        MayIssue&& may_issue, Issue&& issue) {
    Place& place = places_[scheduler];
    if ((blocked_[place.queue] & place.ports) != 0) unblock(place.queue, now);
    unsigned free = place.ports & ~blocked_[place.queue];
    std::uint64_t candidates = place.uops.ready_by_age();
    // Most schedulers have one port: the host can tell from that how often this runs.
    while (free != 0 && candidates != 0) {
      const unsigned slot = place.uops.oldest(candidates);
      candidates &= candidates - 1;
      InFlight& entry = ring.at_index(place.uops.key(slot));
      const unsigned usable = free & entry.ports;
      if (usable == 0 || !may_issue(entry)) continue;
      const unsigned port = Steering::choose_port(usable);
      free &= ~(1U << port);
      if (entry.facts.occupancy != 1) block(place.queue, port, now + entry.facts.occupancy);
      place.uops.remove(slot);
      look_again(scheduler);
      waiting_[place.queue] -= place.one;
      issue(entry, place.queue, place.lane, port);
    }
  }

  unsigned ready_ = 0;  // mask of the schedulers with a ready uop
  // By a near cycle, modulo kReach: of those with a uop that will be ready then. And the cycles that have
  // any.
  std::array<std::uint32_t, kReach> due_{};
  std::uint32_t due_cycles_ = 0;
  static_assert(kReach == 32, "a word holds the cycles");
  static_assert(kMaxSchedulers <= 32);
  std::array<Place, kMaxSchedulers> places_{};
  std::array<Lanes, kMaxDispatchQueues> waiting_{};
  std::array<unsigned, kMaxDispatchQueues> blocked_{};  // masks of ports whose time in port_free_ counts
  std::array<std::array<Cycle, kPortsPerQueue>, kMaxDispatchQueues> port_free_{};
};

}  // namespace m2sim::timing
