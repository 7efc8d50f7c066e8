#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>

#include "timing/branch/branch_predictor.h"
#include "timing/config/config.h"
#include "timing/memory/memory_hierarchy.h"

namespace m2sim::benchmarks {
namespace {

constexpr std::uint64_t kText = 0x400000;
constexpr std::uint64_t kData = 0x10000000;

std::uint64_t next_random(std::uint64_t& state) {
  state = state * 6364136223846793005U + 1442695040888963407U;  // Knuth, MMIX
  return state >> 33U;
}

// Conditional branches at state.range(0) places, taken seven times of eight.
void predict_loops(benchmark::State& state) {
  timing::BranchPredictor predictor(timing::m2_pcore().branch);
  const auto sites = static_cast<std::uint64_t>(state.range(0));
  std::uint64_t i = 0;
  for (auto _ : state) {
    const std::uint64_t pc = kText + 64 * (i % sites);
    benchmark::DoNotOptimize(
        predictor.observe({pc, timing::BranchKind::kConditional}, i / sites % 8 != 7, pc - 32));
    ++i;
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(predict_loops)->ArgName("sites")->Arg(1)->Arg(64)->Arg(4096);

// What no predictor can know: every other one is mispredicted.
void predict_random(benchmark::State& state) {
  timing::BranchPredictor predictor(timing::m2_pcore().branch);
  std::uint64_t random = 1;
  for (auto _ : state) {
    const std::uint64_t draw = next_random(random);
    const std::uint64_t pc = kText + 64 * (draw % 64);
    benchmark::DoNotOptimize(
        predictor.observe({pc, timing::BranchKind::kConditional}, (draw >> 16U) % 2 != 0, pc - 32));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(predict_random);

// Loads of eight bytes at random places among state.range(0) KiB: within the L1D, the L2, and beyond.
void cache_load(benchmark::State& state) {
  constexpr timing::Cycle kWindow = 400;
  timing::MemoryHierarchy memory(timing::m2_pcore());
  const std::uint64_t words = static_cast<std::uint64_t>(state.range(0)) * 1024 / 8;
  std::uint64_t random = 1;
  timing::Cycle now = 0;
  for (auto _ : state) {
    const std::uint64_t address = kData + 8 * (next_random(random) % words);
    const timing::Cycle ready = memory.load(kText, address, 8, now).ready;
    // A core waits for its oldest load, so that no queue grows without end.
    now = std::max(now + 4, ready > kWindow ? ready - kWindow : 0);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(cache_load)->ArgName("KiB")->Arg(4)->Arg(64)->Arg(4096)->Arg(262144);

void cache_store_stream(benchmark::State& state) {
  timing::MemoryHierarchy memory(timing::m2_pcore());
  constexpr std::uint64_t kBytes = std::uint64_t{1} << 20U;
  std::uint64_t offset = 0;
  timing::Cycle now = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(memory.store(kText, kData + offset, 8, now));
    offset = (offset + 8) % kBytes;
    now += 4;
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(cache_store_stream);

void cache_fetch(benchmark::State& state) {
  timing::MemoryHierarchy memory(timing::m2_pcore());
  const auto lines = static_cast<std::uint64_t>(state.range(0)) * 1024 / 64;
  std::uint64_t i = 0;
  timing::Cycle now = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(memory.fetch(kText + 64 * (i % lines), now));
    ++i;
    now += 4;
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(cache_fetch)->ArgName("KiB")->Arg(16)->Arg(1024);

}  // namespace
}  // namespace m2sim::benchmarks
