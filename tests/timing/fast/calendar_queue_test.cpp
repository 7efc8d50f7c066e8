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
    const auto [cycle, scheduler] = queue->dispatch(all, 10, kLaneCount);
    queue->issue(all, scheduler, cycle + 1, 1);
    ++leaving[cycle];
  }
  EXPECT_EQ(leaving.begin()->first, 10U);
  for (const auto& [cycle, count] : leaving) EXPECT_EQ(count, lane.per_cycle) << cycle;
}

TEST_F(CalendarQueues, OnePortIsTakenOnceACycle) {
  const unsigned port_mask = lane.ports_of[0] & -lane.ports_of[0];
  std::map<Cycle, unsigned> taken;
  for (unsigned i = 0; i < 20; ++i) {
    const auto [cycle, scheduler] = queue->dispatch(port_mask, 5, kLaneCount);
    EXPECT_EQ(scheduler, 0U);
    const auto [issued, port] = queue->issue(port_mask, scheduler, cycle + 1, 1);
    ++taken[issued];
    EXPECT_EQ(1U << port, port_mask);
  }
  for (const auto& [cycle, count] : taken) EXPECT_EQ(count, 1U) << cycle;
}

TEST_F(CalendarQueues, AFullSchedulerLetsTheNextInWhenOneLeaves) {
  const unsigned ports = lane.ports_of[0];
  const auto capacity = static_cast<unsigned>(lane.capacity & kWholeLane);
  constexpr Cycle kLate = 500;  // when operands are there
  Cycle last = 0;
  for (unsigned i = 0; i < capacity; ++i) {
    const auto [cycle, scheduler] = queue->dispatch(ports, 1, kLaneCount);
    queue->issue(ports, scheduler, kLate, 1);
    last = cycle;
  }
  EXPECT_LT(last, kLate);
  EXPECT_GE(queue->dispatch(ports, 1, kLaneCount).cycle, kLate);
}

// Fills the scheduler with uops whose operands come one a cycle from `first` on.
void fill(CalendarQueue& queue, const QueueLane& lane, unsigned bound, Cycle first) {
  for (Cycle i = 0; i < QueueLane::in(bound, lane.capacity); ++i) {
    EXPECT_EQ(queue.dispatch(lane.ports_of[bound], 1, bound).number, bound);
    EXPECT_EQ(queue.issue(lane.ports_of[bound], bound, first + i, 1).cycle, first + i);
  }
}

TEST_F(CalendarQueues, WhoIsBoundToAFullSchedulerWaitsForItsRoomAndIsOvertaken) {
  constexpr Cycle kFirst = 40;  // within the time for which it stays bound
  ASSERT_GT(lane.bound_cycles, kFirst + 10);
  fill(*queue, lane, 0, kFirst);
  const Cycle now = 20;
  for (Cycle i = 0; i < 5; ++i) {
    const CalendarQueue::Place waits = queue->dispatch(all, now, 0);
    EXPECT_EQ(waits.cycle, kFirst + i) << "one leaves in each cycle";
    EXPECT_EQ(waits.number, 0U);
    queue->issue(all, 0, 500, 1);
    const CalendarQueue::Place overtakes = queue->dispatch(all, now, 1);
    EXPECT_EQ(overtakes.cycle, now);
    EXPECT_EQ(overtakes.number, 1U);
    queue->issue(all, 1, now + 1, 1);
  }
}

TEST_F(CalendarQueues, AfterSoManyCyclesABoundUopGoesWhereThereIsRoom) {
  constexpr Cycle kNever = 5000;
  fill(*queue, lane, 0, kNever);
  const Cycle now = 20;
  const CalendarQueue::Place freed = queue->dispatch(lane.ports_of[0] | lane.ports_of[2], now, 0);
  EXPECT_EQ(freed.cycle, now + lane.bound_cycles);
  EXPECT_EQ(freed.number, 2U);
  // What nothing else executes waits on.
  const CalendarQueue::Place waits = queue->dispatch(lane.ports_of[0], now, 0);
  EXPECT_EQ(waits.cycle, kNever);
  EXPECT_EQ(waits.number, 0U);
}

}  // namespace
}  // namespace m2sim::timing
