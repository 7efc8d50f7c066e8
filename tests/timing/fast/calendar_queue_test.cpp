// A dispatch queue of the instruction-driven model, against the counts it stands for.
#include "timing/fast/calendar_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <vector>

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

// The same with a list of times a scheduler and a flag a port and cycle.
class PlainQueue {
 public:
  explicit PlainQueue(const QueueLane& lane) : lane_(lane) {}

  CalendarQueue::Place dispatch(unsigned ports, Cycle earliest, unsigned bound) {
    if (earliest > now_ || left_ == 0) go_to(std::max(earliest, now_ + (left_ == 0 ? 1U : 0U)));
    if (bound == kLaneCount) {
      for (;; go_to(now_ + 1)) {
        const unsigned emptiest = emptiest_with_room(ports);
        if (emptiest == kLaneCount) continue;
        --left_;
        return {now_, emptiest};
      }
    }
    const Cycle own = room_in(bound);
    if (own == now_) --left_;
    CalendarQueue::Place best{own, bound};
    const Cycle freed = earliest + lane_.bound_cycles;
    for (unsigned s = 0; s < kLaneCount && own >= freed && own > now_; ++s) {
      if ((lane_.ports_of[s] & ports) == 0) continue;
      const Cycle room = std::max(freed, room_in(s));
      if (room < best.cycle) best = {room, s};
    }
    return best;
  }
  CalendarQueue::Place issue(unsigned ports, unsigned scheduler, Cycle ready, unsigned occupancy) {
    const unsigned here = ports & lane_.ports_of[scheduler];
    const unsigned row = std::has_single_bit(ports) ? 1 : occupancy;
    CalendarQueue::Place best{kNever, 0};
    for (unsigned p = 0; p < kPortsPerQueue; ++p) {
      if ((here >> p & 1U) != 0 && first_free(p, ready, row) < best.cycle)
        best = {first_free(p, ready, row), p};
    }
    leaves_[scheduler].push_back(best.cycle);
    for (Cycle cycle = best.cycle; occupancy != 0; ++cycle)
      if (busy_[best.number].insert(cycle).second) --occupancy;
    return best;
  }

 private:
  void go_to(Cycle cycle) {
    now_ = cycle;
    left_ = lane_.per_cycle;
  }
  std::uint64_t waiting(unsigned scheduler, Cycle at) const {
    return static_cast<std::uint64_t>(std::count_if(leaves_[scheduler].begin(), leaves_[scheduler].end(),
                                                    [at](Cycle leaves) { return leaves > at; }));
  }
  bool has_room(unsigned scheduler, Cycle at) const {
    return waiting(scheduler, at) < QueueLane::in(scheduler, lane_.capacity);
  }
  unsigned emptiest_with_room(unsigned ports) const {
    unsigned best = kLaneCount;
    for (unsigned s = 0; s < kLaneCount; ++s) {
      if ((lane_.ports_of[s] & ports) == 0 || !has_room(s, now_)) continue;
      if (best == kLaneCount || waiting(s, now_) < waiting(best, now_)) best = s;
    }
    return best;
  }
  Cycle room_in(unsigned scheduler) const {
    Cycle cycle = now_;
    while (!has_room(scheduler, cycle)) ++cycle;
    return cycle;
  }
  Cycle first_free(unsigned port, Cycle from, unsigned row) const {
    Cycle cycle = from;
    for (unsigned run = 0; run < row; ++cycle) run = busy_[port].contains(cycle) ? 0 : run + 1;
    return cycle - row;
  }

  const QueueLane& lane_;
  Cycle now_ = 0;
  std::uint32_t left_ = 0;
  std::array<std::vector<Cycle>, kLaneCount> leaves_;
  std::array<std::set<Cycle>, kPortsPerQueue> busy_;
};

// Of each kind of queue: stretches in which uops pile up behind late operands, and others in which they do
// not.
TEST(CalendarQueue, AgreesWithListsOfTimes) {
  const Steering steering(m2_pcore());
  for (unsigned q = 0; q < steering.queues(); ++q) {
    SCOPED_TRACE(q);
    const QueueLane& lane = steering.queue(q);
    auto queue = std::make_unique<CalendarQueue>();
    queue->set_lane(lane);
    PlainQueue plain(lane);
    std::mt19937 random(q);
    Cycle now = 1;
    unsigned waited = 0;
    for (unsigned turn = 0; turn < 6000; ++turn) {
      const auto mask = 1 + static_cast<unsigned>(random() % 15);
      const unsigned ports =
          mask & (lane.ports_of[0] | lane.ports_of[1] | lane.ports_of[2] | lane.ports_of[3]);
      if (ports == 0) continue;
      const QueueLane::Choice& choice = lane.choices[ports];
      const unsigned bound = lane.bound_cycles == 0 ? kLaneCount : choice.leading[random() % choice.count];
      const auto [cycle, scheduler] = queue->dispatch(ports, now, bound);
      const CalendarQueue::Place expected = plain.dispatch(ports, now, bound);
      ASSERT_EQ(cycle, expected.cycle) << turn;
      ASSERT_EQ(scheduler, expected.number) << turn;
      waited += cycle > now + 4 ? 1U : 0U;
      const Cycle ready = cycle + 1 + (turn / 500 % 2 == 0 ? random() % 200 : random() % 5);
      const auto occupancy = static_cast<unsigned>(random() % 4 == 0 ? 2 + random() % 3 : 1);
      const auto [issued, port] = queue->issue(ports, scheduler, ready, occupancy);
      const CalendarQueue::Place booked = plain.issue(ports, scheduler, ready, occupancy);
      ASSERT_EQ(issued, booked.cycle) << turn;
      ASSERT_EQ(port, booked.number) << turn;
      if (random() % 3 == 0) now += random() % 100 == 0 ? random() % 300 : random() % 3;
    }
    EXPECT_GT(waited, 200U);
  }
}

}  // namespace
}  // namespace m2sim::timing
