// Regions of a small guest program (tests/emu/guests/long_blocks), by themselves and among each other.
#include "timing/run/regions.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "emu/machine.h"
#include "timing/run/measure_regions.h"
#include "timing/run/phase.h"
#include "timing/run/simulation.h"
#include "timing/run/watcher.h"

namespace m2sim::timing {
namespace {

constexpr Mode kModes[] = {Mode::kEmulation, Mode::kTiming, Mode::kFastTiming};
constexpr Mode kTimedModes[] = {Mode::kTiming, Mode::kFastTiming};
constexpr std::uint64_t kTurns = 40;

struct Guest {
  Guest() : machine(options()) {}
  static emu::MachineOptions options() {
    emu::MachineOptions result;
    result.program = std::string(M2SIM_BINARY_DIR) + "/tests/guests/long_blocks";
    return result;
  }
  std::uint64_t at(const std::string& symbol) { return machine.symbols().address_of(symbol).value(); }

  emu::Machine machine;
};

Outcome measure(Mode mode, Guest& guest, RegionPlan plan, std::uint64_t limit = UINT64_MAX,
                Watcher* watcher = nullptr) {
  Simulation simulation{mode, m2_pcore(), {{{.insts = limit}, Listener::kFigures}}};
  simulation.plan = std::move(plan);
  simulation.watcher = watcher;
  return simulate(guest.machine, simulation);
}

TEST(Regions, CallsOfAFunctionAreCountedExactlyInEachMode) {
  std::uint64_t instructions = 0;
  for (const Mode mode : kModes) {
    Guest guest;
    const RegionPlan plan{{{"called", Region::Kind::kCalls, guest.at("called"), 0}}};
    const Outcome outcome = measure(mode, guest, plan);
    ASSERT_EQ(outcome.regions.size(), 1U);
    const RegionFigures& region = outcome.regions.front();
    EXPECT_EQ(region.times, kTurns);
    EXPECT_FALSE(region.open);
    if (instructions == 0) instructions = region.instructions;
    EXPECT_EQ(region.instructions, instructions);
    EXPECT_EQ(instructions % kTurns, 0U);
    if (mode == Mode::kEmulation) continue;
    EXPECT_EQ(region.timing->core.insts, instructions);
    EXPECT_EQ(values(*region.timing), values(*outcome.timing));
  }
}

TEST(Regions, ASpanOfTheWholeProgramIsTheWholeProgram) {
  for (const Mode mode : kTimedModes) {
    Guest whole;
    const Outcome expected = measure(mode, whole, {});
    Guest guest;
    const RegionPlan plan{{{"all", Region::Kind::kSpan, guest.at("_start"), 4}}};
    const Outcome outcome = measure(mode, guest, plan);
    EXPECT_TRUE(outcome.regions.front().open);
    EXPECT_EQ(values(*outcome.regions.front().timing), values(*expected.timing));
  }
}

TEST(Regions, MarkersWithoutAnEndGoOnToTheEndOfTheRun) {
  Guest guest;
  const RegionPlan plan{{{"marked", Region::Kind::kMarked, 99 - kBeginHint, 0}}};
  const Outcome outcome = measure(Mode::kEmulation, guest, plan);
  EXPECT_EQ(outcome.regions.front().times, 1U);
  EXPECT_TRUE(outcome.regions.front().open);
}

TEST(Regions, TheLastTimeThatIsWantedEndsTheRun) {
  for (const Mode mode : kModes) {
    Guest guest;
    RegionPlan plan{{{"called", Region::Kind::kCalls, guest.at("called"), 0}}};
    plan.times = 3;
    const Outcome outcome = measure(mode, guest, plan);
    EXPECT_EQ(outcome.end.kind, emu::RunEnd::Kind::kReached);
    EXPECT_EQ(outcome.regions.front().times, 3U);
  }
}

TEST(Regions, AWarmUpBehindEachEntryDoesNotCount) {
  for (const Mode mode : kModes) {
    Guest guest;
    RegionPlan plan{{{"called", Region::Kind::kCalls, guest.at("called"), 0}}};
    const std::uint64_t all = measure(mode, guest, plan).regions.front().instructions;
    Guest other;
    plan.warmup = 1;
    EXPECT_EQ(measure(mode, other, plan).regions.front().instructions, all - kTurns);
  }
}

// Asks at every occasion, and lets the run go on.
class Nosy : public Watcher {
 public:
  explicit Nosy(std::atomic<int>& request) : request_(request) { request_ = 1; }
  bool goes_on(const RunState& state) override {
    last = state;
    if (++times == 50) request_ = 0;
    return true;
  }
  unsigned times = 0;
  RunState last;

 private:
  std::atomic<int>& request_;
};

TEST(Watcher, LookingChangesNothing) {
  for (const Mode mode : kModes) {
    Guest plain;
    const RegionPlan plan{{{"called", Region::Kind::kCalls, plain.at("called"), 0}}};
    const Outcome expected = measure(mode, plain, plan);
    std::atomic<int> request{0};
    emu::MachineOptions options = Guest::options();
    options.stop_request = &request;
    emu::Machine machine(options);
    Nosy watcher(request);
    Simulation simulation{mode, m2_pcore(), {Phase{}}};
    simulation.plan = plan;
    simulation.watcher = &watcher;
    const Outcome outcome = simulate(machine, simulation);
    EXPECT_EQ(watcher.times, 50U);
    EXPECT_EQ(outcome.figures.instructions, expected.figures.instructions);
    EXPECT_EQ(outcome.regions.front().times, expected.regions.front().times);
    EXPECT_EQ(outcome.regions.front().instructions, expected.regions.front().instructions);
    if (mode == Mode::kEmulation) continue;
    EXPECT_EQ(values(*outcome.timing), values(*expected.timing));
  }
}

TEST(StatsSum, AddsWhatIsBetweenOnAndOff) {
  TimingStats now{};
  StatsSum sum(now);
  now.core.cycles = 5;
  sum.count(true, now);
  now.core.cycles = 9;
  EXPECT_EQ(sum.sum(now).core.cycles, 4U);
  sum.count(false, now);
  now.core.cycles = 20;
  sum.count(true, now);
  now.core.cycles = 21;
  sum.count(false, now);
  EXPECT_EQ(sum.sum().core.cycles, 5U);
}

}  // namespace
}  // namespace m2sim::timing
