#include "timing/core/inflight.h"

#include <gtest/gtest.h>

#include <set>

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

// A link names one input of one entry, and never reads as the end of a list.
TEST(WaiterLink, TellsEntriesAndInputsApart) {
  static_assert(kInputViolation < kInputs && kInputStore != kInputViolation);
  EXPECT_EQ(InFlight{}.waiters, kNoWaiter);
  EXPECT_EQ(InFlight{}.next.size(), kInputViolation + 1) << "a place for each input";
  InFlightRing ring(m2_pcore().rob);
  std::set<WaiterLink> links{kNoWaiter};
  std::uint64_t entries = 0;
  for (std::uint64_t sequence = 1; !ring.full(1); sequence = ring.allocate() + 1, ++entries) {
    const auto link = [&](unsigned input) { return waiter_link(ring.index_of(sequence), input); };
    for (unsigned input = 0; input < kInputs; ++input) {
      ASSERT_TRUE(links.insert(link(input)).second) << sequence << ", input " << input;
      ASSERT_EQ((link(input) - 1) / kInputs, ring.index_of(sequence));
      ASSERT_EQ((link(input) - 1) % kInputs, input);
    }
  }
  EXPECT_EQ(links.size(), entries * kInputs + 1);
}

}  // namespace
}  // namespace m2sim::timing
