// The layout behind the dispatch queues, and the choices among queues, schedulers and ports.
#include "timing/pipe/steering.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "timing/config/config.h"

namespace m2sim::timing {
namespace {

TEST(Steering, EveryPortIsBehindTheQueueOfItsScheduler) {
  const CoreConfig config = m2_pcore();
  const Steering steering(config);
  unsigned seen = 0;
  for (unsigned q = 0; q < config.dispatch_queues.size(); ++q) {
    const QueueLane& lane = steering.queue(q);
    EXPECT_EQ(lane.entries, config.dispatch_queues[q].entries);
    EXPECT_EQ(lane.per_cycle, config.dispatch_queues[q].per_cycle);
    for (unsigned s = 0; s < kPortsPerQueue; ++s) {
      for (unsigned rest = lane.ports_of[s]; rest != 0; rest &= rest - 1, ++seen) {
        const auto port = static_cast<unsigned>(std::countr_zero(rest));
        EXPECT_EQ(lane.scheduler_of[port], s);
        EXPECT_EQ(config.ports[lane.port_name[port]].scheduler, lane.scheduler_name[s]);
        EXPECT_EQ(config.schedulers[lane.scheduler_name[s]].queue, q);
      }
    }
  }
  EXPECT_EQ(seen, config.ports.size());
}

TEST(Steering, TheEmptierQueueAndTurnsBetweenEquals) {
  Steering steering(m2_pcore());
  UopInfo both;
  both.queue = 0;
  both.queues = 0b11;
  UopInfo only;
  only.queue = 1;
  only.queues = 0b10;
  std::array<std::size_t, 2> queued{4, 4};
  const auto count = [&](unsigned q) { return queued[q]; };
  EXPECT_EQ(steering.choose_queue(both, count), 0U);
  steering.enter(both);
  EXPECT_EQ(steering.choose_queue(both, count), 1U);
  steering.enter(only);  // has no choice, so no turn
  EXPECT_EQ(steering.choose_queue(both, count), 1U);
  queued = {3, 4};
  EXPECT_EQ(steering.choose_queue(both, count), 0U);
  steering.enter(both);
  queued = {4, 3};
  EXPECT_EQ(steering.choose_queue(both, count), 1U);
  EXPECT_EQ(steering.choose_queue(only, count), 1U);
}

TEST(Steering, TheLeastOccupiedSchedulerWithRoom) {
  const CoreConfig config = m2_pcore();
  const Steering steering(config);
  for (unsigned q = 0; q < config.dispatch_queues.size(); ++q) {
    const QueueLane& lane = steering.queue(q);
    unsigned all = 0;
    for (const std::uint32_t ports : lane.ports_of) all |= ports;
    EXPECT_EQ(lane.choose_scheduler(all, lane.capacity), kLaneCount);
    for (unsigned s = 0; s < kPortsPerQueue; ++s) {
      if (lane.ports_of[s] == 0) continue;
      // One entry free in this one alone.
      EXPECT_EQ(lane.choose_scheduler(all, lane.capacity - in_lane(s, 1)), s);
      // It leads to the port, however full the others are not.
      EXPECT_EQ(lane.choose_scheduler(lane.ports_of[s], lane.capacity - in_lane(s, 1)), s);
      EXPECT_EQ(lane.choose_scheduler(lane.ports_of[s], in_lane(s, lane.capacity >> (16 * s) & kWholeLane)),
                kLaneCount);
    }
  }
}

TEST(Steering, ThePortWithTheFewestCapabilitiesComesFirst) {
  const CoreConfig config = m2_pcore();
  const Steering steering(config);
  for (unsigned q = 0; q < config.dispatch_queues.size(); ++q) {
    const QueueLane& lane = steering.queue(q);
    unsigned all = 0;
    for (const std::uint32_t ports : lane.ports_of) all |= ports;
    int before = 0;
    for (unsigned rest = all; rest != 0; rest &= rest - 1) {
      const int capabilities =
          std::popcount(config.ports[lane.port_name[Steering::choose_port(rest)]].capabilities);
      EXPECT_GE(capabilities, before);
      before = capabilities;
    }
  }
}

}  // namespace
}  // namespace m2sim::timing
