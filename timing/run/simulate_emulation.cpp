#include "timing/run/simulate_with.h"

namespace m2sim::timing {

Simulated simulate_emulation(emu::Machine& machine, std::uint64_t max_insts) {
  emu::Emulator emulator(machine);
  emu::NoSink sink;
  const Stopwatch watch;
  Simulated result;
  result.end = emulator.run(sink, {.insts = max_insts});
  result.figures = run_figures(emulator.stats(), watch);
  return result;
}

}  // namespace m2sim::timing
