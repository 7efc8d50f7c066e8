// A dispatch queue of the instruction-driven model, against the counts it stands for.
#include "timing/fast/calendar_queue.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>

#include "timing/config/config.h"

namespace m2sim::timing {
namespace {

struct CalendarQueues : public ::testing::Test {
  CoreConfig config = m2_pcore();
  Steering steering{config};
  const QueueLane& lane = steering.queue(0);
  std::unique_ptr<CalendarQueue> queue = std::make_unique<CalendarQueue>();
  unsigned all = lane.ports_of[0] | lane.ports_of[1] | lane.ports_of[2] | lane.ports_of[3];

  CalendarQueues() { queue->set_lane(lane); }
};

TEST_F(CalendarQueues, SoManyLeaveInACycle) {
  std::map<Cycle, unsigned> leaving;
  for (unsigned i = 0; i < 4 * lane.per_cycle; ++i) {
    unsigned scheduler = 0;
    unsigned port = 0;
    const Cycle cycle = queue->dispatch(all, 10, scheduler);
    queue->issue(all, scheduler, cycle + 1, 1, port);
    ++leaving[cycle];
  }
  EXPECT_EQ(leaving.begin()->first, 10U);
  for (const auto& [cycle, count] : leaving) EXPECT_EQ(count, lane.per_cycle) << cycle;
}

TEST_F(CalendarQueues, CountsWhoHasNotLeft) {
  for (unsigned i = 0; i < 3 * lane.per_cycle; ++i) {
    unsigned scheduler = 0;
    unsigned port = 0;
    queue->issue(all, scheduler, queue->dispatch(all, 10, scheduler) + 1, 1, port);
  }
  EXPECT_EQ(queue->queued(9), 3 * lane.per_cycle);
  EXPECT_EQ(queue->next_leave(), 10U);
  EXPECT_EQ(queue->queued(10), 2 * lane.per_cycle);
  EXPECT_EQ(queue->queued(12), 0U);
  EXPECT_FALSE(queue->full(12));
}

TEST_F(CalendarQueues, OnePortIsTakenOnceACycle) {
  const unsigned port_mask = lane.ports_of[0] & -lane.ports_of[0];
  std::map<Cycle, unsigned> taken;
  for (unsigned i = 0; i < 20; ++i) {
    unsigned scheduler = 0;
    unsigned port = 0;
    const Cycle cycle = queue->dispatch(port_mask, 5, scheduler);
    EXPECT_EQ(scheduler, 0U);
    ++taken[queue->issue(port_mask, scheduler, cycle + 1, 1, port)];
    EXPECT_EQ(1U << port, port_mask);
  }
  for (const auto& [cycle, count] : taken) EXPECT_EQ(count, 1U) << cycle;
}

TEST_F(CalendarQueues, AFullSchedulerLetsTheNextInWhenOneLeaves) {
  const unsigned ports = lane.ports_of[0];
  const auto capacity = static_cast<unsigned>(lane.capacity & kWholeLane);
  constexpr Cycle kLate = 500;  // when operands are there
  unsigned scheduler = 0;
  unsigned port = 0;
  Cycle last = 0;
  for (unsigned i = 0; i < capacity; ++i) {
    last = queue->dispatch(ports, 1, scheduler);
    queue->issue(ports, scheduler, kLate, 1, port);
  }
  EXPECT_LT(last, kLate);
  EXPECT_GE(queue->dispatch(ports, 1, scheduler), kLate);
}

}  // namespace
}  // namespace m2sim::timing
