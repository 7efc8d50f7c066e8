#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

#include "benchmarks/host/synthetic_log.h"
#include "emu/block_cache.h"

namespace m2sim::benchmarks {
namespace {

// Look-up by address, as an indirect branch does it, among state.range(0) blocks of a program's text.
void block_lookup(benchmark::State& state) {
  constexpr std::uint64_t kText = 0x400000;
  const auto count = static_cast<std::uint64_t>(state.range(0));
  const std::vector<insts::Inst> body = alu_loop_body();
  emu::BlockCache cache;
  std::vector<std::uint64_t> addresses;
  for (std::uint64_t i = 0; i < count; ++i) {
    addresses.push_back(kText + 4 * body.size() * i);
    cache.add(addresses.back(), 0, body, 0, {}, true);
  }
  std::uint64_t random = 1;
  for (auto _ : state) {
    random = random * 6364136223846793005U + 1442695040888963407U;  // Knuth, MMIX
    benchmark::DoNotOptimize(cache.find(addresses[(random >> 33U) & (count - 1)], 0));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(block_lookup)->ArgName("blocks")->Arg(1)->Arg(1024)->Arg(65536);

}  // namespace
}  // namespace m2sim::benchmarks
