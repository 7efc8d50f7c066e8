// When retired stores write, in a model that goes through the program in order.
#include "timing/fast/pending_stores.h"

#include <gtest/gtest.h>

#include "timing/config/config.h"
#include "timing/memory/memory_hierarchy.h"

namespace m2sim::timing {
namespace {

struct PendingStore : public ::testing::Test {
  CoreConfig config = m2_pcore();
  MemoryHierarchy memory{config};
  LoadStoreUnit unit{config, memory};
  PendingStores pending;

  std::uint64_t add(std::uint64_t address) {
    UopInfo store;
    store.flags = kUopStore;
    store.bytes = 8;
    return unit.add_store(store, 0x400000, address).sequence;
  }
  std::uint64_t written() const { return memory.stats().l1d.accesses; }
};

TEST_F(PendingStore, WritesWhenSomebodyIsAsLateAsItRetires) {
  pending.retire(add(0x10000), 100);
  pending.retire(add(0x20000), 200);
  pending.write_until(99, unit);
  EXPECT_EQ(written(), 0U);
  pending.write_until(100, unit);
  EXPECT_EQ(written(), 1U);
  EXPECT_GT(unit.store(1).freed, 100U);
  EXPECT_EQ(unit.store(2).freed, kNever);
  pending.write_until(1000, unit);
  EXPECT_EQ(written(), 2U);
}

TEST_F(PendingStore, WritesWithThoseBeforeItWhenItsEntryIsAskedFor) {
  for (unsigned i = 0; i < 3; ++i) pending.retire(add(0x10000 * (i + 1)), 100 * (i + 1));
  const Cycle freed = pending.freed(2, unit);
  EXPECT_GT(freed, 200U);
  EXPECT_EQ(freed, pending.freed(2, unit));
  EXPECT_EQ(written(), 2U);
}

TEST_F(PendingStore, OneThatIsForgottenIsFree) {
  const std::uint64_t first = add(0x10000);
  pending.retire(first, 100);
  for (unsigned i = 0; i < 4 * Bounds<RobConfig>::groups.max; ++i) {
    pending.retire(add(0x10000), 200);
    pending.write_until(200, unit);
  }
  EXPECT_EQ(pending.freed(first, unit), 0U);
}

}  // namespace
}  // namespace m2sim::timing
