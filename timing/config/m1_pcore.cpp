// The performance core of the Apple M1 (Firestorm), value by value. Every line ends in where
// its value comes from: measured (on hardware, by the source), published (by the maker or a secondary
// source), fitted (by our own calibration) or guess.
//
//                        rename, 8 uops a cycle
//        ┌───────────────────┬──────────┴────────┬───────────────────────┐
//   queue 0 (12)        queue 1 (12)        queue 2 (10)            queue 3 (12)
//   ┌────┼────┐         ┌────┼────┐              │              ┌────┬────┼────┐
//  24   26   16        12   28   28             48             36   36   36   36    scheduler entries
//   │    │    │         │    │    │     ┌────┬───┴┬────┐        │    │    │    │
//  u1   u2   u3        u4   u5   u6    u7   u8   u9   u10      u11  u12  u13  u14   ports
//  alu  alu  alu       alu  alu  alu   st  ld/st ld   ld       fp   fp   fp   fp
//  flag flag flag           mul  mul                                     csel csel
//  br   br                  div  madd                                    →gpr →gpr
//  adr  adr  ←fp       ←fp       crc        ←gpr ←gpr ←gpr                    cmp div
//       ind, pac                 bfm                                          recip sha
//
// u1 is ports[0]; the near twin of the M2's core, on which most per-instruction figures were measured.
#include "timing/config/config.h"

namespace m2sim::timing {

namespace {

// A value and its source stay on one line.
// clang-format off
constexpr CoreConfig kM1PCore{
    .clock = {
        .mhz = 3200,  // measured: ocxtal, insn_bench_aarch64 (M1)
    },
    .fetch = {
        .instructions_per_cycle = 16,  // measured: Jiajie Chen, M1 review
        .bytes_per_cycle = 64,  // measured: Jiajie Chen, M1 review
        .taken_branches_per_cycle = 1,  // measured: Jiajie Chen, M1 review
        .branches_per_cycle = 2,  // measured: ocxtal, insn_bench_aarch64 (M1)
        .page_cross_bubble = 1,  // measured: Jiajie Chen, M1 review
        .queue_instructions = 64,  // guess: four fetch windows; never measured
    },
    .decode = {
        .width = 8,  // published: Apple's own value, quoted by Jiajie Chen
        .pipeline_cycles = 4,  // guess: the front-end part of the 13 to 15 cycles of a misprediction
    },
    .rename = {
        .width = 8,  // measured: Dougall Johnson, applecpu (M1)
        .eliminated_immediates = 2,  // measured: Dougall Johnson, applecpu (M1)
        .fusion_registers = 4,  // measured: Dougall Johnson, applecpu (M1)
    },
    .rob = {
        .groups = 325,  // measured: Jiajie Chen, M1 review, 325 to 330
        .uops_per_group = 7,  // measured: Dougall Johnson, applecpu (M1)
        .issuing_uops_per_group = 4,  // measured: Dougall Johnson, applecpu (M1)
        .rename_entries = 623,  // measured: Dougall Johnson, applecpu
        .groups_per_cycle = 8,  // measured: Dougall Johnson, applecpu (M1)
        .renames_per_cycle = 16,  // measured: Dougall Johnson, applecpu (M1)
    },
    .prf = {
        .integer = 362,  // measured: Jiajie Chen, M1 review
        .fp = 382,  // measured: Jiajie Chen, M1 review
        .flags = 123,  // measured: Jiajie Chen, M1 review
    },
    .dispatch_queues = {{
        {
            .entries = 12,  // measured: Dougall Johnson, applecpu (M1)
            .per_cycle = 6,  // guess: enough for the sustained rate of its ports
        },
        {
            .entries = 12,  // measured: Dougall Johnson, applecpu (M1)
            .per_cycle = 6,  // guess: as above
        },
        {
            .entries = 10,  // measured: Dougall Johnson, applecpu (M1)
            .per_cycle = 4,  // measured: Jiajie Chen, M2 review, 4 memory uops a cycle sustained
        },
        {
            .entries = 12,  // measured: Dougall Johnson, applecpu (M1)
            .per_cycle = 6,  // guess: as above
        },
    }},
    .schedulers = {{
        {
            .entries = 24,  // measured: Dougall Johnson, applecpu (M1)
            .queue = 0,  // measured: Dougall Johnson, applecpu (M1)
        },
        {
            .entries = 26,  // measured: Dougall Johnson, applecpu (M1)
            .queue = 0,  // measured: Dougall Johnson, applecpu (M1)
        },
        {
            .entries = 16,  // measured: Dougall Johnson, applecpu (M1)
            .queue = 0,  // measured: Dougall Johnson, applecpu (M1)
        },
        {
            .entries = 12,  // measured: Dougall Johnson, applecpu (M1)
            .queue = 1,  // measured: Dougall Johnson, applecpu (M1)
        },
        {
            .entries = 28,  // measured: Dougall Johnson, applecpu (M1)
            .queue = 1,  // measured: Dougall Johnson, applecpu (M1)
        },
        {
            .entries = 28,  // measured: Dougall Johnson, applecpu (M1)
            .queue = 1,  // measured: Dougall Johnson, applecpu (M1)
        },
        {
            .entries = 48,  // measured: Dougall Johnson, applecpu (M1)
            .queue = 2,  // measured: Dougall Johnson, applecpu (M1)
        },
        {
            .entries = 36,  // measured: Dougall Johnson, applecpu (M1)
            .queue = 3,  // measured: Dougall Johnson, applecpu (M1)
        },
        {
            .entries = 36,  // measured: Dougall Johnson, applecpu (M1)
            .queue = 3,  // measured: Dougall Johnson, applecpu (M1)
        },
        {
            .entries = 36,  // measured: Dougall Johnson, applecpu (M1)
            .queue = 3,  // measured: Dougall Johnson, applecpu (M1)
        },
        {
            .entries = 36,  // measured: Dougall Johnson, applecpu (M1)
            .queue = 3,  // measured: Dougall Johnson, applecpu (M1)
        },
    }},
    .ports = {{
        {
            .capabilities = kCapAlu | kCapFlags | kCapBranch | kCapAdr | kCapSysReg,  // measured: Dougall Johnson, applecpu (M1)
            .scheduler = 0,  // measured: Dougall Johnson, applecpu (M1)
        },
        {
            .capabilities = kCapAlu | kCapFlags | kCapBranch | kCapAdr | kCapSysReg | kCapIndirect | kCapPac,  // measured: Dougall Johnson, applecpu (M1)
            .scheduler = 1,  // measured: Dougall Johnson, applecpu (M1)
        },
        {
            .capabilities = kCapAlu | kCapFlags | kCapIntFromFp,  // measured: Dougall Johnson, applecpu (M1); the move from FP is uncertain
            .scheduler = 2,  // measured: Dougall Johnson, applecpu (M1)
        },
        {
            .capabilities = kCapAlu | kCapIntFromFp,  // measured: Dougall Johnson, applecpu (M1); the move from FP is uncertain
            .scheduler = 3,  // measured: Dougall Johnson, applecpu (M1)
        },
        {
            .capabilities = kCapAlu | kCapMul | kCapDiv,  // measured: Dougall Johnson, applecpu (M1)
            .scheduler = 4,  // measured: Dougall Johnson, applecpu (M1)
        },
        {
            .capabilities = kCapAlu | kCapMul | kCapMadd | kCapCrcBfm,  // measured: Dougall Johnson, applecpu (M1)
            .scheduler = 5,  // measured: Dougall Johnson, applecpu (M1)
        },
        {
            .capabilities = kCapStore,  // measured: Dougall Johnson, applecpu (M1)
            .scheduler = 6,  // measured: Dougall Johnson, applecpu (M1)
        },
        {
            .capabilities = kCapLoad | kCapStore | kCapIntToFp,  // measured: Dougall Johnson, applecpu (M1)
            .scheduler = 6,  // measured: Dougall Johnson, applecpu (M1)
        },
        {
            .capabilities = kCapLoad | kCapIntToFp,  // measured: Dougall Johnson, applecpu (M1)
            .scheduler = 6,  // measured: Dougall Johnson, applecpu (M1)
        },
        {
            .capabilities = kCapLoad | kCapIntToFp,  // measured: Dougall Johnson, applecpu (M1)
            .scheduler = 6,  // measured: Dougall Johnson, applecpu (M1)
        },
        {
            .capabilities = kCapFp,  // measured: Dougall Johnson, applecpu (M1)
            .scheduler = 7,  // measured: Dougall Johnson, applecpu (M1)
        },
        {
            .capabilities = kCapFp,  // measured: Dougall Johnson, applecpu (M1)
            .scheduler = 8,  // measured: Dougall Johnson, applecpu (M1)
        },
        {
            .capabilities = kCapFp | kCapFpSelect | kCapFpToInt,  // measured: Dougall Johnson, applecpu (M1)
            .scheduler = 9,  // measured: Dougall Johnson, applecpu (M1)
        },
        {
            .capabilities = kCapFp | kCapFpSelect | kCapFpToInt | kCapFpCompare | kCapFpDivide | kCapFpRecip | kCapSha | kCapFpJcvt,  // measured: Dougall Johnson, applecpu (M1)
            .scheduler = 10,  // measured: Dougall Johnson, applecpu (M1)
        },
    }},
    .lsq = {
        .load_entries = 130,  // measured: Dougall Johnson, load/store-queue post (M1)
        .store_entries = 60,  // measured: Dougall Johnson, load/store-queue post (M1)
        .store_commits_per_cycle = 2,  // guess: no less than the 2 stores a cycle sustained
        .forward_latency = 7,  // measured: Jiajie Chen, M1 review, 7.5 cycles
        .forward_predicted_latency = 5,  // guess: below the 5.8 cycles of ocxtal's store and load
        .forward_line_cross_extra = 1,  // measured: ocxtal, insn_bench_aarch64 (M1)
        .forward_merge_extra = 4,  // guess: as on M2
        .forward_fail_latency = 28,  // measured: Jiajie Chen, M1 review
        .order_violation_penalty = 15,  // guess: as a misprediction
        .dependence_pairs = 70,  // measured: Jiajie Chen, M1 review
    },
    .branch = {
        .btb_l1_entries = 1024,  // measured: Jiajie Chen, M1 review
        .btb_l1_ways = 2,  // measured: Jiajie Chen, M1 review
        .btb_l1_bubble = 0,  // measured: Jiajie Chen, M1 review
        .btb_l2_entries = 0,  // measured: Jiajie Chen, M1 review, absent
        .btb_l2_ways = 1,  // guess: unused: absent
        .btb_l2_bubble = 1,  // guess: unused: absent
        .btb_miss_bubble = 2,  // measured: Jiajie Chen, M1 review
        .ras_entries = 50,  // measured: Jiajie Chen, M1 review
        .base_index_bits = 14,  // guess: not published
        .tage = {{
            {
                .target_history = 100,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .branch_history = 28,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .ways = 4,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .index_bits = 10,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .tag_bits = 12,  // guess: the usual width; not published
            },
            {
                .target_history = 57,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .branch_history = 28,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .ways = 4,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .index_bits = 10,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .tag_bits = 12,  // guess: the usual width; not published
            },
            {
                .target_history = 32,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .branch_history = 28,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .ways = 4,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .index_bits = 10,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .tag_bits = 12,  // guess: the usual width; not published
            },
            {
                .target_history = 18,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .branch_history = 18,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .ways = 4,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .index_bits = 11,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .tag_bits = 12,  // guess: the usual width; not published
            },
            {
                .target_history = 11,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .branch_history = 11,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .ways = 6,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .index_bits = 11,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .tag_bits = 12,  // guess: the usual width; not published
            },
            {
                .target_history = 6,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .branch_history = 6,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .ways = 6,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2), low confidence
                .index_bits = 11,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2), low confidence
                .tag_bits = 12,  // guess: the usual width; not published
            },
        }},
        .indirect_index_bits = 7,  // guess: not published; smaller than on M2, which SPEC's misses suggest
        .indirect_ways = 4,  // guess: not published
        .indirect_long_history = 57,  // guess: one of the direction predictor's lengths
        .indirect_short_history = 18,  // guess: one of the direction predictor's lengths
        .mispredict_penalty = 13,  // measured: ocxtal, insn_bench_aarch64 (M1), 13 cycles a miss
        .return_penalty = 14,  // measured: Jiajie Chen, M1 review, 14.5 cycles behind depth 50
    },
    .l1i = {
        .cache = {
            .kib = 192,  // published: Apple's own value, quoted by Jiajie Chen
            .ways = 6,  // measured: Jiajie Chen, M1 review
            .line_bytes = 64,  // measured: Jiajie Chen, M1 review
        },
        .refill_interval = 7,  // measured: Jiajie Chen, M1 review, 2.22 instructions a cycle beyond the L1I
        .prefetch_lines = 4,  // guess: covers the L2's latency at the measured rate
    },
    .l1d = {
        .cache = {
            .kib = 128,  // published: Apple's own value, quoted by Jiajie Chen
            .ways = 8,  // measured: Jiajie Chen, M1 review
            .line_bytes = 64,  // measured: Jiajie Chen, M1 review
        },
        .mshrs = 28,  // guess: inferred from Daniel Lemire's speed-up of 24 to 25 by 28 to 39 parallel random chains
        .load_to_base = 3,  // measured: Jiajie Chen, M1 review
        .load_to_use = 4,  // measured: Jiajie Chen, M1 review
        .load_to_fp = 5,  // guess: secondary sources; a round trip of 9 to a general register is measured
        .page_cross_penalty = 30,  // measured: ocxtal, insn_bench_aarch64 (M1), one in about 30 cycles
    },
    .l2 = {
        .cache = {
            .kib = 12288,  // published: Apple's own value, quoted by Jiajie Chen
            .ways = 12,  // published: Apple's own value, quoted by Jiajie Chen
            .line_bytes = 128,  // published: Apple's own value, quoted by Jiajie Chen
        },
        .mshrs = 64,  // guess: enough lines in flight for the measured bandwidth at the measured latency
        .load_to_use = 16,  // measured: Jiajie Chen, M1 review, 5.0 to 5.07 ns
        .fill_interval = 2,  // guess: 80 GB/s (Volatile MemBench) would be 2.6 cycles with all overheads
    },
    .slc = {
        .cache = {
            .kib = 8192,  // published: Apple's own value, quoted by Jiajie Chen
            .ways = 16,  // guess: as on M2
            .line_bytes = 128,  // guess: as on M2
        },
        .load_to_use = 130,  // guess: about 40 ns; no clean public figure
    },
    .dram = {
        .latency_ns = 103,  // fitted: to 105 ns over 256 MiB (Volatile MemBench), walks and hits in L2 and SLC included
        .mb_per_s = 57000,  // measured: Volatile MemBench, 56 to 58 GB/s
    },
    .mmu = {
        .page_kib = 16,  // published: Apple's own value, quoted by Jiajie Chen
        .itlb = {
            .entries = 192,  // published: Apple's own value, quoted by Jiajie Chen
            .ways = 6,  // guess: 32 sets, as the DTLB of M1
            .miss_extra = 10,  // measured: Jiajie Chen, M1 review, 3 to 13 cycles
        },
        .dtlb = {
            .entries = 160,  // published: Apple's own value, quoted by Jiajie Chen
            .ways = 5,  // measured: Jiajie Chen, M1 review
            .miss_extra = 6,  // measured: Jiajie Chen, M1 review
        },
        .l2_tlb = {
            .entries = 3072,  // published: Apple's own value, quoted by Jiajie Chen
            .ways = 12,  // measured: Jiajie Chen, M1 review
            .miss_extra = 26,  // measured: Jiajie Chen, M1 review, 35 to 36.5 cycles for a load in all
        },
    },
    .prefetch = {
        .enabled = 1,  // measured: GoFetch (M1), strides over arrays are prefetched
        .streams = 16,  // guess: not published
        .confirmations = 2,  // guess: not published
        .degree = 4,  // guess: not published
        .l1_distance = 8,  // guess: covers the L2's latency
        .l2_distance = 128,  // guess: covers DRAM's latency at the measured bandwidth
        .max_stride = 2048,  // guess: not published
        .cross_pages = 1,  // guess: not published; the measured stream bandwidth suggests it
    },
};
// clang-format on

}  // namespace

CoreConfig m1_pcore() { return kM1PCore; }

}  // namespace m2sim::timing
