// How loads and stores wait for queue entries, for each other and for memory.
#include "timing/pipe/load_store_unit.h"

#include <gtest/gtest.h>

namespace m2sim::timing {
namespace {

struct LoadStore : public ::testing::Test {
  CoreConfig config = m2_pcore();
  MemoryHierarchy memory{config};
  LoadStoreUnit unit{config, memory};
  static constexpr std::uint64_t kPc = 0x400000;
  static constexpr std::uint64_t kAddress = 0x10000;
};

UopInfo eight_bytes() {
  UopInfo store;
  store.flags = kUopStore;
  store.bytes = 8;
  return store;
}

TEST_F(LoadStore, AQueueOfNEntriesGivesTheEntryOfTheOneNPlacesBefore) {
  EXPECT_EQ(unit.add_load(), 1U);
  EXPECT_EQ(unit.add_load(), 2U);
  EXPECT_EQ(unit.load_before(config.lsq.load_entries), 0U);
  EXPECT_EQ(unit.load_before(config.lsq.load_entries + 1), 1U);
  EXPECT_EQ(unit.load_behind(1), config.lsq.load_entries + 1);
  EXPECT_EQ(unit.store_before(config.lsq.store_entries), 0U);
  EXPECT_EQ(unit.store_before(config.lsq.store_entries + 5), 5U);
  EXPECT_EQ(unit.store_behind(5), config.lsq.store_entries + 5);
}

TEST_F(LoadStore, ALoadIsChargedToTheLevelThatServesIt) {
  const Loaded first = unit.access(kPc, kAddress, 8, 100);
  EXPECT_EQ(first.cause, StallReason::kMemoryDram);
  const Loaded second = unit.access(kPc, kAddress, 8, first.ready + 10);
  EXPECT_EQ(second.cause, StallReason::kMemoryL1);
  EXPECT_EQ(second.ready, first.ready + 10 + config.l1d.load_to_use);
}

TEST_F(LoadStore, ACollisionIsCountedAndForeseenTheNextTime) {
  StoreRecord& store = unit.add_store(eight_bytes(), kPc, kAddress);
  auto dependence = unit.dependence(kPc + 4, kAddress, 8);
  ASSERT_EQ(dependence.store, &store);
  EXPECT_FALSE(dependence.predicted);
  store.addressed = 110;
  store.issued = 120;  // the load ran at 100
  const Loaded loaded = unit.forward(store, false, kPc + 4, kAddress, 8, 100, 104);
  EXPECT_GE(loaded.ready, store.issued + config.lsq.order_violation_penalty);
  EXPECT_EQ(unit.counts().order_violations, 1U);
  EXPECT_EQ(unit.counts().forwarded_loads, 1U);
  dependence = unit.dependence(kPc + 4, kAddress, 8);
  EXPECT_TRUE(dependence.predicted);
  EXPECT_EQ(unit.ready_behind(store), store.issued + config.lsq.predicted_wait);
  EXPECT_EQ(dependence.other, nullptr) << "it needs the one it waits for";
  // Of other bytes it waits all the same, for the latest store of that instruction.
  EXPECT_EQ(unit.dependence(kPc + 4, kAddress + 64, 8).store, nullptr);
  EXPECT_EQ(unit.dependence(kPc + 4, kAddress + 64, 8).other, &store);
  StoreRecord& later = unit.add_store(eight_bytes(), kPc, kAddress + 128);
  unit.add_store(eight_bytes(), kPc + 12, kAddress + 192);
  dependence = unit.dependence(kPc + 4, kAddress, 8);
  EXPECT_EQ(dependence.store, &store);
  EXPECT_TRUE(dependence.predicted);
  EXPECT_EQ(dependence.other, &later);
  // Another load of the same bytes has to learn for itself.
  EXPECT_FALSE(unit.dependence(kPc + 8, kAddress, 8).predicted);
}

TEST_F(LoadStore, ALoadThatWaitedInVainForLongIsKnownNoLonger) {
  StoreRecord& store = unit.add_store(eight_bytes(), kPc, kAddress);
  store.addressed = store.issued = 120;
  unit.forward(store, false, kPc + 4, kAddress, 8, 100, 104);
  for (unsigned i = 1; i < config.lsq.vain_waits; ++i) unit.waited_in_vain(kPc + 4);
  EXPECT_TRUE(unit.dependence(kPc + 4, kAddress, 8).predicted);
  unit.forward(store, true, kPc + 4, kAddress, 8, 121, 125);  // it needed it once more
  for (unsigned i = 1; i < config.lsq.vain_waits; ++i) unit.waited_in_vain(kPc + 4);
  EXPECT_EQ(unit.dependence(kPc + 4, kAddress + 64, 8).other, &store);
  unit.waited_in_vain(kPc + 4);
  EXPECT_FALSE(unit.dependence(kPc + 4, kAddress, 8).predicted);
  EXPECT_EQ(unit.dependence(kPc + 4, kAddress + 64, 8).other, nullptr);
  unit.waited_in_vain(kPc + 4);
}

// One that needs not the latest store of the instruction, but the one before, needs it all the same.
TEST_F(LoadStore, ALoadThatNeedsAnEarlierStoreOfTheInstructionStaysKnown) {
  StoreRecord& store = unit.add_store(eight_bytes(), kPc, kAddress);
  store.addressed = store.issued = 120;
  unit.forward(store, false, kPc + 4, kAddress, 8, 100, 104);
  StoreRecord& latest = unit.add_store(eight_bytes(), kPc, kAddress + 64);
  for (unsigned i = 0; i < 3 * config.lsq.vain_waits; ++i) {
    const auto dependence = unit.dependence(kPc + 4, kAddress, 8);
    ASSERT_TRUE(dependence.predicted) << i;
    ASSERT_EQ(dependence.other, &latest);
    unit.waited_in_vain(kPc + 4);
    unit.forward(store, true, kPc + 4, kAddress, 8, 121, 125);
  }
}

TEST_F(LoadStore, ALoadThatSeesTheAddressWaitsForTheDataWhichTakesLessTimeTheNextTime) {
  StoreRecord& store = unit.add_store(eight_bytes(), kPc, kAddress);
  store.addressed = 100;
  store.issued = 120;  // the load ran at 100
  const Loaded loaded = unit.forward(store, false, kPc + 4, kAddress, 8, 100, 104);
  EXPECT_EQ(loaded.ready, store.issued + config.lsq.forward_latency);
  EXPECT_EQ(unit.counts().order_violations, 0U);
  EXPECT_FALSE(unit.dependence(kPc + 4, kAddress, 8).predicted) << "it need not wait for the store";
  EXPECT_EQ(unit.forward(store, false, kPc + 4, kAddress, 8, 100, 104).ready,
            store.issued + config.lsq.forward_predicted_latency);
  EXPECT_EQ(unit.forward(store, false, kPc + 8, kAddress, 8, 100, 104).ready,
            store.issued + config.lsq.forward_latency)
      << "another load has to learn for itself";
}

TEST_F(LoadStore, AStoreForwardsUntilItHasLeftTheQueue) {
  StoreRecord& store = unit.add_store(eight_bytes(), kPc, kAddress);
  store.issued = 10;
  EXPECT_TRUE(LoadStoreUnit::must_forward(store, 1000));
  const Cycle freed = unit.commit(store.sequence, 200);
  EXPECT_EQ(store.freed, freed);
  EXPECT_TRUE(LoadStoreUnit::must_forward(store, freed - 1));
  EXPECT_FALSE(LoadStoreUnit::must_forward(store, freed));
}

TEST_F(LoadStore, NoStoreToTheseBytesNoDependence) {
  unit.add_store(eight_bytes(), kPc, kAddress);
  EXPECT_EQ(unit.dependence(kPc, kAddress + 8, 8).store, nullptr);
  EXPECT_EQ(unit.dependence(kPc, kAddress - 8, 8).store, nullptr);
  EXPECT_NE(unit.dependence(kPc, kAddress + 4, 8).store, nullptr);
}

TEST_F(LoadStore, KnowsTheYoungestRelease) {
  EXPECT_EQ(unit.release(), 0U);
  unit.add_store(eight_bytes(), kPc, kAddress);
  EXPECT_EQ(unit.release(), 0U);
  UopInfo release = eight_bytes();
  release.flags |= kUopRelease;
  unit.add_store(release, kPc, kAddress);
  unit.add_store(eight_bytes(), kPc, kAddress);
  EXPECT_EQ(unit.release(), 2U);
}

}  // namespace
}  // namespace m2sim::timing
