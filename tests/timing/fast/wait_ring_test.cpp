// The uops of a group are charged in order, and the ring keeps those of every group that can be in flight.
#include "timing/fast/wait_ring.h"

#include <gtest/gtest.h>

#include <tuple>

namespace m2sim::timing {
namespace {

using Piece = std::tuple<Cycle, StallReason, std::uint64_t>;

UopInfo uop_of(StallReason work) {
  UopInfo uop;
  uop.work = work;
  return uop;
}

std::vector<Piece> charged(const WaitRing& ring, std::uint64_t number, const RetireGroup& group, Cycle from,
                           Cycle to) {
  std::vector<Piece> pieces;
  ring.charge(number, group, from, to, [&](Cycle end, StallReason reason, const Wait* wait) {
    pieces.emplace_back(end, reason, wait == nullptr ? 0 : wait->pc);
  });
  return pieces;
}

void note(WaitRing& ring, std::uint64_t number, RetireGroup& group, const UopInfo& uop, Cycle issued,
          Cycle complete, std::uint64_t pc) {
  WaitRing::Entry& entry = ring.first(number)[group.issuing++];
  entry.uop = &uop;
  static_cast<Wait&>(entry) = {issued, issued, complete, pc, uop.work, uop.port_reason};
}

TEST(WaitRing, TheOldestUnfinishedUopIsCharged) {
  using enum StallReason;
  WaitRing ring(m2_pcore().rob);
  const UopInfo load = uop_of(kMemoryDram);
  const UopInfo add = uop_of(kDependInteger);
  const UopInfo multiply = uop_of(kDependMultiply);
  RetireGroup group;
  note(ring, 7, group, load, 100, 400, 0x1000);
  note(ring, 7, group, multiply, 110, 113, 0x1004);  // done long before the load
  note(ring, 7, group, add, 400, 401, 0x1008);
  EXPECT_EQ(
      charged(ring, 7, group, 200, 403),
      (std::vector<Piece>{{400, kMemoryDram, 0x1000}, {401, kDependInteger, 0x1008}, {403, kRetire, 0}}));
  EXPECT_EQ(charged(ring, 7, group, 200, 300), (std::vector<Piece>{{300, kMemoryDram, 0x1000}}));
  EXPECT_EQ(charged(ring, 7, group, 401, 402), (std::vector<Piece>{{402, kRetire, 0}}));
}

TEST(WaitRing, KeepsEveryGroupInFlight) {
  CoreConfig config = m2_pcore();
  config.rob.issuing_uops_per_group = 3;
  WaitRing ring(config.rob);
  const UopInfo add = uop_of(StallReason::kDependInteger);
  const std::uint64_t groups = config.rob.groups;
  for (std::uint64_t number = 1; number <= groups; ++number) {
    RetireGroup group;
    for (unsigned i = 0; i < 3; ++i) note(ring, number, group, add, number, number + 1, 16 * number + i);
  }
  RetireGroup group;
  group.issuing = 3;
  for (std::uint64_t number = 1; number <= groups; ++number) {
    EXPECT_EQ(charged(ring, number, group, number, number + 1),
              (std::vector<Piece>{{number + 1, StallReason::kDependInteger, 16 * number}}));
  }
}

}  // namespace
}  // namespace m2sim::timing
