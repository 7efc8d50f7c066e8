#include "timing/pipe/steering.h"

namespace m2sim::timing {
namespace {

void number_schedulers(QueueLane& lane, const QueuePorts& ports, const CoreConfig& config) {
  for (unsigned i = 0; i < ports.count; ++i) {
    const std::uint32_t scheduler = config.ports[ports.port[i]].scheduler;
    lane.port_name[i] = ports.port[i];
    lane.scheduler_of[i] = static_cast<std::uint8_t>(i);
    for (unsigned other = 0; other < i; ++other) {
      if (config.ports[ports.port[other]].scheduler == scheduler)
        lane.scheduler_of[i] = lane.scheduler_of[other];
    }
    lane.ports_of[lane.scheduler_of[i]] |= 1U << i;
    if (lane.scheduler_of[i] != i) continue;
    lane.scheduler_name[i] = static_cast<std::uint8_t>(scheduler);
    lane.capacity |= in_lane(i, config.schedulers[scheduler].entries);
  }
}

}  // namespace

Steering::Steering(const CoreConfig& config)
    : count_(config.dispatch_queues.size()),
      dispatch_delay_(config.issue.dispatch_delay),
      issue_delay_(config.issue.issue_delay),
      emptier_by_{config.issue.queue_difference, 1 - std::int64_t{config.issue.queue_difference}} {
  const QueueLayout layout = queue_layout(config);
  for (unsigned q = 0; q < count_; ++q) {
    QueueLane& lane = queues_[q];
    lane.entries = config.dispatch_queues[q].entries;
    entries_[q] = lane.entries;
    lane.per_cycle = config.dispatch_queues[q].per_cycle;
    lane.bound_cycles = config.dispatch_queues[q].bound_cycles;
    number_schedulers(lane, layout[q], config);
    for (unsigned ports = 0; ports < lane.choices.size(); ++ports) {
      QueueLane::Choice& choice = lane.choices[ports];
      for (unsigned i = 0; i < kPortsPerQueue; ++i) {
        const bool leads = (lane.ports_of[i] & ports) != 0;
        if (!leads) choice.excluded |= in_lane(i, kWholeLane);
        if (!leads) continue;
        choice.leaving |= lane.ports_of[i];
        choice.leading[choice.count++] = static_cast<std::uint8_t>(i);
      }
      if (choice.count == 1) choice.only = choice.leading[0];
      const bool binds = lane.bound_cycles != 0;
      bindings_[q][ports] = {binds ? choice.count : 1, choice.leading};
      if (!binds) bindings_[q][ports].schedulers[0] = kLaneCount;
    }
  }
}

}  // namespace m2sim::timing
