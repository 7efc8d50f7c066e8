// The performance core of the Apple M2 (Avalanche), value by value. Every line ends in where
// its value comes from: measured (on hardware, by the source), published (by the maker or a secondary
// source), fitted (by our own calibration) or guess.
//
//                        rename, 8 uops a cycle
//        ┌───────────────────┬──────────┴────────┬───────────────────────┐
//   queue 0 (12)        queue 1 (12)        queue 2 (10)            queue 3 (12)
//   ┌────┼────┐         ┌────┼────┐              │              ┌────┬────┼────┐
//  24   26   16        12   28   28             52             36   36   36   36    scheduler entries
//   │    │    │         │    │    │     ┌────┬───┴┬────┐        │    │    │    │
//  u1   u2   u3        u4   u5   u6    u7   u8   u9   u10      u11  u12  u13  u14   ports
//  alu  alu  alu       alu  alu  alu   st  ld/st ld   ld       fp   fp   fp   fp
//  flag flag flag           mul  mul                                     csel csel
//  br   br                  div  madd                                    →gpr →gpr
//  adr  adr  ←fp       ←fp       crc        ←gpr ←gpr ←gpr                    cmp div
//       ind, pac                 bfm                                          recip sha
//
// The lines without M2 figures stand in from M1, whose instruction timing is the same; m1_pcore.cpp has what
// differs there.
#include "timing/config/config.h"

namespace m2sim::timing {

namespace {

// A value and its source stay on one line.
// clang-format off
constexpr CoreConfig kM2PCore{
    .clock = {
        .mhz = 3490,  // measured: Jiajie Chen, SPEC logs, 3.36 to 3.49 GHz
    },
    .fetch = {
        .instructions_per_cycle = 16,  // measured: Jiajie Chen, M2 review
        .bytes_per_cycle = 64,  // measured: Jiajie Chen, M2 review
        .taken_branches_per_cycle = 1,  // measured: Jiajie Chen, M2 review
        .branches_per_cycle = 2,  // measured: Jiajie Chen, M2 review; 2 not-taken branches a cycle
        .page_cross_bubble = 0,  // measured: Jiajie Chen, M2 review: the window ends with its page, and that is all
        .targets_ahead = 32,  // guess: not published; looked at ns3 and clang: more does nothing, 8 costs ns3 2 %
        .buffer_instructions = 96,  // guess: four fetch windows and four stages of 8 (Apple: 8 decoded a cycle); never measured
    },
    .decode = {
        .pipeline_cycles = 4,  // guess: the front-end part of the 13 to 15 cycles of a misprediction
    },
    .rename = {
        .width = 8,  // measured: Jiajie Chen, M2 review
        .eliminated_immediates = 2,  // measured: Dougall Johnson, applecpu (M1)
        .fusion_registers = 4,  // measured: Dougall Johnson, applecpu (M1)
        .fusion_window = 6,  // measured: Dougall Johnson, applecpu (M1)
    },
    .rob = {
        .groups = 289,  // measured: Jiajie Chen, M2 review, 289 to 292
        .uops_per_group = 7,  // measured: Jiajie Chen, M2 review
        .issuing_uops_per_group = 4,  // measured: Dougall Johnson, applecpu (M1)
        .rename_entries = 586,  // published: Geekerwan, M2 diagram
        .branches = 144,  // measured: Dougall Johnson, applecpu (M1), about 144; no figure for the M2
        .groups_per_cycle = 8,  // measured: Dougall Johnson, applecpu (M1)
        .renames_per_cycle = 16,  // measured: Dougall Johnson, applecpu (M1)
    },
    .prf = {
        .integer = 362,  // measured: Jiajie Chen, M2 review
        .fp = 356,  // measured: Jiajie Chen, M2 review
        .flags = 123,  // measured: Jiajie Chen, M2 review
    },
    .issue = {
        .queue_difference = 6,  // fitted: arithmetic and the loops of multiply-adds, which 4 fits as well
        .dispatch_delay = 1,  // fitted: 2 loads and 2 stores a cycle through 10 entries (Jiajie Chen, M2 review): 1 and 2 sustain them, 3 does not
        .issue_delay = 1,  // guess: a stage; only the sum with the front end is measured
    },
    .dispatch_queues = {
        .count = 4,  // measured: Dougall Johnson, applecpu (M1)
        .elements = {{
            {
                .name = {"int0"},
                .entries = 12,  // published: Geekerwan, M2 diagram; the same measured on M1 by Dougall Johnson
                .per_cycle = 6,  // guess: enough for the sustained rate of its ports
                .bound_cycles = 64,  // fitted: 16 to 64 are the same; with 128 too few adds wait beside a divide (M1)
            },
            {
                .name = {"int1"},
                .entries = 12,  // published: Geekerwan, M2 diagram; the same measured on M1 by Dougall Johnson
                .per_cycle = 6,  // guess: as above
                .bound_cycles = 64,  // fitted: 16 to 64 are the same; with 128 too few adds wait beside a divide (M1)
            },
            {
                .name = {"mem"},
                .entries = 10,  // published: Geekerwan, M2 diagram; the same measured on M1 by Dougall Johnson
                .per_cycle = 4,  // measured: Jiajie Chen, M2 review, 4 memory uops a cycle sustained
                .bound_cycles = 0,  // fitted: measured figures contradict a bond, or say nothing of it
            },
            {
                .name = {"fp"},
                .entries = 12,  // published: Geekerwan, M2 diagram; the same measured on M1 by Dougall Johnson
                .per_cycle = 6,  // guess: as above
                .bound_cycles = 0,  // fitted: measured figures contradict a bond, or say nothing of it
            },
        }},
    },
    .schedulers = {
        .count = 11,  // measured: Dougall Johnson, applecpu (M1)
        .elements = {{
            {
                .name = {"u1"},
                .entries = 24,  // published: Geekerwan, M2 diagram; the same measured on M1 by Dougall Johnson
                .queue = 0,  // measured: Dougall Johnson, applecpu (M1)
            },
            {
                .name = {"u2"},
                .entries = 26,  // published: Geekerwan, M2 diagram; the same measured on M1 by Dougall Johnson
                .queue = 0,  // measured: Dougall Johnson, applecpu (M1)
            },
            {
                .name = {"u3"},
                .entries = 16,  // published: Geekerwan, M2 diagram; the same measured on M1 by Dougall Johnson
                .queue = 0,  // measured: Dougall Johnson, applecpu (M1)
            },
            {
                .name = {"u4"},
                .entries = 12,  // published: Geekerwan, M2 diagram; the same measured on M1 by Dougall Johnson
                .queue = 1,  // measured: Dougall Johnson, applecpu (M1)
            },
            {
                .name = {"u5"},
                .entries = 28,  // published: Geekerwan, M2 diagram; the same measured on M1 by Dougall Johnson
                .queue = 1,  // measured: Dougall Johnson, applecpu (M1)
            },
            {
                .name = {"u6"},
                .entries = 28,  // published: Geekerwan, M2 diagram; the same measured on M1 by Dougall Johnson
                .queue = 1,  // measured: Dougall Johnson, applecpu (M1)
            },
            {
                .name = {"mem"},
                .entries = 52,  // published: Geekerwan, M2 diagram
                .queue = 2,  // measured: Dougall Johnson, applecpu (M1)
            },
            {
                .name = {"u11"},
                .entries = 36,  // published: Geekerwan, M2 diagram; the same measured on M1 by Dougall Johnson
                .queue = 3,  // measured: Dougall Johnson, applecpu (M1)
            },
            {
                .name = {"u12"},
                .entries = 36,  // published: Geekerwan, M2 diagram; the same measured on M1 by Dougall Johnson
                .queue = 3,  // measured: Dougall Johnson, applecpu (M1)
            },
            {
                .name = {"u13"},
                .entries = 36,  // published: Geekerwan, M2 diagram; the same measured on M1 by Dougall Johnson
                .queue = 3,  // measured: Dougall Johnson, applecpu (M1)
            },
            {
                .name = {"u14"},
                .entries = 36,  // published: Geekerwan, M2 diagram; the same measured on M1 by Dougall Johnson
                .queue = 3,  // measured: Dougall Johnson, applecpu (M1)
            },
        }},
    },
    .ports = {
        .count = 14,  // measured: Dougall Johnson, applecpu (M1)
        .elements = {{
            {
                .name = {"u1"},
                .capabilities = kCapAlu | kCapFlags | kCapBranch | kCapAdr | kCapSysReg,  // measured: Dougall Johnson, applecpu (M1)
                .scheduler = 0,  // measured: Dougall Johnson, applecpu (M1)
            },
            {
                .name = {"u2"},
                .capabilities = kCapAlu | kCapFlags | kCapBranch | kCapAdr | kCapIndirect | kCapPac,  // measured: Dougall Johnson, applecpu (M1)
                .scheduler = 1,  // measured: Dougall Johnson, applecpu (M1)
            },
            {
                .name = {"u3"},
                .capabilities = kCapAlu | kCapFlags | kCapIntFromFp,  // measured: Dougall Johnson, applecpu (M1); the move from FP is uncertain
                .scheduler = 2,  // measured: Dougall Johnson, applecpu (M1)
            },
            {
                .name = {"u4"},
                .capabilities = kCapAlu | kCapIntFromFp,  // measured: Dougall Johnson, applecpu (M1); the move from FP is uncertain
                .scheduler = 3,  // measured: Dougall Johnson, applecpu (M1)
            },
            {
                .name = {"u5"},
                .capabilities = kCapAlu | kCapMul | kCapDiv,  // measured: Dougall Johnson, applecpu (M1)
                .scheduler = 4,  // measured: Dougall Johnson, applecpu (M1)
            },
            {
                .name = {"u6"},
                .capabilities = kCapAlu | kCapMul | kCapMadd | kCapCrcBfm,  // measured: Dougall Johnson, applecpu (M1)
                .scheduler = 5,  // measured: Dougall Johnson, applecpu (M1)
            },
            {
                .name = {"u7"},
                .capabilities = kCapStore,  // measured: Dougall Johnson, applecpu (M1)
                .scheduler = 6,  // measured: Dougall Johnson, applecpu (M1)
            },
            {
                .name = {"u8"},
                .capabilities = kCapLoad | kCapStore | kCapIntToFp,  // measured: Dougall Johnson, applecpu (M1)
                .scheduler = 6,  // measured: Dougall Johnson, applecpu (M1)
            },
            {
                .name = {"u9"},
                .capabilities = kCapLoad | kCapIntToFp,  // measured: Dougall Johnson, applecpu (M1)
                .scheduler = 6,  // measured: Dougall Johnson, applecpu (M1)
            },
            {
                .name = {"u10"},
                .capabilities = kCapLoad | kCapIntToFp,  // measured: Dougall Johnson, applecpu (M1)
                .scheduler = 6,  // measured: Dougall Johnson, applecpu (M1)
            },
            {
                .name = {"u11"},
                .capabilities = kCapFp,  // measured: Dougall Johnson, applecpu (M1)
                .scheduler = 7,  // measured: Dougall Johnson, applecpu (M1)
            },
            {
                .name = {"u12"},
                .capabilities = kCapFp,  // measured: Dougall Johnson, applecpu (M1)
                .scheduler = 8,  // measured: Dougall Johnson, applecpu (M1)
            },
            {
                .name = {"u13"},
                .capabilities = kCapFp | kCapFpSelect | kCapFpToInt,  // measured: Dougall Johnson, applecpu (M1)
                .scheduler = 9,  // measured: Dougall Johnson, applecpu (M1)
            },
            {
                .name = {"u14"},
                .capabilities = kCapFp | kCapFpSelect | kCapFpToInt | kCapFpCompare | kCapFpDivide | kCapFpRecip | kCapSha | kCapFpJcvt,  // measured: Dougall Johnson, applecpu (M1)
                .scheduler = 10,  // measured: Dougall Johnson, applecpu (M1)
            },
        }},
    },
    .divide = {
        .fp_half = 7,  // measured: Dougall Johnson, applecpu (M1), forms FDIV (H)
        .fp_single = 8,  // measured: Dougall Johnson, applecpu (M1), forms FDIV (S)
        .fp_double = 10,  // measured: Dougall Johnson, applecpu (M1), forms FDIV (D)
        .sqrt_half = 8,  // measured: Dougall Johnson, applecpu (M1), forms FSQRT (H)
        .sqrt_single = 10,  // measured: Dougall Johnson, applecpu (M1), forms FSQRT (S)
        .sqrt_double = 13,  // measured: Dougall Johnson, applecpu (M1), forms FSQRT (D)
    },
    .lsq = {
        .load_entries = 128,  // published: Geekerwan, M2 diagram
        .store_entries = 60,  // published: Geekerwan, M2 diagram; the same measured on M1 by Dougall Johnson
        .access_bytes = 16,  // measured: Dougall Johnson, applecpu (M1), forms LDP (Q): 2 issues, LDR (Q) and LDP (D) one
        .store_commits_per_cycle = 2,  // published: Apple, CPU optimization guide 3.0, 4.10: 2 cache writes a cycle sustained
        .forward_latency = 7,  // measured: Jiajie Chen, M2 review, 7.3 cycles
        .forward_predicted_latency = 4,  // measured: Jiajie Chen, M2 review, 4.2 to 4.4 cycles a dependent pair
        .forward_line_cross_extra = 1,  // measured: Jiajie Chen, M2 review
        .forward_merge_extra = 4,  // measured: Jiajie Chen, M2 review, 1 to 4 cycles, the upper end
        .forward_fail_latency = 26,  // measured: Jiajie Chen, M2 review
        .order_violation_penalty = 25,  // fitted: Chen's 128 address-dependent pairs, 21.2 cycles each, of which a fifth is still known
        .predicted_wait = 1,  // fitted: M2's forwarding and dependent pairs, which 2 leaves; M1's say the same
        .dependence_loads = 62,  // measured: Jiajie Chen, M2 review, knee of the address-dependent pairs
        .vain_waits = 256,  // guess: Apple, CPU optimization guide 3.0, 4.6.10: for long after the pattern has ended; no number is public
        .forwarding_loads = 78,  // measured: Jiajie Chen, M2 review, knees of the data-dependent pairs: 77 loads, and 80 in 40 pairs
        .address_index_bits = 8,  // guess: not published; 100 loads in a row at least, by Chen's chain over 100 pages
        .address_confirmations = 500,  // measured: SLAP (M2), by way of Jiajie Chen's M2 review, about 500
        .address_max_stride = 256,  // measured: SLAP (M2), by way of Jiajie Chen's M2 review
    },
    .branch = {
        .btb_l1_entries = 1024,  // measured: Jiajie Chen, M2 review
        .btb_l1_ways = 2,  // measured: Jiajie Chen, M1 review; M2 taken alike
        .btb_l1_bubble = 0,  // measured: Jiajie Chen, M2 review
        .btb_waiting = 2,  // fitted: to Chen's curve of the M2, whose hump it is; with the first level the 4 ways of 512 sets that Kim and Choi find
        .btb_l2_entries = 3072,  // measured: JamesAslan, by way of Jiajie Chen's diagrams; his own knee is at 4096
        .btb_l2_ways = 6,  // guess: 512 sets, as the first level
        .btb_l2_bubble = 1,  // measured: Jiajie Chen, M2 review
        .btb_l2_replace_one_in = 4,  // fitted: to Chen's curve of the M2, from 4096 branches to its end
        .btb_override_bubble = 1,  // measured: Jiajie Chen, M2 review, nested calls from two places by turns: 4.45 cycles each, of which 3.5 are taken branches
        .btb_miss_bubble = 2,  // measured: Jiajie Chen, M2 review
        .ras_entries = 50,  // measured: Jiajie Chen, M2 review
        .base_index_bits = 14,  // guess: not published
        .tage = {{
            {
                .target_history = 100,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .branch_history = 28,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .ways = 4,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .index_bits = 10,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .tag_bits = 16,  // measured: Chen, cbp-experiments, tag functions (M1): 12 hashed bits and PC[5:2]
            },
            {
                .target_history = 57,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .branch_history = 28,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .ways = 4,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .index_bits = 10,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .tag_bits = 16,  // measured: Chen, cbp-experiments, tag functions (M1): 12 hashed bits and PC[5:2]
            },
            {
                .target_history = 32,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .branch_history = 28,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .ways = 4,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .index_bits = 10,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .tag_bits = 16,  // measured: Chen, cbp-experiments, tag functions (M1): 12 hashed bits and PC[5:2]
            },
            {
                .target_history = 18,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .branch_history = 18,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .ways = 4,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .index_bits = 11,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .tag_bits = 16,  // measured: Chen, cbp-experiments, tag functions (M1): 12 hashed bits and PC[5:2]
            },
            {
                .target_history = 11,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .branch_history = 11,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .ways = 6,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .index_bits = 11,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .tag_bits = 16,  // measured: Chen, cbp-experiments, tag functions (M1): 12 hashed bits and PC[5:2]
            },
            {
                .target_history = 6,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .branch_history = 6,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2)
                .ways = 6,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2), low confidence
                .index_bits = 11,  // measured: Chen, Qu, Zhang, arXiv 2411.13900 (M1; same histories on M2), low confidence
                .tag_bits = 16,  // measured: Chen, cbp-experiments, tag functions (M1): 12 hashed bits and PC[5:2]
            },
        }},
        .indirect_index_bits = 9,  // guess: not published; 2 tables of 2048 targets, beyond which nothing changes
        .indirect_ways = 4,  // guess: not published
        .indirect_long_history = 57,  // guess: one of the direction predictor's lengths
        .indirect_short_history = 18,  // guess: one of the direction predictor's lengths
        .mispredict_penalty = 13,  // measured: ocxtal, insn_bench_aarch64 (M1), 13 cycles a miss; no direct M2 figure
        .return_penalty = 12,  // fitted: Chen's two curves of the M2 behind depth 50; the load of the address makes it 15, which is measured
    },
    .l1i = {
        .cache = {
            .kib = 192,  // published: Apple's own value, quoted by Jiajie Chen
            .ways = 6,  // measured: Jiajie Chen, M2 review
            .line_bytes = 64,  // measured: Jiajie Chen, M2 review
        },
        .refill_interval = 8,  // measured: Jiajie Chen, M2 review, 2.0 instructions a cycle beyond the L1I
    },
    .l1d = {
        .cache = {
            .kib = 128,  // published: Apple's own value, quoted by Jiajie Chen
            .ways = 8,  // measured: Jiajie Chen, M2 review
            .line_bytes = 64,  // measured: Jiajie Chen, M2 review
        },
        .mshrs = 24,  // fitted: 39 random chains on the M2 are 26.8 times as fast as one (Daniel Lemire): 23 to 25; M1's 25.2 say the same
        .gather_lines = 8,  // guess: not published
        .gather_cycles = 1000,  // guess: above DRAM's latency, as a copy waits for its source in the midst of a line
        .victim_lines = 8,  // guess: not published
        .load_to_base = 3,  // measured: Jiajie Chen, M2 review
        .load_to_use = 4,  // measured: Jiajie Chen, M2 review
        .load_to_fp = 4,  // published: Apple, CPU optimization guide 3.0, A.9; with the 5 of fmov, the round trip of 9 that is measured (M1)
        .page_cross_penalty = 30,  // measured: ocxtal, insn_bench_aarch64 (M1), one in about 30 cycles
    },
    .l2 = {
        .cache = {
            .kib = 16384,  // published: Apple's own value, quoted by Jiajie Chen
            .ways = 16,  // published: Apple's own value, quoted by Jiajie Chen
            .line_bytes = 128,  // published: Apple's own value, quoted by Jiajie Chen
        },
        .mshrs = 64,  // fitted: M2's stream of reads: 48 to 256 are the same, 32 is a quarter too slow; M1's says the same
        .load_to_use = 17,  // measured: Jiajie Chen, M2 review, 17.3 cycles
        .bytes_per_cycle = 25,  // measured: Volatile MemBench (M1), 80 GB/s at 3.2 GHz
        .write_bytes_per_cycle = 19,  // measured: Volatile MemBench (M1), 59 to 61 GB/s at 3.2 GHz
    },
    .slc = {
        .cache = {
            .kib = 8192,  // published: Apple's own value, quoted by Jiajie Chen
            .ways = 16,  // published: Jiajie Chen, M2 review
            .line_bytes = 128,  // published: Jiajie Chen, M2 review
        },
        .load_to_use = 123,  // published: Apple, CPU optimization guide 3.0, A.14: about 35 ns on M1; M2 taken alike
    },
    .dram = {
        .latency_ns = 94,  // fitted: to 102 ns over 256 MiB (Daniel Lemire), walks and hits in L2 and SLC included
        .mb_per_s = 54500,  // measured: Daniel Lemire, one core's stream read
        .write_lines = 32,  // guess: not published
        .banks = 128,  // published: JEDEC, LPDDR5, 16 in each of the 8 channels of 16 bits that 128 bits are
        .row_kib = 16,  // published: JEDEC, LPDDR5, 2 KB a channel
        .row_cycle_ns = 60,  // published: JEDEC, LPDDR5, tRAS of 42 ns and tRP of 18
    },
    .mmu = {
        .page_kib = 16,  // published: Apple's own value, quoted by Jiajie Chen
        .scatter_pages = 1,  // fitted: M1's latency from 4 MB on (Volatile MemBench), 15 % off in order and 9 % in none; Chen's says the same
        .itlb = {
            .entries = 192,  // published: Apple's own value, quoted by Jiajie Chen
            .ways = 6,  // guess: 32 sets, as the DTLB of M1
            .miss_extra = 9,  // measured: Jiajie Chen, M2 review
        },
        .dtlb = {
            .entries = 256,  // published: Apple's own value, quoted by Jiajie Chen
            .ways = 8,  // measured: Jiajie Chen, M2 review: from 288 pages on the chain slows down faster, as the first of 32 sets have two too many
            .miss_extra = 6,  // measured: Jiajie Chen, M1 review; M2's curve ends too early
        },
        .l2_tlb = {
            .entries = 3072,  // published: Apple's own value, quoted by Jiajie Chen
            .ways = 12,  // measured: Jiajie Chen, M1 review; M2 taken alike
            .miss_extra = 26,  // measured: Jiajie Chen, M1 review, 35 to 36.5 cycles for a load in all
        },
    },
    .prefetch = {
        .enabled = 1,  // measured: GoFetch (M1), strides over arrays are prefetched
        .streams = 64,  // guess: 16 to 256 are the same; 8 leave a lattice-Boltzmann stencil of 38 streams at a quarter of its IPC (SPEC logs)
        .confirmations = 2,  // guess: not published
        .degree = 4,  // guess: not published
        .l1_distance = 8,  // guess: covers the L2's latency; Apple says 4 lines and more (4.6.12)
        .l2_distance = 60,  // published: Apple, CPU optimization guide 3.0, 4.6.12: up to 30 lines, here of 128 bytes
        .max_stride = 16384,  // published: Apple, CPU optimization guide 3.0, 4.6.12: up to about a page
        .cross_pages = 1,  // fitted: M2's stream of reads, a fifth too slow if each page begins anew; M1's says the same
    },
};
// clang-format on

}  // namespace

CoreConfig m2_pcore() { return kM2PCore; }

}  // namespace m2sim::timing
