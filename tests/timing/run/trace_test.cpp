// A run with a trace: the same run, and the rows of the window.
#include "timing/run/trace.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "timing/run/simulation.h"

namespace m2sim::timing {
namespace {

struct Rows : TraceReader {
  void read(std::span<const TracedUop> uops, std::span<const LostSlots> /*lost*/) override {
    all.insert(all.end(), uops.begin(), uops.end());
  }
  std::vector<TracedUop> all;
};

Outcome run(const std::string& guest, Mode mode, const std::vector<Phase>& phases, const Trace* trace) {
  emu::MachineOptions options;
  options.program = std::string(M2SIM_BINARY_DIR) + "/tests/guests/" + guest;
  emu::Machine machine(options);
  Simulation simulation{.mode = mode, .phases = phases};
  simulation.trace = trace;
  return simulate(machine, simulation);
}

TEST(Trace, ChangesNothing) {
  for (const Mode mode : {Mode::kTiming, Mode::kFastTiming}) {
    for (const std::string guest : {"long_blocks", "modified_code", "fault_handler", "counted_loop"}) {
      const std::vector<Phase> phases{
          {{.insts = 20}, Listener::kNobody}, {{.insts = 50}, Listener::kModel}, {}};
      Rows rows;
      const Trace trace{{.first = 10, .insts = 100}, &rows};
      const Outcome seen = run(guest, mode, phases, &trace);
      const Outcome alone = run(guest, mode, phases, nullptr);
      EXPECT_EQ(seen.figures.instructions, alone.figures.instructions) << guest;
      EXPECT_EQ(values(*seen.timing), values(*alone.timing)) << guest;
      EXPECT_FALSE(rows.all.empty()) << guest;
    }
  }
}

TEST(Trace, HasTheInstructionsOfItsWindow) {
  for (const Mode mode : {Mode::kTiming, Mode::kFastTiming}) {
    Rows rows;
    const Trace trace{{.first = 1000, .insts = 2000}, &rows};
    run("counted_loop", mode, {{}}, &trace);
    std::uint64_t insts = 0;
    for (std::size_t i = 0; i < rows.all.size(); ++i) {
      EXPECT_EQ(rows.all[i].id, i);
      insts += rows.all[i].insts;
    }
    // The last may be a fused pair of which one is in the window.
    EXPECT_GE(insts, 2000U);
    EXPECT_LE(insts, 2001U);
    EXPECT_GE(rows.all.front().number, 1000U);
    EXPECT_LE(rows.all.front().number, 1001U);
  }
}

}  // namespace
}  // namespace m2sim::timing
