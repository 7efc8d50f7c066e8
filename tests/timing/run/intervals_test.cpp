// Figures over time of small guest programs: their sum is the run, and cutting changes nothing.
#include "timing/run/intervals.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "emu/machine.h"
#include "timing/run/simulation.h"

namespace m2sim::timing {
namespace {

constexpr Mode kTimedModes[] = {Mode::kTiming, Mode::kFastTiming};

struct Cuts : IntervalReader {
  explicit Cuts(std::uint64_t every) : every(every) {}
  std::uint64_t length(std::uint64_t counted) const override { return every - counted % every; }
  void ended(const TimingStats& so_far) override { at.push_back(so_far); }

  std::uint64_t every;
  std::vector<TimingStats> at;
};

Outcome run(const std::string& guest, Mode mode, const std::vector<Phase>& phases, IntervalReader* reader) {
  emu::MachineOptions options;
  options.program = std::string(M2SIM_BINARY_DIR) + "/tests/guests/" + guest;
  emu::Machine machine(options);
  Simulation simulation{.mode = mode, .phases = phases};
  simulation.intervals = reader;
  return simulate(machine, simulation);
}

std::uint64_t slots_of(const TimingStats& stats) {
  std::uint64_t slots = 0;
  for (const std::uint64_t part : stats.core.slots) slots += part;
  return slots;
}

TEST(Intervals, ChangeNothingAndAreExact) {
  const std::vector<Phase> phases{{{.insts = 7}, Listener::kNobody}, {{.insts = 11}, Listener::kModel}, {}};
  for (const Mode mode : kTimedModes) {
    for (const std::string guest : {"long_blocks", "modified_code", "fault_handler", "counted_loop"}) {
      const Outcome alone = run(guest, mode, phases, nullptr);
      for (const std::uint64_t every : {1U, 13U, 64U, 1000U}) {
        Cuts cuts(every);
        const Outcome seen = run(guest, mode, phases, &cuts);
        EXPECT_EQ(values(*seen.timing), values(*alone.timing)) << guest << " cut every " << every;
        EXPECT_EQ(cuts.at.size(), (std::max<std::uint64_t>(alone.timing->core.insts, 1) - 1) / every)
            << guest;
        for (std::size_t i = 0; i < cuts.at.size(); ++i) {
          EXPECT_EQ(cuts.at[i].core.insts, every * (i + 1)) << guest;
          EXPECT_EQ(slots_of(cuts.at[i]), cuts.at[i].core.cycles * cuts.at[i].core.slots_per_cycle);
        }
      }
    }
  }
}

// What drains behind the last instruction is the last interval's, and no other one follows.
TEST(Intervals, ALimitThatIsACutIsNone) {
  for (const Mode mode : kTimedModes) {
    Cuts cuts(50);
    const Outcome outcome = run("counted_loop", mode, {{{.insts = 200}, Listener::kFigures}}, &cuts);
    EXPECT_EQ(outcome.timing->core.insts, 200U);
    ASSERT_EQ(cuts.at.size(), 3U);
    EXPECT_EQ(cuts.at.back().core.insts, 150U);
  }
}

}  // namespace
}  // namespace m2sim::timing
