// What the simulate_*.cpp share.
#pragma once

#include <chrono>
#include <ctime>
#include <memory>

#include "timing/run/simulate.h"
#ifdef M2SIM_TEST_SLOWDOWN
#include "timing/run/test_slowdown.h"
#endif

namespace m2sim::timing {

class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }
  double cpu_seconds() const { return static_cast<double>(std::clock() - cpu_start_) / CLOCKS_PER_SEC; }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::clock_t cpu_start_ = std::clock();
};

inline RunFigures run_figures(const emu::EmulatorStats& stats, const Stopwatch& watch) {
  RunFigures figures;
  figures.instructions = stats.insts;
  figures.blocks_decoded = stats.blocks_decoded;
  figures.block_lookups = stats.block_lookups;
  figures.cache_clears = stats.cache_clears;
  figures.system_calls = stats.system_calls;
  figures.seconds = watch.seconds();
  figures.cpu_seconds = watch.cpu_seconds();
  return figures;
}

template <class Model>
Simulated simulate_timed(emu::Machine& machine, std::uint64_t max_insts, const CoreConfig& config) {
  emu::Emulator emulator(machine);
  const auto model = std::make_unique<Model>(config);  // too large for a stack
  const Stopwatch watch;
  Simulated result;
#ifdef M2SIM_TEST_SLOWDOWN
  SlowedDown<Model> slowed(*model);
  result.end = emulator.run(slowed, {.insts = max_insts});
#else
  result.end = emulator.run(*model, {.insts = max_insts});
#endif
  model->finish();
  result.figures = run_figures(emulator.stats(), watch);
  result.timing = model->stats();
  return result;
}

}  // namespace m2sim::timing
