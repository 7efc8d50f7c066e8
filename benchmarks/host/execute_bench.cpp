#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <string>

#include "benchmarks/host/guest_loop.h"
#include "emu/emulator.h"
#include "emu/machine.h"
#include "emu/retired.h"

namespace m2sim::benchmarks {
namespace {

struct Family {
  const char* name;
  std::uint32_t word;
};

constexpr Family kFamilies[] = {
    {"add", 0x91000c41},               // add x1, x2, #0x3
    {"logical", 0xca030041},           // eor x1, x2, x3
    {"shift", 0xd37be841},             // lsl x1, x2, #5
    {"flags", 0xab030041},             // adds x1, x2, x3
    {"select", 0x9a830041},            // csel x1, x2, x3, eq
    {"multiply", 0x9b037c41},          // mul x1, x2, x3
    {"divide", 0x9ac30841},            // udiv x1, x2, x3
    {"crc", 0x9ac34c41},               // crc32x w1, w2, x3
    {"branch", 0xb400000a},            // cbz x10, itself; never taken
    {"load", 0xf9400941},              // ldr x1, [x10, #16]
    {"load_register", 0x38646941},     // ldrb w1, [x10, x4]
    {"load_pair", 0xa9420941},         // ldp x1, x2, [x10, #32]
    {"load_vector", 0x3dc01141},       // ldr q1, [x10, #64]
    {"load_structures", 0x4c40a141},   // ld1 {v1.16b, v2.16b}, [x10]
    {"store", 0xf9000941},             // str x1, [x10, #16]
    {"atomic", 0xf8210142},            // ldadd x1, x2, [x10]
    {"fp_add", 0x1e632841},            // fadd d1, d2, d3
    {"fp_multiply_add", 0x1f431041},   // fmadd d1, d2, d3, d4
    {"fp_divide", 0x1e631841},         // fdiv d1, d2, d3
    {"fp_from_integer", 0x9e620041},   // scvtf d1, x2
    {"fp_to_integer", 0x9e780041},     // fcvtzs x1, d2
    {"fp_move", 0x9e670041},           // fmov d1, x2
    {"simd_add", 0x4ea38441},          // add v1.4s, v2.4s, v3.4s
    {"simd_multiply", 0x4e639c41},     // mul v1.8h, v2.8h, v3.8h
    {"simd_fp_multiply", 0x4e23cc41},  // fmla v1.4s, v2.4s, v3.4s
    {"simd_table", 0x4e030041},        // tbl v1.16b, {v2.16b}, v3.16b
    {"aes", 0x4e284841},               // aese v1.16b, v2.16b
    {"system_register", 0xd53bd041},   // mrs x1, tpidr_el0
};

// Has the emulator write the log, and drops it.
struct DropSink {
  static constexpr bool kLogs = true;
  void consume(const emu::RetiredBatch& batch) { benchmark::DoNotOptimize(batch.words.data()); }
  void blocks_cleared() {}
};

// A million instructions a turn; neither loading nor the first translation's tables count.
template <class Sink>
void execute(benchmark::State& state, std::uint32_t word) {
  const GuestLoop loop(word);
  emu::MachineOptions options;
  options.program = loop.path();
  options.argv = {loop.path()};
  std::uint64_t insts = 0;
  for (auto _ : state) {
    emu::Machine machine(options);
    emu::Emulator emulator(machine);
    Sink sink;
    const auto start = std::chrono::steady_clock::now();
    const emu::RunEnd end = emulator.run(sink);
    state.SetIterationTime(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    if (end.kind != emu::RunEnd::Kind::kExited) state.SkipWithError("the loop did not end");
    insts += emulator.stats().insts;
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(insts));
}

// One registration for all, so that a family is a row of the table above.
const bool kRegistered = [] {
  for (const Family& family : kFamilies) {
    const std::string name = family.name;
    benchmark::RegisterBenchmark(("execute/" + name).c_str(), execute<emu::NoSink>, family.word)
        ->UseManualTime()
        ->Unit(benchmark::kMicrosecond);
  }
  // The same with the log: a word a block, and one more a memory instruction.
  for (const Family& family : kFamilies) {
    const std::string name = family.name;
    if (name != "add" && name != "load" && name != "store" && name != "branch") continue;
    benchmark::RegisterBenchmark(("execute_and_log/" + name).c_str(), execute<DropSink>, family.word)
        ->UseManualTime()
        ->Unit(benchmark::kMicrosecond);
  }
  return true;
}();

}  // namespace
}  // namespace m2sim::benchmarks
