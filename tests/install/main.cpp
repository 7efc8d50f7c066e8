// Runs a program in every mode and prints its instructions, its cycles and what these went to.
#include <cstdio>

#include "timing/run/simulation.h"
using namespace m2sim;

int main(int, char** argv) {
  for (auto mode : {timing::Mode::kEmulation, timing::Mode::kTiming, timing::Mode::kFastTiming}) {
    emu::Machine machine({.program = argv[1]});
    const timing::Outcome outcome = timing::simulate(machine, {.mode = mode});
    std::printf("instructions %lu\n", outcome.figures.instructions);
    if (!outcome.timing) continue;
    const timing::CoreStats& core = outcome.timing->core;
    std::printf("cycles %lu\n", core.cycles);
    for (std::size_t reason = 0; reason < timing::kStallReasonCount; ++reason) {
      const double slots = static_cast<double>(core.slots[reason]);
      std::printf("  %s %.3f\n", timing::kStallInfo[reason].name.data(), slots / core.slots_per_cycle);
    }
  }
}
