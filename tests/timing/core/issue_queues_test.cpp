// The schedulers and ports of the cycle-driven model: who is picked, and by which port.
#include "timing/core/issue_queues.h"

#include <gtest/gtest.h>

#include <vector>

#include "timing/config/config.h"

namespace m2sim::timing {
namespace {

struct Queues : public ::testing::Test {
  CoreConfig config = m2_pcore();
  Steering steering{config};
  IssueQueues queues{config, steering};
  InFlightRing ring{config.rob};
  std::vector<UopInfo> infos = std::vector<UopInfo>(64);

  // A uop for all ports of the first queue's first scheduler.
  std::uint64_t add(unsigned lane, unsigned ports, unsigned occupancy = 1) {
    const std::uint64_t sequence = ring.allocate();
    UopInfo& info = infos[sequence];
    info.occupancy = static_cast<std::uint8_t>(occupancy);
    ring.at(sequence).start(info, 0, 0, 0);
    ring.at(sequence).ports = static_cast<std::uint8_t>(ports);
    queues.insert(ring.at(sequence), steering.queue(0).scheduler_name[lane], ring);
    return sequence;
  }
  std::vector<std::uint32_t> pick(Cycle now) {
    std::vector<std::uint32_t> issued;
    queues.pick(
        now, ring, [](InFlight&) { return true; },
        [&](InFlight& entry, unsigned, unsigned, unsigned) { issued.push_back(ring.index_of(entry)); });
    return issued;
  }
};

TEST_F(Queues, TheOldestReadyUopGetsThePort) {
  const unsigned ports = steering.queue(0).ports_of[0] & -steering.queue(0).ports_of[0];
  const std::uint64_t first = add(0, ports);
  const std::uint64_t second = add(0, ports);
  EXPECT_FALSE(queues.any_ready());
  queues.wake(ring.at(second));
  queues.wake(ring.at(first));
  EXPECT_TRUE(queues.any_ready());
  EXPECT_EQ(pick(1), (std::vector<std::uint32_t>{ring.index_of(first)}));
  EXPECT_EQ(pick(2), (std::vector<std::uint32_t>{ring.index_of(second)}));
  EXPECT_FALSE(queues.any_ready());
}

TEST_F(Queues, APortIsBlockedForItsOccupancy) {
  const unsigned ports = steering.queue(0).ports_of[0] & -steering.queue(0).ports_of[0];
  queues.wake(ring.at(add(0, ports, 3)));
  queues.wake(ring.at(add(0, ports)));
  EXPECT_EQ(pick(10).size(), 1U);
  EXPECT_TRUE(pick(12).empty());
  EXPECT_EQ(pick(13).size(), 1U);
}

TEST_F(Queues, WhoWakesLaterIsNotPickedBefore) {
  const unsigned ports = steering.queue(0).ports_of[0];
  queues.begin_cycle(100);
  EXPECT_EQ(queues.next_due(100), kNever);
  queues.wake_at(ring.at(add(0, ports)), 101);
  queues.wake_at(ring.at(add(0, ports)), 100 + IssueQueues::kReach - 1);
  EXPECT_FALSE(queues.any_ready());
  EXPECT_TRUE(pick(100).empty());
  for (const Cycle due : {Cycle{101}, 100 + IssueQueues::kReach - 1}) {
    ASSERT_EQ(queues.next_due(due - 1), due);
    queues.begin_cycle(due);
    EXPECT_EQ(pick(due).size(), 1U);
    EXPECT_FALSE(queues.any_ready());
  }
  EXPECT_EQ(queues.next_due(200), kNever);
}

TEST_F(Queues, WhoSleepsIsNotAskedAgainAndKeepsItsPlace) {
  const unsigned ports = steering.queue(0).ports_of[0];
  const std::uint64_t sequence = add(0, ports);
  queues.wake(ring.at(sequence));
  unsigned asked = 0;
  const auto refuse = [&](InFlight& entry) {
    ++asked;
    queues.sleep(entry);
    return false;
  };
  queues.pick(1, ring, refuse, [](InFlight&, unsigned, unsigned, unsigned) { FAIL() << "it may not issue"; });
  queues.pick(2, ring, refuse, [](InFlight&, unsigned, unsigned, unsigned) { FAIL() << "it may not issue"; });
  EXPECT_EQ(asked, 1U);
  EXPECT_EQ(queues.waiting(0), in_lane(0, 1));
  queues.wake(ring.at(sequence));
  EXPECT_EQ(pick(3).size(), 1U);
  EXPECT_EQ(queues.waiting(0), 0U);
}

}  // namespace
}  // namespace m2sim::timing
