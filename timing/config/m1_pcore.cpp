// The performance core of the Apple M1 (Firestorm): the M2's core, which is its near twin, with what differs.
// What is not named here was measured to be the same on both, or on one of them alone. Each line ends in
// where its value comes from, as in m2_pcore.cpp.
#include <algorithm>
#include <string_view>

#include "timing/config/config.h"

namespace m2sim::timing {

namespace {

SchedulerConfig& scheduler(CoreConfig& core, std::string_view name) {
  return *std::ranges::find(core.schedulers, name, [](const SchedulerConfig& s) { return text_of(s.name); });
}

}  // namespace

// A value and its source stay on one line.
// clang-format off
CoreConfig m1_pcore() {
  CoreConfig core = m2_pcore();
  core.clock.mhz = 3200;  // measured: ocxtal, insn_bench_aarch64 (M1)
  core.rob.groups = 325;  // measured: Jiajie Chen, M1 review, 325 to 330
  core.rob.rename_entries = 623;  // measured: Dougall Johnson, applecpu
  core.prf.fp = 382;  // measured: Jiajie Chen, M1 review
  scheduler(core, "mem").entries = 48;  // measured: Dougall Johnson, applecpu (M1)
  core.lsq.load_entries = 130;  // measured: Dougall Johnson, load/store-queue post (M1)
  core.lsq.forward_fail_latency = 28;  // measured: Jiajie Chen, M1 review
  core.lsq.dependence_loads = 70;  // measured: Jiajie Chen, M1 review, knee of the address-dependent pairs
  core.lsq.forwarding_loads = 84;  // measured: Jiajie Chen, M1 review, knee of the data-dependent pairs
  core.lsq.address_index_bits = 0;  // measured: SLAP, absent
  core.branch.btb_l2_entries = 0;  // measured: Jiajie Chen, M1 review, absent
  core.branch.indirect_index_bits = 6;  // guess: not published; chosen on what M1 mispredicts more than M2 in network simulation and meshing, linkage tables included
  core.l1i.refill_interval = 7;  // measured: Jiajie Chen, M1 review, 2.22 instructions a cycle beyond the L1I
  core.l2.cache.kib = 12288;  // published: Apple's own value, quoted by Jiajie Chen
  core.l2.cache.ways = 12;  // published: Apple's own value, quoted by Jiajie Chen
  core.l2.load_to_use = 16;  // measured: Jiajie Chen, M1 review, 5.0 to 5.07 ns
  core.slc.load_to_use = 112;  // published: Apple, CPU optimization guide 3.0, A.14: about 35 ns
  core.dram.latency_ns = 95;  // published: Apple, CPU optimization guide 3.0, A.14
  core.dram.mb_per_s = 57000;  // measured: Volatile MemBench, 56 to 58 GB/s
  core.dram.banks = 64;  // published: JEDEC, LPDDR4, 8 in each of 8 channels of 16 bits
  core.mmu.itlb.miss_extra = 10;  // measured: Jiajie Chen, M1 review, 3 to 13 cycles
  core.mmu.dtlb.entries = 160;  // published: Apple's own value, quoted by Jiajie Chen
  core.mmu.dtlb.ways = 5;  // measured: Jiajie Chen, M1 review
  return core;
}
// clang-format on

}  // namespace m2sim::timing
