#include <benchmark/benchmark.h>

#include <cstdint>

#include "benchmarks/host/synthetic_log.h"
#include "timing/config/config.h"
#include "timing/core/core.h"
#include "timing/fast/fast_core.h"

namespace m2sim::benchmarks {
namespace {

timing::CoreConfig config_of_width(std::uint32_t width) {
  timing::CoreConfig config = timing::m2_pcore();
  config.fetch.instructions_per_cycle = width;
  config.rename.width = width;
  return config;
}

// Simulated instructions a second on the arithmetic loop; the core keeps its state from batch to batch.
template <class Core>
void alu_log(benchmark::State& state) {
  const AluLog log;
  Core core(config_of_width(static_cast<std::uint32_t>(state.range(0))));
  std::int64_t insts = 0;
  for (auto _ : state) {
    core.consume(log.batch());
    insts += static_cast<std::int64_t>(log.insts());
  }
  core.finish();
  state.SetItemsProcessed(insts);
  state.counters["ipc"] =
      static_cast<double>(core.stats().core.insts) / static_cast<double>(core.stats().core.cycles);
}
BENCHMARK(alu_log<timing::Core>)->Name("core_alu_log")->ArgName("width")->Arg(1)->Arg(8);
BENCHMARK(alu_log<timing::FastCore>)->Name("fast_core_alu_log")->ArgName("width")->Arg(1)->Arg(8);

}  // namespace
}  // namespace m2sim::benchmarks
