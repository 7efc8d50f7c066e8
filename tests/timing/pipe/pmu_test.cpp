// Apple's counters of little programs, counted by hand, in both models.
#include "timing/pipe/pmu.h"

#include "tests/timing/loop.h"

namespace m2sim::timing {
namespace {

using namespace a64;

template <class Model>
class Pmu : public ModelTest {
 protected:
  // `passes` of a loop of this body, an access to each of `addresses` in a pass.
  PmuStats run(Words body, const Addresses& addresses, unsigned passes = 10) {
    close_loop(body);
    Model model(this->config);
    SyntheticProgram program;
    const std::uint32_t id = program.block(kCode, body);
    for (unsigned i = 0; i < passes; ++i) program.run(id, addresses);
    program.feed(model);
    return model.stats().pmu;
  }
};
TYPED_TEST_SUITE(Pmu, Models, ModelNames);

TYPED_TEST(Pmu, InstructionsAndUops) {
  // Four of its own and three of the loop, of which the last two fuse and keep two slots.
  const PmuStats pmu = this->run({add(0, 1, 1), ldr(2, 3), str(2, 4), 0x1E622820}, {kData, kData + 64});
  EXPECT_EQ(pmu.inst_all, 70U);
  EXPECT_EQ(pmu.inst_branch, 9U);  // where the last one went is not in the log
  EXPECT_EQ(pmu.inst_int_alu, 30U);
  EXPECT_EQ(pmu.inst_int_ld, 10U);
  EXPECT_EQ(pmu.inst_int_st, 10U);
  EXPECT_EQ(pmu.inst_simd_alu, 10U);
  EXPECT_EQ(pmu.inst_ldst, 20U);
  EXPECT_EQ(pmu.retire_uop, 70U);
  EXPECT_EQ(pmu.map_int_uop, 40U);
  EXPECT_EQ(pmu.map_ldst_uop, 20U);
  EXPECT_EQ(pmu.map_simd_uop, 10U);
  EXPECT_EQ(pmu.schedule_uop, 60U);
  EXPECT_EQ(pmu.ld_unit_uop, 10U);
  EXPECT_EQ(pmu.st_unit_uop, 10U);
}

TYPED_TEST(Pmu, MissesOfLoadsAndStoresApart) {
  const PmuStats pmu = this->run({ldr(2, 3), str(2, 4)}, {kData, kData + (1U << 16)}, 1);
  EXPECT_EQ(pmu.l1d_cache_miss_ld, 1U);
  EXPECT_EQ(pmu.l1d_cache_miss_st, 1U);
  EXPECT_EQ(pmu.l1d_tlb_access, 2U);
  EXPECT_EQ(pmu.l1d_tlb_miss, 2U);
  EXPECT_EQ(pmu.l2_tlb_miss_data, 2U);
  EXPECT_EQ(pmu.l2_tlb_miss_instruction, 1U);
  EXPECT_EQ(pmu.l1i_tlb_miss_demand, 1U);
}

TYPED_TEST(Pmu, SplitsCountInTheirUnitAgain) {
  const std::uint64_t crosses_line = kData + 60;
  const std::uint64_t crosses_page = kData + (1U << 14) - 4;
  const PmuStats pmu = this->run({ldr(2, 3), str(2, 4)}, {crosses_line, crosses_page}, 1);
  EXPECT_EQ(pmu.ldst_x64_uop, 2U);
  EXPECT_EQ(pmu.ldst_xpg_uop, 1U);
  EXPECT_EQ(pmu.ld_unit_uop, 2U);
  EXPECT_EQ(pmu.st_unit_uop, 2U);
}

TYPED_TEST(Pmu, CyclesAreTheCores) {
  TypeParam model(this->config);
  SyntheticProgram program;
  Words body = repeat(8, {mul(1, 1, 1)});
  close_loop(body);
  const std::uint32_t id = program.block(kCode, body);
  for (unsigned i = 0; i < 300; ++i) program.run(id, {});
  program.feed(model);
  const TimingStats stats = model.stats();
  EXPECT_EQ(stats.pmu.core_active_cycle, stats.core.cycles);
  EXPECT_GT(stats.pmu.map_stall, stats.core.cycles / 2);  // a full window behind the chain
  EXPECT_EQ(stats.pmu.map_stall, stats.core.stalled_cycles);
  EXPECT_EQ(stats.pmu.map_dispatch_bubble, stats.core.bubble_cycles);
  EXPECT_EQ(stats.pmu.map_rewind, stats.core.recovery_cycles);
}

TEST(PmuStats, MispredictionsAddUp) {
  TimingStats stats{};
  stats.branch.mispredicts = 15;
  stats.branch.mispredicts_direction = 8;
  stats.branch.mispredicts_indirect = 5;
  stats.branch.mispredicts_indirect_call = 3;
  stats.branch.mispredicts_return = 2;
  const PmuStats pmu = pmu_stats(stats, {});
  EXPECT_EQ(pmu.branch_mispred_nonspec, 15U);
  EXPECT_EQ(pmu.branch_cond_mispred_nonspec, 8U);
  EXPECT_EQ(pmu.branch_indir_mispred_nonspec, 7U);
  EXPECT_EQ(pmu.branch_call_indir_mispred_nonspec, 3U);
  EXPECT_EQ(pmu.branch_ret_indir_mispred_nonspec, 2U);
}

}  // namespace
}  // namespace m2sim::timing
