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

TEST(Steering, WhoseTurnItIsCanBeSaid) {
  Steering steering(m2_pcore());
  UopInfo both;
  both.queue = 0;
  both.queues = 0b11;
  both.settle();
  const auto alike = [](unsigned) { return 3U; };
  for (const unsigned turn : {1U, 0U, 0U, 1U, 1U}) {
    steering.set_turn(turn == 1);
    EXPECT_EQ(steering.choose_queue(both, alike), turn);
    steering.enter(both, turn);
  }
}

TEST(Steering, QueuesTakeTurnsUntilOneIsSoMuchEmptier) {
  for (const std::uint32_t difference : {1U, 6U}) {
    CoreConfig config = m2_pcore();
    config.issue.queue_difference = difference;
    Steering steering(config);
    UopInfo both;
    both.queue = 0;
    both.queues = 0b11;
    both.settle();
    UopInfo only;
    only.queue = 1;
    only.queues = 0b10;
    only.settle();
    std::array<std::size_t, 2> queued{8, 8};
    const auto count = [&](unsigned q) { return queued[q]; };
    for (unsigned turn = 0; turn < 6; ++turn) {
      SCOPED_TRACE(turn);
      queued = {8, 8};
      EXPECT_EQ(steering.choose_queue(both, count), turn % 2);
      EXPECT_EQ(steering.choose_queue(only, count), 1U);
      queued = {8, 8 - difference + 1};
      EXPECT_EQ(steering.choose_queue(both, count), turn % 2);
      queued = {8, 8 - difference};
      EXPECT_EQ(steering.choose_queue(both, count), 1U);
      queued = {8 - difference, 8};
      EXPECT_EQ(steering.choose_queue(both, count), 0U);
      steering.enter(only, 1);  // has no choice, so no turn
      steering.enter(both, 0);
    }
  }
}

// Blindly: as often to each, and in no pattern that the place of an instruction in its loop could follow.
TEST(Steering, ABoundUopGetsAnySchedulerThatLeadsToItsPortsAsOften) {
  const CoreConfig config = m2_pcore();
  Steering steering(config);
  for (unsigned q = 0; q < config.dispatch_queues.size(); ++q) {
    const QueueLane& lane = steering.queue(q);
    UopInfo uop;
    uop.queue = static_cast<std::uint8_t>(q);
    uop.queues = static_cast<std::uint8_t>(1U << q);
    uop.settle();
    for (const unsigned ports : {lane.ports_of[0], lane.ports_of[0] | lane.ports_of[1] | lane.ports_of[2]}) {
      uop.local_ports = static_cast<std::uint16_t>(ports << (4 * q));
      ASSERT_EQ(uop.ports_behind(q), ports);
      constexpr unsigned kRounds = 12'000;
      std::array<unsigned, kPortsPerQueue + 1> got{};
      unsigned as_before = 0;
      unsigned last = 0;
      for (unsigned i = 0; i < kRounds; ++i) {
        const unsigned bound = steering.enter(uop, q);
        ++got[bound];
        as_before += bound == last ? 1 : 0;
        last = bound;
      }
      if (lane.bound_cycles == 0) {
        EXPECT_EQ(got[kLaneCount], kRounds);
        continue;
      }
      const unsigned count = lane.choices[ports].count;
      for (unsigned s = 0; s < kPortsPerQueue; ++s) {
        const bool leads = (lane.ports_of[s] & ports) != 0;
        EXPECT_NEAR(got[s], leads ? kRounds / count : 0, count == 1 ? 0 : kRounds / 50) << q << ' ' << s;
      }
      EXPECT_NEAR(as_before, kRounds / count, kRounds / 50);
    }
  }
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
