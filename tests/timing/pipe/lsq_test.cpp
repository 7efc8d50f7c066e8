#include "timing/pipe/lsq.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <vector>

#include "timing/memory/memory_hierarchy.h"

namespace m2sim::timing {
namespace {

constexpr std::uint64_t kPc = 0x400000;
constexpr std::uint64_t kData = 0x800000;

TEST(LoadSet, KnowsSoManyLoadsAndForgetsOneForEachNewOne) {
  for (const std::uint32_t places : {1U, 3U, m2_pcore().lsq.dependence_loads}) {
    LoadSet loads(places);
    std::map<std::uint64_t, std::uint64_t> plain;
    unsigned full_times = 0;
    std::mt19937 random(places);
    // Loads that are powers of two apart meet in whatever table there is, some of them at its end.
    const auto load = [&] { return kPc - 16 + 4 * (random() % 8) + (random() % (2 * places)) * 4096; };
    for (unsigned turn = 0; turn < 20'000; ++turn) {
      const std::uint64_t pc = load();
      const auto known = plain.find(pc);
      ASSERT_EQ(loads.has(pc), known != plain.end());
      const LoadSet::Pair* const pair = loads.find(pc);
      ASSERT_EQ(pair != nullptr, known != plain.end());
      if (pair != nullptr) {
        ASSERT_EQ(pair->load, pc);
        ASSERT_EQ(pair->store, known->second);
      }
      if (random() % 4 != 0) continue;
      if (pair != nullptr && random() % 4 == 0) {
        loads.forget(pc);
        plain.erase(known);
        ASSERT_EQ(std::erase_if(plain, [&](const auto& one) { return !loads.has(one.first); }), 0U);
        continue;
      }
      const std::uint64_t store = kPc + 4 * (random() % 64);
      loads.learn(pc, store);
      const bool full = plain.size() == places && !plain.contains(pc);
      full_times += full ? 1U : 0U;
      plain[pc] = store;
      ASSERT_EQ(loads.find(pc)->store, store);
      ASSERT_EQ(std::erase_if(plain, [&](const auto& one) { return !loads.has(one.first); }), full ? 1U : 0U);
    }
    EXPECT_GT(full_times, 100U);
  }
}

// Of loads that come round and are more than there are places, some are known. A part m is not: each of the m
// n that are learned in a round puts out one of c, so that 1 - m = (1 - 1/c)^(m n).
TEST(LoadSet, KnowsAPartOfMoreLoadsThanItHasPlacesFor) {
  constexpr std::uint32_t kPlaces = 60;
  for (const unsigned n : {50U, 60U, 80U, 120U}) {
    LoadSet loads(kPlaces);
    unsigned unknown = 0;
    constexpr unsigned kRounds = 2000;
    for (unsigned round = 0; round < kRounds; ++round) {
      for (unsigned i = 0; i < n; ++i) {
        if (loads.has(kPc + 8 * i)) continue;
        if (round >= kRounds / 2) ++unknown;
        loads.learn(kPc + 8 * i, kPc);
      }
    }
    double expected = n > kPlaces ? 1 : 0;
    for (unsigned i = 0; i < 1000; ++i) expected = 1 - std::pow(1 - 1.0 / kPlaces, expected * n);
    EXPECT_NEAR(unknown / (kRounds / 2.0 * n), expected, 0.03) << n;
  }
}

TEST(StoreTable, KnowsTheLatestStoreOfAnInstruction) {
  StoreTable table(m2_pcore());
  EXPECT_EQ(table.latest(kPc), nullptr);
  table.add(kPc, kData, 8);
  const StoreRecord* const second = &table.add(kPc, kData + 8, 8);
  const StoreRecord* const other = &table.add(kPc + 4, kData, 8);
  EXPECT_EQ(table.latest(kPc), second);
  EXPECT_EQ(table.latest(kPc + 4), other);
  EXPECT_EQ(table.latest(kPc + 8), nullptr);
  for (unsigned i = 0; i < 5000; ++i) table.add(kPc + 8, kData, 8);
  EXPECT_EQ(table.latest(kPc), nullptr) << "its record has another store's";
}

TEST(StoreTable, FindsAStoreIfOneByteOverlaps) {
  StoreTable table(m2_pcore());
  std::uint64_t region = kData;
  constexpr std::uint64_t kAt = 32;
  for (const unsigned stored : {1U, 2U, 4U, 8U, 16U}) {
    for (const unsigned loaded : {1U, 2U, 4U, 8U, 16U, 32U}) {
      for (std::uint64_t at = kAt; at < kAt + 16; ++at) {
        for (std::uint64_t from = 0; from < 64; ++from) {
          region += 4096;  // each case has memory of its own
          const StoreRecord& store = table.add(kPc, region + at, stored);
          const bool overlaps = from < at + stored && at < from + loaded;
          ASSERT_EQ(table.find(region + from, loaded), overlaps ? &store : nullptr)
              << stored << " bytes at " << at << ", load of " << loaded << " at " << from;
        }
      }
    }
  }
}

struct PlainStore {
  std::uint64_t sequence;
  std::uint64_t address;
  unsigned bytes;
};

// The youngest store that overlaps, unless one that is younger hides it: it wrote other bytes of a granule of
// the load.
TEST(StoreTable, FindsTheYoungestUnlessADisjointOneHidesIt) {
  constexpr std::uint64_t kGranule = 8;
  StoreTable table(m2_pcore());
  std::vector<PlainStore> plain;
  std::mt19937 random(1);
  unsigned found = 0;
  unsigned hidden = 0;
  for (unsigned turn = 0; turn < 1000; ++turn) {
    const std::uint64_t address = kData + random() % 256;
    const unsigned bytes = 1U << random() % 5;
    const StoreRecord& store = table.add(kPc + 4 * turn, address, bytes);
    plain.push_back({store.sequence, address, bytes});
    ASSERT_EQ(store.sequence, turn + 1);
    for (unsigned i = 0; i < 8; ++i) {
      const std::uint64_t from = kData + random() % 256;
      const unsigned wanted = 1U << random() % 6;
      const auto youngest = [&](std::uint64_t first, std::uint64_t end) {
        const auto at = std::find_if(plain.rbegin(), plain.rend(), [&](const PlainStore& s) {
          return s.address < end && first < s.address + s.bytes;
        });
        return at == plain.rend() ? 0 : at->sequence;
      };
      const auto touching = [&] {
        const std::uint64_t first = from / kGranule;
        const std::uint64_t last = (from + wanted - 1) / kGranule;
        const auto at = std::find_if(plain.rbegin(), plain.rend(), [&](const PlainStore& s) {
          return s.address / kGranule <= last && first <= (s.address + s.bytes - 1) / kGranule;
        });
        return at == plain.rend() ? 0 : at->sequence;
      }();
      const std::uint64_t overlapping = youngest(from, from + wanted);
      const StoreRecord* const got = table.find(from, wanted);
      const std::uint64_t expected = overlapping == touching ? overlapping : 0;
      ASSERT_EQ(got == nullptr ? 0 : got->sequence, expected);
      found += expected != 0 ? 1U : 0U;
      hidden += overlapping != expected ? 1U : 0U;
    }
  }
  EXPECT_GT(found, 1000U);
  EXPECT_GT(hidden, 10U);
}

// What the store queue may still hold is found; what has left it long ago never comes back as another's
// record.
TEST(StoreTable, ForgetsWhatIsFarOlderThanTheStoreQueue) {
  const CoreConfig config = m2_pcore();
  const unsigned held = config.lsq.store_entries + config.rob.groups;
  StoreTable table(config);
  table.add(kPc, kData, 8);
  for (unsigned i = 0; i < held; ++i) table.add(kPc, kData + 8 + 8 * i, 8);
  const StoreRecord* const old = table.find(kData, 8);
  ASSERT_NE(old, nullptr);
  EXPECT_EQ(old->sequence, 1U);
  for (unsigned i = 0; i < 10'000; ++i) {
    table.add(kPc, kData + 0x200000, 8);
    const StoreRecord* const got = table.find(kData, 8);
    if (got != nullptr) {
      ASSERT_EQ(got->address, kData);
    }
  }
  EXPECT_EQ(table.find(kData, 8), nullptr);
}

// A store of `stored` bytes at `at` that issued at kStored, and a load beside or inside it.
struct ForwardingTest : public ::testing::Test {
  static constexpr Cycle kStored = 10'000;
  static constexpr Cycle kL1 = 20'000;  // when the L1D would have the load's bytes
  CoreConfig config = m2_pcore();
  std::uint64_t line = config.l1d.cache.line_bytes;

  Cycle addressed = kStored;

  Forwarding forward(std::uint64_t at, unsigned stored, std::uint64_t from, unsigned loaded, Cycle issued,
                     Foreseen foreseen, Cycle l1_ready = kL1) {
    StoreTable table(config);
    StoreRecord& store = table.add(kPc, kData + at, stored);
    store.addressed = addressed;
    store.issued = kStored;
    return table.forward(store, kData + from, loaded, issued, l1_ready, foreseen);
  }
};

TEST_F(ForwardingTest, AContainedLoadTakesTheLatencyOfItsPrediction) {
  for (std::uint64_t from = 0; from <= 8; from += 4) {
    const Forwarding known = forward(0, 16, from, 8, kStored, Foreseen::kStore);
    EXPECT_EQ(known.ready, kStored + config.lsq.forward_predicted_latency);
    EXPECT_FALSE(known.failed || known.violated);
    const Forwarding found = forward(0, 16, from, 8, kStored, Foreseen::kNothing);
    EXPECT_EQ(found.ready, kStored + config.lsq.forward_latency);
    EXPECT_FALSE(found.failed || found.violated);
  }
  const Cycle late = kStored + 1000;
  EXPECT_EQ(forward(0, 8, 0, 8, late, Foreseen::kStore).ready, late + config.l1d.load_to_use)
      << "never faster than the L1D";
  EXPECT_EQ(forward(0, 8, 0, 8, late, Foreseen::kNothing).ready, late + config.l1d.load_to_use);
}

TEST_F(ForwardingTest, APairThatCrossesALineTakesLonger) {
  const Forwarding inside = forward(line - 8, 8, line - 8, 8, kStored, Foreseen::kNothing);
  EXPECT_EQ(inside.ready, kStored + config.lsq.forward_latency);
  const Forwarding across = forward(line - 4, 8, line - 4, 8, kStored, Foreseen::kNothing);
  EXPECT_EQ(across.ready, kStored + config.lsq.forward_latency + config.lsq.forward_line_cross_extra);
  EXPECT_FALSE(across.failed);
}

TEST_F(ForwardingTest, BytesThatTheStoreDoesNotHaveAreMergedWithTheL1s) {
  const std::pair<std::uint64_t, std::uint64_t> cases[] = {{4, 0}, {0, 4}, {0, 7}, {7, 0}};
  for (const auto& [at, from] : cases) {
    const Cycle soon = kStored + config.l1d.load_to_use;
    const Forwarding merged = forward(at, 8, from, 8, kStored, Foreseen::kNothing, soon);
    EXPECT_EQ(merged.ready, kStored + config.lsq.forward_latency + config.lsq.forward_merge_extra);
    EXPECT_FALSE(merged.failed);
    EXPECT_EQ(forward(at, 8, from, 8, kStored, Foreseen::kNothing).ready, kL1) << "both must be there";
  }
  EXPECT_EQ(forward(2, 4, 0, 8, kStored, Foreseen::kStore, 0).ready,
            kStored + config.lsq.forward_predicted_latency + config.lsq.forward_merge_extra);
}

TEST_F(ForwardingTest, AMergeAcrossLinesWaitsForTheStores) {
  for (const Foreseen foreseen : {Foreseen::kNothing, Foreseen::kData, Foreseen::kStore}) {
    const Forwarding failed = forward(line - 8, 8, line - 4, 8, kStored, foreseen, 0);
    EXPECT_TRUE(failed.failed);
    EXPECT_EQ(failed.ready, kStored + config.lsq.forward_fail_latency);
  }
  EXPECT_FALSE(forward(line - 8, 8, line - 7, 7, kStored, Foreseen::kNothing, 0).failed)
      << "all of it in the line";
  EXPECT_FALSE(forward(line - 12, 16, line - 8, 8, kStored, Foreseen::kNothing, 0).failed);
}

TEST_F(ForwardingTest, ALoadThatRanBeforeItsStoreRunsAgainUnlessItWasForeseen) {
  EXPECT_FALSE(forward(0, 8, 0, 8, kStored, Foreseen::kNothing).violated) << "in the same cycle";
  const Forwarding early = forward(0, 8, 0, 8, kStored - 1, Foreseen::kNothing);
  EXPECT_TRUE(early.violated);
  EXPECT_EQ(early.ready, kStored + std::max(config.lsq.order_violation_penalty, config.lsq.forward_latency));
  EXPECT_FALSE(forward(0, 8, 0, 8, kStored - 1, Foreseen::kStore).violated);
  EXPECT_FALSE(forward(0, 8, 0, 8, kStored - 1, Foreseen::kStore).early);
  config.lsq.order_violation_penalty = 0;
  EXPECT_EQ(forward(0, 8, 0, 8, kStored - 1, Foreseen::kNothing).ready, kStored + config.lsq.forward_latency)
      << "no sooner than without";
}

TEST_F(ForwardingTest, ALoadThatSeesTheAddressOfItsStoreWaitsForTheData) {
  addressed = kStored - 10;
  const Forwarding seen = forward(0, 8, 0, 8, addressed, Foreseen::kNothing);
  EXPECT_TRUE(seen.early);
  EXPECT_FALSE(seen.violated);
  EXPECT_EQ(seen.ready, kStored + config.lsq.forward_latency);
  EXPECT_TRUE(forward(0, 8, 0, 8, addressed - 1, Foreseen::kNothing).violated);
  const Forwarding known = forward(0, 8, 0, 8, addressed, Foreseen::kData);
  EXPECT_TRUE(known.early);
  EXPECT_EQ(known.ready, kStored + config.lsq.forward_predicted_latency);
  EXPECT_TRUE(forward(0, 8, 0, 8, addressed - 1, Foreseen::kData).violated)
      << "it does not wait for the store";
}

// Stores to lines that the L1D has.
struct StoreCommitTest : public ::testing::Test {
  CoreConfig config = m2_pcore();
  MemoryHierarchy memory{config};
  StoreTable table{config};
  static constexpr Cycle kNow = 10'000;

  StoreCommitTest() { memory.load(kPc, kData, 8, 0); }
  const StoreRecord& store(std::uint64_t address) { return table.add(kPc, address, 8); }
};

TEST_F(StoreCommitTest, SoManyStoresACycle) {
  StoreCommit commit(config.lsq);
  const unsigned each = config.lsq.store_commits_per_cycle;
  for (unsigned i = 0; i < 5 * each; ++i) {
    EXPECT_EQ(commit.commit(memory, store(kData + 8 * (i % 8)), kNow), kNow + i / each + 1) << i;
  }
  const Cycle later = kNow + 100;
  for (unsigned i = 0; i < each; ++i) {
    EXPECT_EQ(commit.commit(memory, store(kData), later), later + 1) << "a cycle that nobody used";
  }
  EXPECT_EQ(commit.commit(memory, store(kData), later), later + 2);
}

// One that crosses a page, say.
TEST_F(StoreCommitTest, AStoreThatWaitsHoldsUpThoseBehindIt) {
  StoreCommit commit(config.lsq);
  const std::uint64_t page = std::uint64_t{config.mmu.page_kib} * 1024;
  const Cycle waited = commit.commit(memory, store(kData + page - 4), kNow);
  EXPECT_GT(waited, kNow + 1);
  const unsigned each = config.lsq.store_commits_per_cycle;
  for (unsigned i = 0; i < 3 * each; ++i) {
    const Cycle freed = commit.commit(memory, store(kData), kNow + 1);
    EXPECT_GE(freed, waited) << i;
    EXPECT_LE(freed, waited + (i + 2) / each) << i;
  }
  EXPECT_EQ(commit.commit(memory, store(kData), waited + 100), waited + 101);
}

TEST_F(StoreCommitTest, AStoreAcross16BytesCostsWhatOthersDo) {
  StoreCommit commit(config.lsq);
  const unsigned each = config.lsq.store_commits_per_cycle;
  for (unsigned i = 0; i < 4 * each; ++i) {
    EXPECT_EQ(commit.commit(memory, store(kData + 12), kNow), kNow + i / each + 1) << i;
  }
}

}  // namespace
}  // namespace m2sim::timing
