// Loops that one thing bounds: both models name it, and the books of what was full agree with those of why.
#include <functional>
#include <numeric>
#include <string>

#include "tests/timing/random_program.h"
#include "timing/run/simulate_sampled.h"

namespace m2sim::timing {
namespace {

using Words = std::vector<std::uint32_t>;
constexpr std::uint64_t kCode = 0x400000;
constexpr std::uint64_t kData = 0x10000000;

// A body again and again; `address(i)` of the i-th memory instruction that runs.
struct Loop {
  std::string name;
  Words body;
  std::uint64_t passes;
  StallReason cause;
  std::function<std::uint64_t(std::uint64_t)> address;
};

std::vector<Loop> loops() {
  using enum StallReason;
  constexpr std::uint32_t kUdiv = 0x9AC00800U | 2U << 16 | 1U << 5 | 1U;  // udiv x1, x1, x2
  constexpr std::uint32_t kStlr = 0xC89FFC00U | 1U << 5 | 3U;             // stlr x3, [x1]
  constexpr std::uint32_t kLdar = 0xC8DFFC00U | 2U << 5 | 4U;             // ldar x4, [x2]
  constexpr std::uint32_t kDmb = 0xD5033BBFU;                             // dmb ish
  const auto one = [](std::uint64_t) { return kData; };
  const TlbConfig dtlb = m2_pcore().mmu.dtlb;
  const std::uint64_t pages = dtlb.entries + 2 * (dtlb.entries / dtlb.ways);  // two too many in every set
  return {
      {"fadd chain", Words(16, a64::fadd(0, 0, 1)), 500, kDependFp, one},
      {"add chain", Words(16, a64::add(0, 0, 1)), 500, kDependInteger, one},
      {"multiply chain", Words(16, a64::mul(0, 0, 1)), 500, kDependMultiply, one},
      {"divide chain", Words(16, kUdiv), 200, kDependDivide, one},
      {"multipliers",
       {a64::mul(2, 1, 1), a64::mul(3, 1, 1), a64::mul(4, 1, 1), a64::mul(5, 1, 1)},
       2000,
       kPortMultiply,
       one},
      {"adders", Words(16, a64::add(2, 1, 1)), 10'000, kPortInteger, one},
      {"load ports", Words(16, a64::ldr(2, 1)), 1000, kPortLoad, one},
      {"store ports", Words(16, a64::str(2, 1)), 1000, kPortStore, one},
      {"L1 chase", Words(16, a64::ldr(0, 0)), 500, kMemoryL1, one},
      {"DRAM chase",
       {a64::ldr(0, 0)},
       4000,
       kMemoryDram,
       [](std::uint64_t i) { return kData + (i * 0x9E3779B1 % (1U << 28)); }},
      {"TLB chase",
       {a64::ldr(0, 0)},
       60'000,
       kDataTlb,
       [pages](std::uint64_t i) { return kData + i % pages * (16384 + 64); }},
      {"order", {kStlr, kLdar}, 2000, kOrder, [](std::uint64_t i) { return kData + i % 2 * 256; }},
      {"barriers", Words(16, kDmb), 300, kOrder, one},
      {"store and load", {a64::str(0, 1), a64::ldr(0, 1)}, 4000, kForwarding, one},
  };
}

template <class Model>
CoreStats run(const Loop& loop) {
  SyntheticProgram program;
  const std::uint32_t id = program.block(kCode, loop.body);
  const std::uint16_t accesses = program.pointers().front()->mem_count;
  std::uint64_t number = 0;
  for (std::uint64_t pass = 0; pass < loop.passes; ++pass) {
    std::vector<std::uint64_t> addresses;
    for (std::uint16_t i = 0; i < accesses; ++i) addresses.push_back(loop.address(number++));
    program.run(id, addresses);
  }
  Model model(m2_pcore());
  program.feed(model);
  return model.stats().core;
}

template <class Model>
class StallCauses : public ::testing::Test {};
TYPED_TEST_SUITE(StallCauses, Models, ModelNames);

TYPED_TEST(StallCauses, TheStackNamesWhatBoundsALoop) {
  for (const Loop& loop : loops()) {
    const auto slots = run<TypeParam>(loop).slots;
    const std::uint64_t lost = std::accumulate(slots.begin(), slots.end(), std::uint64_t{0}) -
                               slots[static_cast<std::size_t>(StallReason::kBase)];
    const std::uint64_t named = slots[static_cast<std::size_t>(loop.cause)];
    // Of the four cycles of a store and its load one is the store's own.
    EXPECT_GT(static_cast<double>(named), 0.73 * static_cast<double>(lost)) << loop.name;
  }
}

// A sampled run doubts no more of a window than this.
TYPED_TEST(StallCauses, MissesOfTheL2CostWhatIsChargedToThem) {
  for (const Loop& loop : loops()) {
    const CoreStats core = run<TypeParam>(loop);
    const double part = far_miss_cycles(core) / static_cast<double>(core.cycles);
    if (may_be_far_miss(loop.cause)) {
      EXPECT_GT(part, 0.7) << loop.name;
    } else {
      EXPECT_LT(part, 0.25) << loop.name;
    }
  }
}

TEST(StallCausesOfBoth, AreTheSameWithinThreePoints) {
  for (const Loop& loop : loops()) {
    const CoreStats detailed = run<Core>(loop);
    const CoreStats fast = run<FastCore>(loop);
    for (std::size_t r = 0; r < kStallReasonCount; ++r) {
      const auto share = [r](const CoreStats& core) {
        return static_cast<double>(core.slots[r]) / static_cast<double>(core.cycles * core.slots_per_cycle);
      };
      EXPECT_NEAR(share(detailed), share(fast), 0.03) << loop.name << ": " << kStallInfo[r].name;
    }
  }
}

TYPED_TEST(StallCauses, WhatWasFullAddsUpToWhatTheBackEndLost) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    SyntheticProgram program;
    random_program(program, seed, 2000, 1U << 20);
    TypeParam model(m2_pcore());
    program.feed(model);
    const CoreStats core = model.stats().core;
    std::uint64_t back_end = 0;
    for (std::size_t r = 0; r < kStallReasonCount; ++r) {
      const auto reason = static_cast<StallReason>(r);
      const bool other = is_front_end(reason) || reason == StallReason::kBase ||
                         reason == StallReason::kSerialize || reason == StallReason::kDrain;
      if (!other) back_end += core.slots[r];
    }
    EXPECT_EQ(std::accumulate(core.full.begin(), core.full.end(), std::uint64_t{0}), back_end);
    EXPECT_LE(core.stalled_cycles + core.bubble_cycles + core.recovery_cycles, core.cycles);
    EXPECT_LE(back_end, core.stalled_cycles * core.slots_per_cycle);
  }
}

}  // namespace
}  // namespace m2sim::timing
