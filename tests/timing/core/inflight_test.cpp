#include "timing/core/inflight.h"

#include <gtest/gtest.h>

#include "timing/config/config.h"

namespace m2sim::timing {
namespace {

// The ring says that it is full exactly when one more entry would take the place of the oldest.
TEST(InFlightRing, IsFullBeforeAnEntryIsUsedTwice) {
  InFlightRing ring(m2_pcore().rob);
  std::uint64_t oldest = 1;
  std::uint64_t last = 0;
  for (unsigned round = 0; round < 3; ++round) {
    while (!ring.full(oldest)) {
      last = ring.allocate();
      ring.at(last).pc = last;
    }
    for (std::uint64_t sequence = oldest; sequence <= last; ++sequence) {
      ASSERT_EQ(ring.at(sequence).pc, sequence);
      ASSERT_EQ(&ring.at_index(ring.index_of(sequence)), &ring.at(sequence));
    }
    EXPECT_EQ(&ring.at(last + 1), &ring.at(oldest)) << "full although there is room";
    oldest += 300 * (round + 1);
    EXPECT_FALSE(ring.full(oldest));
  }
}

TEST(InFlightRing, NumbersBeginWithOne) {
  InFlightRing ring(m2_pcore().rob);
  EXPECT_EQ(ring.allocate(), 1U);
  EXPECT_EQ(ring.allocate(), 2U);
}

TEST(InFlightRing, HoldsWhatTheRetireGroupsOfTheRealCoresHold) {
  for (const CoreConfig& config : {m2_pcore(), m1_pcore()}) {
    InFlightRing ring(config.rob);
    for (unsigned i = 0; i < config.rob.groups * config.rob.issuing_uops_per_group; ++i) {
      ASSERT_FALSE(ring.full(1));
      ring.allocate();
    }
  }
}

// A link names one input of one entry, what it takes of the result, and never reads as the end of a list.
TEST(WaiterLink, TellsEntriesAndInputsApart) {
  static_assert(kInputViolation < kInputs && kInputStore != kInputViolation);
  EXPECT_EQ(InFlight{}.waiters, kNoWaiter);
  EXPECT_EQ(InFlight{}.next.size(), kInputViolation + 1) << "a place for each input";
  UopInfo uop;
  uop.flags = kUopStore;
  uop.source_count = 2;
  uop.sources = {insts::Source{1, insts::Role::kBase}, insts::Source{2, insts::Role::kStoreData}, kNoSource,
                 kNoSource};
  uop.settle();
  for (const std::uint32_t index :
       {std::uint32_t{0}, std::uint32_t{77}, std::uint32_t{InFlightRing::kMost - 1}}) {
    for (unsigned input = 0; input < kInputs; ++input) {
      const WaiterLink link = waiter_link(index, input);
      EXPECT_NE(link, kNoWaiter);
      EXPECT_EQ(waiting_index(link), index);
      EXPECT_EQ(waiting_input(link), input);
      EXPECT_FALSE(waiting_for_address(link));
    }
    for (unsigned s = 0; s < uop.source_count; ++s) {
      const WaiterLink link = waiter_link(index, uop.links[s]);
      EXPECT_EQ(waiting_index(link), index);
      EXPECT_EQ(waiting_input(link), s);
      EXPECT_EQ(waiting_role(link), uop.sources[s].role);
      EXPECT_EQ(waiting_for_address(link), uop.addresses(s));
      EXPECT_EQ(waiting_role(with_role(link, kNoRole)), kNoRole);
      EXPECT_EQ(waiting_input(with_role(link, kNoRole)), s);
    }
  }
}

}  // namespace
}  // namespace m2sim::timing
