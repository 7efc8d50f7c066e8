// Which way a uop takes to a port: the dispatch queue at rename, the scheduler when it leaves the queue, the
// port when it issues. The layout of queues, schedulers and ports is here once; how full they are is each
// model's own.
//
// Behind a queue its ports are numbered from 0, the most specialised first, and a scheduler has the number of
// the first of its ports.
//
// Reads PortConfig, SchedulerConfig, DispatchQueueConfig, IssueConfig.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "timing/config/config.h"
#include "timing/config/port_layout.h"
#include "timing/crack/uop.h"
#include "timing/cycle.h"
#include "timing/least_lane.h"
#include "timing/xorshift.h"

namespace m2sim::timing {

static_assert(kPortsPerQueue == kLaneCount);

// A dispatch queue and what is behind it. A queue without bound_cycles is left in order, each uop for the
// emptiest scheduler. In one with bound_cycles a uop is bound to a scheduler when it enters, without a look
// at how full that is, and those that find theirs full are overtaken; after so many cycles it is as free as
// in the other kind. Masks are of its own port numbers.
struct QueueLane {
  std::uint32_t entries = 0;
  std::uint32_t per_cycle = 0;  // uops that leave it
  Cycle bound_cycles = 0;       // that a uop keeps its scheduler; 0: it has none until it leaves
  Lanes capacity = 0;           // entries of the schedulers
  std::array<std::uint8_t, kPortsPerQueue> scheduler_of{};    // of each port
  std::array<std::uint32_t, kPortsPerQueue> ports_of{};       // mask of each scheduler's ports
  std::array<std::uint8_t, kPortsPerQueue> scheduler_name{};  // of each scheduler, in the configuration
  std::array<std::uint8_t, kPortsPerQueue> port_name{};       // of each port, in the configuration
  // For a uop that a mask of ports can execute: the schedulers that do not lead there, and all ports of
  // those that do, any of which makes room in a full one.
  struct Choice {
    Lanes excluded = 0;
    unsigned leaving = 0;
    unsigned count = 0;          // of the schedulers that lead there
    unsigned only = kLaneCount;  // the one that does, if no other
    std::array<std::uint8_t, kPortsPerQueue> leading{};
  };
  std::array<Choice, std::size_t{1} << kPortsPerQueue> choices{};

  // The least occupied scheduler with room that leads to one of `ports`; kLaneCount: none has room.
  unsigned choose_scheduler(unsigned ports, Lanes waiting) const {
    return least_lane(waiting, capacity, choices[ports].excluded);
  }
  bool bound_at(Cycle now, Cycle earliest) const { return now - earliest < bound_cycles; }
  // The scheduler, if it has room, else kLaneCount.
  unsigned if_room(unsigned scheduler, Lanes waiting) const {
    return in(scheduler, waiting) < in(scheduler, capacity) ? scheduler : kLaneCount;
  }
  static std::uint64_t in(unsigned scheduler, Lanes counts) {
    return counts >> (16 * scheduler) & kWholeLane;
  }
};

class Steering {
 public:
  explicit Steering(const CoreConfig& config);

  unsigned queues() const { return count_; }
  const QueueLane& queue(unsigned q) const { return queues_[q]; }
  // From rename to a scheduler, and from there to issue: cycles, at least.
  Cycle dispatch_delay() const { return dispatch_delay_; }
  Cycle issue_delay() const { return issue_delay_; }

  // The queues that lead to a port for the uop take turns, unless one has so many uops fewer than another.
  // `queued(q)`: the uops in queue q. `compared(n)`: that n is less than IssueConfig::queue_difference, or
  // not, has decided something.
  template <class Queued, class Compared>
  unsigned choose_queue(const UopInfo& uop, Queued&& queued, Compared&& compared) const {
    unsigned chosen = uop.queue;
    if (!uop.is(kUopManyWays)) return chosen;
    auto fewest = static_cast<std::int64_t>(queued(chosen));
    for (unsigned rest = uop.queues & (uop.queues - 1U); rest != 0; rest &= rest - 1) {
      const auto q = static_cast<unsigned>(std::countr_zero(rest));
      const auto here = static_cast<std::int64_t>(queued(q));
      compared(turn_ == 0 ? fewest - here : here - fewest);
      // Without a branch, which the host could not predict: all ones if this one is the emptier.
      const std::int64_t emptier = (here + emptier_by_[turn_] - fewest - 1) >> 63;
      fewest += (here - fewest) & emptier;
      chosen ^= (chosen ^ q) & static_cast<unsigned>(emptier);
    }
    return chosen;
  }
  // The uop enters a queue. Returns the scheduler that it is bound to there, or kLaneCount: to none.
  [[gnu::always_inline]] unsigned enter(const UopInfo& uop, unsigned queue) {
    return enter(uop, queue, uop.ports_behind(queue));
  }
  // The same for who knows already which ports of that queue can execute it.
  [[gnu::always_inline]] unsigned enter(const UopInfo& uop, unsigned queue, unsigned ports) {
    turn_ ^= uop.is(kUopManyWays) ? 1U : 0U;
    const Binding& binding = bindings_[queue][ports];
    return binding.schedulers[binding.count <= 1 ? 0 : random_.below(binding.count)];
  }
  // Whose turn it is, of the queues of the uop to come: for who has left instructions out, and cannot know.
  void set_turn(bool later) { turn_ = later ? 1 : 0; }
  // Of queue q: QueueLane::entries.
  std::uint32_t entries(unsigned q) const { return entries_[q]; }

  template <class Queued>
  unsigned choose_queue(const UopInfo& uop, Queued&& queued) const {
    return choose_queue(uop, queued, [](std::int64_t) {});
  }

  // Of the ports of a mask that are free at once: the most specialised.
  static unsigned choose_port(unsigned ports) { return static_cast<unsigned>(std::countr_zero(ports)); }

 private:
  // The schedulers that a uop for a mask of a queue's ports may be bound to: kLaneCount, if to none.
  struct Binding {
    unsigned count = 0;
    std::array<std::uint8_t, kPortsPerQueue> schedulers{};
  };

  unsigned count_;
  Cycle dispatch_delay_;
  Cycle issue_delay_;
  std::array<QueueLane, kMaxDispatchQueues> queues_{};
  std::array<std::array<Binding, std::size_t{1} << kPortsPerQueue>, kMaxDispatchQueues> bindings_{};
  std::array<std::uint32_t, kMaxDispatchQueues> entries_{};
  // That a later queue has to be, when it is not its turn and when it is.
  std::array<std::int64_t, 2> emptier_by_;
  std::uint32_t turn_ = 0;
  Xorshift random_;
};

}  // namespace m2sim::timing
