#include "cmd/simulate_with.h"

namespace m2sim::cmd {

Simulated simulate_emulation(emu::Process& process, std::uint64_t max_insts) {
  emu::Emulator emulator(process);
  emu::NoSink sink;
  const Stopwatch watch;
  Simulated result;
  result.end = emulator.run(sink, max_insts);
  result.figures = run_figures(emulator.stats(), watch);
  return result;
}

}  // namespace m2sim::cmd
