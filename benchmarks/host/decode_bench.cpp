#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <vector>

#include "benchmarks/host/sample_words.h"
#include "insts/decode.h"

namespace m2sim::benchmarks {
namespace {

// Bytes of the host's caches up to a level, those of one core.
std::size_t cache_bytes(int level) {
  std::size_t bytes = 0;
  for (const benchmark::CPUInfo::CacheInfo& cache : benchmark::CPUInfo::Get().caches) {
    if (cache.level <= level) bytes += static_cast<std::size_t>(cache.size);
  }
  return bytes == 0 ? std::size_t{16} << 20U : bytes;
}

// Times `what` with the host's caches up to the level of the argument emptied by a sweep over twice what they
// hold. The clock's own time counts. `median_ns` is not moved by what else the machine does.
template <class What>
void run_cold(benchmark::State& state, What what) {
  constexpr std::size_t kLine = 64;
  std::vector<unsigned char> sweep(2 * cache_bytes(static_cast<int>(state.range(0))), 1);
  std::vector<double> seconds;
  for (auto _ : state) {
    for (std::size_t i = 0; i < sweep.size(); i += kLine) benchmark::DoNotOptimize(++sweep[i]);
    const auto start = std::chrono::steady_clock::now();
    what(seconds.size());
    seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    state.SetIterationTime(seconds.back());
  }
  std::sort(seconds.begin(), seconds.end());
  state.counters["median_ns"] = seconds[seconds.size() / 2] * 1e9;
}
constexpr std::size_t kColdRuns = 300;

// Nothing of the word in decoder and tables is in those caches. Filling the tables at first use does not
// count.
void decode_cold(benchmark::State& state) {
  benchmark::DoNotOptimize(insts::decode(kSampleWords[0]));
  run_cold(state, [](std::size_t run) {
    insts::Inst inst = insts::decode(kSampleWords[run % std::size(kSampleWords)]);
    benchmark::DoNotOptimize(inst);
  });
}
// Level 2: what one core has to itself, as when the emulator comes back from other work; 3: the whole
// machine's.
BENCHMARK(decode_cold)->Name("decode_cold/level")->Arg(2)->Arg(3)->UseManualTime()->Iterations(kColdRuns);

// What a single load of the host takes then, from a page of its own: the unit that decode_cold counts in.
// Pages are so far apart that no two share a line of page table entries.
void load_cold(benchmark::State& state) {
  constexpr std::size_t kApart = std::size_t{64} << 10U;
  static std::array<volatile unsigned char, kColdRuns * kApart> memory;
  for (std::size_t i = 0; i < memory.size(); i += kApart) memory[i] = 1;
  run_cold(state, [](std::size_t run) {
    unsigned char value = memory[run * kApart];
    benchmark::DoNotOptimize(value);
  });
}
BENCHMARK(load_cold)->Name("load_cold/level")->Arg(2)->Arg(3)->UseManualTime()->Iterations(kColdRuns);

// The same word again: its row's place in the tables is known to the host's caches.
void decode_one(benchmark::State& state) {
  std::uint32_t word = kSampleWords[0];
  for (auto _ : state) {
    benchmark::DoNotOptimize(word);
    insts::Inst inst = insts::decode(word);
    benchmark::DoNotOptimize(inst);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(decode_one)->Name("decode_from_table");

// A thousand words in an order without a short period, so that the host's branch predictor cannot learn
// the answers by heart.
std::vector<std::uint32_t> shuffled_words() {
  constexpr std::size_t kCount = 1000;
  std::vector<std::uint32_t> words;
  std::uint64_t random = 1;
  while (words.size() < kCount) {
    random = random * 6364136223846793005U + 1442695040888963407U;  // Knuth, MMIX
    words.push_back(kSampleWords[(random >> 33U) % std::size(kSampleWords)]);
  }
  return words;
}

void decode_thousand(benchmark::State& state) {
  const std::vector<std::uint32_t> words = shuffled_words();
  for (auto _ : state) {
    for (const std::uint32_t word : words) {
      insts::Inst inst = insts::decode(word);
      benchmark::DoNotOptimize(inst);
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(words.size()));
}
BENCHMARK(decode_thousand);

}  // namespace
}  // namespace m2sim::benchmarks
