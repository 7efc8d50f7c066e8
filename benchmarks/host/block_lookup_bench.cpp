#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

#include "benchmarks/host/synthetic_log.h"
#include "emu/engine/block_cache.h"

namespace m2sim::benchmarks {
namespace {

// Look-up by address, as an indirect branch does it, among state.range(0) blocks of a program's text. A miss
// asks for the instruction behind the first of a block, where none starts.
template <bool kHit>
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
    const std::uint64_t address = addresses[(random >> 33U) & (count - 1)];
    benchmark::DoNotOptimize(cache.find(kHit ? address : address + 4, 0));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(block_lookup<false>)->Name("block_lookup_miss")->ArgName("blocks")->Arg(1)->Arg(1024)->Arg(65536);
BENCHMARK(block_lookup<true>)->Name("block_lookup_hit")->ArgName("blocks")->Arg(1)->Arg(1024)->Arg(65536);

}  // namespace
}  // namespace m2sim::benchmarks
