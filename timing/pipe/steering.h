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

namespace m2sim::timing {

static_assert(kPortsPerQueue == kLaneCount);

// A dispatch queue and what is behind it. Masks are of its own port numbers.
struct QueueLane {
  std::uint32_t entries = 0;
  std::uint32_t per_cycle = 0;                                // uops that leave it
  Lanes capacity = 0;                                         // entries of the schedulers
  std::array<std::uint8_t, kPortsPerQueue> scheduler_of{};    // of each port
  std::array<std::uint32_t, kPortsPerQueue> ports_of{};       // mask of each scheduler's ports
  std::array<std::uint8_t, kPortsPerQueue> scheduler_name{};  // of each scheduler, in the configuration
  std::array<std::uint8_t, kPortsPerQueue> port_name{};       // of each port, in the configuration
  // For a uop that a mask of ports can execute: the schedulers that do not lead there, and all ports of
  // those that do, any of which makes room in a full one.
  struct Choice {
    Lanes excluded = 0;
    unsigned leaving = 0;
  };
  std::array<Choice, std::size_t{1} << kPortsPerQueue> choices{};

  // The least occupied scheduler with room that leads to one of `ports`; kLaneCount: none has room.
  unsigned choose_scheduler(unsigned ports, Lanes waiting) const {
    return least_lane(waiting, capacity, choices[ports].excluded);
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

  // Of the queues that lead to a port for the uop the one with the fewest uops; of equals the first and the
  // last take turns. `queued(q)`: the uops in queue q.
  template <class Queued>
  unsigned choose_queue(const UopInfo& uop, Queued&& queued) const {
    unsigned chosen = uop.queue;
    if (std::has_single_bit(unsigned{uop.queues})) return chosen;
    std::uint64_t fewest = 2 * queued(chosen) + turn_;
    for (unsigned rest = uop.queues & (uop.queues - 1U); rest != 0; rest &= rest - 1) {
      const auto q = static_cast<unsigned>(std::countr_zero(rest));
      const std::uint64_t here = 2 * queued(q);
      if (here >= fewest) continue;
      fewest = here + turn_;
      chosen = q;
    }
    return chosen;
  }
  // The uop has entered a queue.
  void enter(const UopInfo& uop) { turn_ ^= std::has_single_bit(unsigned{uop.queues}) ? 0U : 1U; }

  // Of the ports of a mask that are free at once: the most specialised.
  static unsigned choose_port(unsigned ports) { return static_cast<unsigned>(std::countr_zero(ports)); }

 private:
  unsigned count_;
  Cycle dispatch_delay_;
  Cycle issue_delay_;
  std::array<QueueLane, kMaxDispatchQueues> queues_{};
  std::uint32_t turn_ = 0;
};

}  // namespace m2sim::timing
