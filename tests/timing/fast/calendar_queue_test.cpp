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
    const Cycle cycle = queue->dispatch(all, 10, kLaneCount, scheduler);
    queue->issue(all, scheduler, cycle + 1, 1, port);
    ++leaving[cycle];
  }
  EXPECT_EQ(leaving.begin()->first, 10U);
  for (const auto& [cycle, count] : leaving) EXPECT_EQ(count, lane.per_cycle) << cycle;
}

TEST_F(CalendarQueues, OnePortIsTakenOnceACycle) {
  const unsigned port_mask = lane.ports_of[0] & -lane.ports_of[0];
  std::map<Cycle, unsigned> taken;
  for (unsigned i = 0; i < 20; ++i) {
    unsigned scheduler = 0;
    unsigned port = 0;
    const Cycle cycle = queue->dispatch(port_mask, 5, kLaneCount, scheduler);
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
    last = queue->dispatch(ports, 1, kLaneCount, scheduler);
    queue->issue(ports, scheduler, kLate, 1, port);
  }
  EXPECT_LT(last, kLate);
  EXPECT_GE(queue->dispatch(ports, 1, kLaneCount, scheduler), kLate);
}

// Fills the scheduler with uops whose operands come one a cycle from `first` on.
void fill(CalendarQueue& queue, const QueueLane& lane, unsigned bound, Cycle first) {
  unsigned scheduler = 0;
  unsigned port = 0;
  for (Cycle i = 0; i < QueueLane::in(bound, lane.capacity); ++i) {
    queue.dispatch(lane.ports_of[bound], 1, bound, scheduler);
    EXPECT_EQ(scheduler, bound);
    EXPECT_EQ(queue.issue(lane.ports_of[bound], scheduler, first + i, 1, port), first + i);
  }
}

TEST_F(CalendarQueues, WhoIsBoundToAFullSchedulerWaitsForItsRoomAndIsOvertaken) {
  constexpr Cycle kFirst = 40;  // within the time for which it stays bound
  ASSERT_GT(lane.bound_cycles, kFirst + 10);
  fill(*queue, lane, 0, kFirst);
  const Cycle now = 20;
  unsigned scheduler = 0;
  unsigned port = 0;
  for (Cycle i = 0; i < 5; ++i) {
    EXPECT_EQ(queue->dispatch(all, now, 0, scheduler), kFirst + i) << "one leaves in each cycle";
    EXPECT_EQ(scheduler, 0U);
    queue->issue(all, scheduler, 500, 1, port);
    EXPECT_EQ(queue->dispatch(all, now, 1, scheduler), now);
    EXPECT_EQ(scheduler, 1U);
    queue->issue(all, scheduler, now + 1, 1, port);
  }
}

TEST_F(CalendarQueues, AfterSoManyCyclesABoundUopGoesWhereThereIsRoom) {
  constexpr Cycle kNever = 5000;
  fill(*queue, lane, 0, kNever);
  const Cycle now = 20;
  unsigned scheduler = 0;
  EXPECT_EQ(queue->dispatch(lane.ports_of[0] | lane.ports_of[2], now, 0, scheduler), now + lane.bound_cycles);
  EXPECT_EQ(scheduler, 2U);
  // What nothing else executes waits on.
  EXPECT_EQ(queue->dispatch(lane.ports_of[0], now, 0, scheduler), kNever);
  EXPECT_EQ(scheduler, 0U);
}

}  // namespace
}  // namespace m2sim::timing
