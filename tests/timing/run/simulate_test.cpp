#include "timing/run/simulate.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "tests/emu/guest_machine.h"
#include "tests/timing/synthetic.h"
#include "timing/run/figures.h"
#include "timing/run/simulate_with.h"

namespace m2sim::timing {
namespace {

// A guest that has nothing but this loop, and a limit.
struct LoopGuest {
  emu::testing::GuestMachine guest;

  LoopGuest() {
    const std::uint32_t words[] = {a64::add(0, 0, 1), a64::ldr(1, 31), a64::str(1, 31), a64::b(-12)};
    constexpr std::uint64_t kLoop = 0x4000000;
    EXPECT_TRUE(guest.memory().map(kLoop, emu::kGuestPage, emu::kProtRead | emu::kProtWrite | emu::kProtExec,
                                   "loop"));
    for (std::size_t i = 0; i < std::size(words); ++i) {
      EXPECT_TRUE(guest.memory().write_value(kLoop + 4 * i, words[i]));
    }
    guest.cpu->pc = kLoop;
  }
};

constexpr std::uint64_t kInsts = 4000;

TEST(Simulate, EachModeRunsTheSameInstructionsAndOnlyThoseOfTimeHaveIt) {
  const CoreConfig config = m2_pcore();
  LoopGuest one;
  const Simulated emulated = simulate_emulation(*one.guest.machine, kInsts);
  LoopGuest two;
  const Simulated timed = simulate_timing(*two.guest.machine, kInsts, config);
  LoopGuest three;
  const Simulated fast = simulate_fast_timing(*three.guest.machine, kInsts, config);
  EXPECT_FALSE(emulated.timing.has_value());
  ASSERT_TRUE(timed.timing.has_value());
  ASSERT_TRUE(fast.timing.has_value());
  EXPECT_GE(emulated.figures.instructions, kInsts);
  EXPECT_EQ(timed.figures.instructions, emulated.figures.instructions);
  EXPECT_EQ(fast.figures.instructions, emulated.figures.instructions);
  EXPECT_EQ(timed.timing->core.insts, timed.figures.instructions);
  EXPECT_EQ(fast.timing->core.insts, fast.figures.instructions);
  EXPECT_GT(timed.timing->core.cycles, kInsts / config.rename.width);
  EXPECT_EQ(one.guest.cpu->x[0], three.guest.cpu->x[0]);
}

TEST(Simulate, FiguresAreTheEmulators) {
  emu::EmulatorStats stats;
  stats.insts = 1;
  stats.blocks_decoded = 2;
  stats.block_lookups = 3;
  stats.cache_clears = 4;
  stats.system_calls = 5;
  const RunFigures figures = run_figures(stats, Stopwatch());
  EXPECT_EQ(figures.instructions, 1U);
  EXPECT_EQ(figures.blocks_decoded, 2U);
  EXPECT_EQ(figures.block_lookups, 3U);
  EXPECT_EQ(figures.cache_clears, 4U);
  EXPECT_EQ(figures.system_calls, 5U);
  EXPECT_GE(figures.seconds, 0);
  EXPECT_GE(figures.cpu_seconds, 0);
}

}  // namespace
}  // namespace m2sim::timing
