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
      }
    }
  }

  // How many uops wait in each scheduler behind a queue.
  Lanes waiting(unsigned queue) const { return waiting_[queue]; }

  // The uop enters the scheduler of that number in the configuration.
  void insert(std::uint64_t sequence, std::uint8_t scheduler, InFlightRing& ring) {
    InFlight& entry = ring.at(sequence);
    Place& place = places_[scheduler];
    waiting_[place.queue] += place.one;
    entry.scheduler = scheduler;
    entry.slot =
        static_cast<std::uint8_t>(place.uops.insert(sequence, [&ring](std::uint64_t moved, unsigned slot) {
          ring.at(moved).slot = static_cast<std::uint8_t>(slot);
        }));
    entry.dispatched = true;
  }
  void wake(const InFlight& entry) {
    places_[entry.scheduler].uops.wake(entry.slot);
    ready_ |= 1U << entry.scheduler;
  }
  // In the next cycle: what most uops wait for, and cheaper than a place in the wheel.
  void wake_next(const InFlight& entry) {
    places_[entry.scheduler].uops.wake_next(entry.slot);
    next_ |= 1U << entry.scheduler;
  }
  void begin_cycle() {
    for (unsigned rest = next_; rest != 0; rest &= rest - 1)
      places_[static_cast<unsigned>(std::countr_zero(rest))].uops.wake_due();
    ready_ |= next_;
    next_ = 0;
  }
  void sleep(const InFlight& entry) {
    places_[entry.scheduler].uops.sleep(entry.slot);
    look_again(entry.scheduler);
  }

  bool any_ready() const { return (ready_ | next_) != 0; }  // in this cycle or the next

  // One cycle. `may_issue(entry)` may put a uop to sleep instead; `issue(entry, queue, port)` executes one
  // that has got a port, named as the queue numbers them.
  template <class MayIssue, class Issue>
  [[gnu::always_inline]] void pick(Cycle now, InFlightRing& ring, MayIssue&& may_issue, Issue&& issue) {
    for (unsigned rest = ready_; rest != 0; rest &= rest - 1) {
      pick_from(static_cast<unsigned>(std::countr_zero(rest)), now, ring, may_issue, issue);
    }
  }

 private:
  struct Place {
    Scheduler uops{0};
    unsigned queue = 0;
    unsigned ports = 0;  // mask of the queue's port numbers
    Lanes one = 0;       // a uop, in its lane of the queue's counts
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
    std::uint64_t candidates = place.uops.ready_by_age();
    if ((blocked_[place.queue] & place.ports) != 0) unblock(place.queue, now);
    unsigned free = place.ports & ~blocked_[place.queue];
    while (candidates != 0 && free != 0) {
      const unsigned slot = place.uops.oldest(candidates);
      candidates &= candidates - 1;
      InFlight& entry = ring.at(place.uops.sequence(slot));
      const unsigned usable = free & entry.info->ports_behind(place.queue);
      if (usable == 0 || !may_issue(entry)) continue;
      const unsigned port = Steering::choose_port(usable);
      free &= ~(1U << port);
      if (entry.info->occupancy != 1) block(place.queue, port, now + entry.info->occupancy);
      place.uops.remove(slot);
      look_again(scheduler);
      waiting_[place.queue] -= place.one;
      issue(entry, place.queue, port);
    }
  }

  unsigned ready_ = 0;  // mask of the schedulers with a ready uop
  unsigned next_ = 0;   // and of those with one that will be in the next cycle
  static_assert(kMaxSchedulers <= 32);
  std::array<Place, kMaxSchedulers> places_{};
  std::array<Lanes, kMaxDispatchQueues> waiting_{};
  std::array<unsigned, kMaxDispatchQueues> blocked_{};  // masks of ports whose time in port_free_ counts
  std::array<std::array<Cycle, kPortsPerQueue>, kMaxDispatchQueues> port_free_{};
};

}  // namespace m2sim::timing
