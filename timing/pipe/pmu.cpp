#include "timing/pipe/pmu.h"

namespace m2sim::timing {
namespace {

void count_core(PmuStats& pmu, const CoreStats& core, const BlockCounts& blocks) {
  pmu.core_active_cycle = core.cycles;
  pmu.retire_uop = core.uops;
  pmu.schedule_uop = core.issued_uops;
  pmu.map_stall = core.stalled_cycles;
  pmu.map_dispatch_bubble = core.bubble_cycles;
  pmu.map_rewind = core.recovery_cycles;
  pmu.map_int_uop = blocks.int_uops;
  pmu.map_ldst_uop = blocks.memory_uops;
  pmu.map_simd_uop = blocks.simd_uops;
  pmu.st_memory_order_violation_nonspec = core.order_violations;
}

void count_memory(PmuStats& pmu, const MemoryStats& memory, const BlockCounts& blocks) {
  pmu.ld_unit_uop = blocks.load_unit + memory.load_line_crossings;
  pmu.st_unit_uop = blocks.store_unit + memory.line_crossings - memory.load_line_crossings;
  pmu.ldst_x64_uop = memory.line_crossings;
  pmu.ldst_xpg_uop = memory.page_crossings;
  pmu.l1d_cache_miss_ld = memory.l1d.load_misses;
  pmu.l1d_cache_miss_st = memory.l1d.store_misses;
  pmu.l1d_cache_writeback = memory.l1d.writebacks;
  pmu.l1d_tlb_access = memory.dtlb.accesses;
  pmu.l1d_tlb_miss = memory.dtlb.misses;
  pmu.l2_tlb_miss_data = memory.l2_tlb.data_misses;
  pmu.l1i_cache_miss_demand = memory.l1i.misses;
  pmu.l1i_tlb_miss_demand = memory.itlb.misses;
  pmu.l2_tlb_miss_instruction = memory.l2_tlb.misses - memory.l2_tlb.data_misses;
}

void count_instructions(PmuStats& pmu, const TimingStats& stats, const BlockCounts& blocks) {
  pmu.inst_all = stats.core.insts;
  pmu.inst_branch = stats.branch.branches;
  pmu.inst_branch_call = blocks.calls;
  pmu.inst_branch_ret = blocks.returns;
  pmu.inst_branch_taken = stats.branch.taken;
  pmu.inst_branch_indir = blocks.indirect;
  pmu.inst_int_alu = blocks.int_alu;
  pmu.inst_int_ld = blocks.int_loads;
  pmu.inst_int_st = blocks.int_stores;
  pmu.inst_simd_alu = blocks.simd_alu;
  pmu.inst_simd_ld = blocks.simd_loads;
  pmu.inst_simd_st = blocks.simd_stores;
  pmu.inst_ldst = blocks.memory_insts;
  pmu.inst_barrier = blocks.barriers;
}

void count_mispredictions(PmuStats& pmu, const BranchStats& branch) {
  pmu.branch_mispred_nonspec = branch.mispredicts;
  pmu.branch_cond_mispred_nonspec = branch.mispredicts_direction;
  pmu.branch_indir_mispred_nonspec = branch.mispredicts_indirect + branch.mispredicts_return;
  pmu.branch_call_indir_mispred_nonspec = branch.mispredicts_indirect_call;
  pmu.branch_ret_indir_mispred_nonspec = branch.mispredicts_return;
}

}  // namespace

PmuStats pmu_stats(const TimingStats& stats, const BlockCounts& blocks) {
  PmuStats pmu{};
  count_core(pmu, stats.core, blocks);
  count_memory(pmu, stats.memory, blocks);
  count_instructions(pmu, stats, blocks);
  count_mispredictions(pmu, stats.branch);
  return pmu;
}

}  // namespace m2sim::timing
