// What both models promise whatever the program: exact books, equal runs, no allocation, agreement.
#include <array>
#include <numeric>

#include "cmd/profile/allocations.h"
#include "tests/timing/random_program.h"

namespace m2sim::timing {
namespace {

template <class Model>
TimingStats run_random(std::uint64_t seed, std::uint64_t runs, std::uint32_t bytes,
                       std::size_t batch = 1000) {
  SyntheticProgram program;
  random_program(program, seed, runs, bytes);
  Model model(m2_pcore());
  program.feed(model, batch);
  return model.stats();
}

template <class Model>
class CoreAccounting : public ::testing::Test {};
TYPED_TEST_SUITE(CoreAccounting, Models, ModelNames);

TYPED_TEST(CoreAccounting, EverySlotHasOneReason) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const TimingStats stats = run_random<TypeParam>(seed, 2000, seed % 2 == 0 ? 4096 : 1U << 22);
    const auto& slots = stats.core.slots;
    EXPECT_EQ(std::accumulate(slots.begin(), slots.end(), std::uint64_t{0}),
              stats.core.cycles * stats.core.slots_per_cycle);
    EXPECT_EQ(slots[static_cast<std::size_t>(StallReason::kBase)], stats.core.uops);
    EXPECT_GT(stats.core.cycles, stats.core.uops / stats.core.slots_per_cycle);
  }
}

TYPED_TEST(CoreAccounting, BatchesDoNotMatter) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const TimingStats whole = run_random<TypeParam>(seed, 3000, 1U << 20, 3000);
    for (const std::size_t batch : {1U, 7U, 1000U}) {
      const TimingStats parts = run_random<TypeParam>(seed, 3000, 1U << 20, batch);
      EXPECT_EQ(values(parts), values(whole)) << "batches of " << batch;
    }
  }
}

TYPED_TEST(CoreAccounting, NoAllocationInTheSteadyState) {
  SyntheticProgram program;
  random_program(program, 5, 4000, 1U << 22);
  const auto pointers = program.pointers();
  TypeParam model(m2_pcore());
  program.feed(model, pointers, 100);
  const std::uint64_t before = cmd::allocation_count();
  program.feed(model, pointers, 100);
  EXPECT_EQ(cmd::allocation_count(), before);
}

TYPED_TEST(CoreAccounting, BlocksMayBeCleared) {
  TypeParam model(m2_pcore());
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    SyntheticProgram program;
    random_program(program, seed, 500, 4096);
    program.feed(model, program.pointers(), 10);
    model.blocks_cleared();
  }
  model.finish();
  const auto& core = model.stats().core;
  EXPECT_EQ(std::accumulate(core.slots.begin(), core.slots.end(), std::uint64_t{0}),
            core.cycles * core.slots_per_cycle);
}

// The same loads twice, the second time in a batch of `task` and in address space `space`.
template <class Model>
TimingStats run_twice(std::uint32_t task, std::uint64_t space) {
  SyntheticProgram program;
  const std::vector<std::uint32_t> loads{a64::ldr(0, 1), a64::ldr(2, 3), a64::ldr(4, 5), a64::ldr(6, 7)};
  program.block(0x400000, loads);
  program.block(0x400000, loads, space);
  const auto pointers = program.pointers();
  const std::array<std::uint64_t, 5> first{0, 0x10000, 0x20000, 0x30000, 0x40000};
  // Data in the top byte of a pointer does not make it another place.
  const std::array<std::uint64_t, 5> second{1, 0xab00000000010000, 0x20000, 0x30000, 0x40000};
  Model model(m2_pcore());
  model.consume({first, pointers, emu::kNoBlock, 0, loads.size()});
  model.consume({second, pointers, emu::kNoBlock, task, loads.size()});
  model.finish();
  return model.stats();
}

TYPED_TEST(CoreAccounting, AddressSpacesDoNotShareLinesAndThreadsDo) {
  const TimingStats alone = run_twice<TypeParam>(0, 0);
  const TimingStats thread = run_twice<TypeParam>(1, 0);
  const TimingStats process = run_twice<TypeParam>(1, 1);
  EXPECT_EQ(alone.core.context_switches, 0U);
  EXPECT_EQ(thread.core.context_switches, 1U);
  EXPECT_EQ(process.core.context_switches, 1U);
  EXPECT_EQ(thread.memory.dram.reads, alone.memory.dram.reads);
  EXPECT_EQ(process.memory.dram.reads, 2 * alone.memory.dram.reads);
  EXPECT_EQ(process.memory.l2_tlb.misses, 2 * thread.memory.l2_tlb.misses);
  EXPECT_GT(process.core.cycles, thread.core.cycles);
  for (const TimingStats& stats : {thread, process}) {
    EXPECT_EQ(std::accumulate(stats.core.slots.begin(), stats.core.slots.end(), std::uint64_t{0}),
              stats.core.cycles * stats.core.slots_per_cycle);
  }
}

TEST(Models, AgreeOnRandomPrograms) {
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    const std::uint32_t bytes = seed % 3 == 0 ? 1U << 24 : seed % 3 == 1 ? 512 : 1U << 16;
    const auto detailed = run_random<Core>(seed, 3000, bytes).core;
    const auto fast = run_random<FastCore>(seed, 3000, bytes).core;
    EXPECT_EQ(detailed.insts, fast.insts);
    EXPECT_EQ(detailed.uops, fast.uops);
    const double ratio = static_cast<double>(fast.cycles) / static_cast<double>(detailed.cycles);
    // Some thousand accesses to nothing but cold lines: who gets a miss register first goes by program order
    // in one model and by time in the other.
    EXPECT_NEAR(ratio, 1.0, 0.15) << "seed " << seed << ": " << fast.cycles << " against " << detailed.cycles;
    RecordProperty("seed" + std::to_string(seed), std::to_string(ratio));
  }
}

}  // namespace
}  // namespace m2sim::timing
