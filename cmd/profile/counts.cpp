// Runs beside the timed ones: what they find would disturb a stopwatch.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <ctime>
#include <limits>

#include "cmd/profile/allocations.h"
#include "cmd/profile/run.h"

namespace m2sim::cmd {
namespace {

// Of this thread: what other programs of the host take does not count. The difference to measure is small.
double processor_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

class CountingSink {
 public:
  static constexpr bool kLogs = true;

  explicit CountingSink(const emu::Emulator& emulator) : emulator_(emulator) {}

  void consume(const emu::RetiredBatch& batch) {
    for (const emu::Record& record : emu::records(batch)) {
      ++now_.transitions;
      now_.accesses += record.block->mem_count;
    }
    const emu::EmulatorStats& stats = emulator_.stats();
    now_.insts = stats.insts;
    now_.blocks_decoded = stats.blocks_decoded;
    if (now_.insts < kSteadyInsts) before_ = now_;
  }
  void blocks_cleared() {}

  ProgramCounts counts() const {
    ProgramCounts counts = now_;
    counts.steady_insts = now_.insts - before_.insts;
    counts.steady_transitions = now_.transitions - before_.transitions;
    counts.steady_blocks_decoded = now_.blocks_decoded - before_.blocks_decoded;
    if (now_.insts < kSteadyInsts) {
      counts.steady_insts = counts.steady_transitions = counts.steady_blocks_decoded = 0;
    }
    return counts;
  }

 private:
  const emu::Emulator& emulator_;
  ProgramCounts now_;
  ProgramCounts before_;
};

// Executes and logs; nobody reads.
struct DiscardSink {
  static constexpr bool kLogs = true;
  void consume(const emu::RetiredBatch& /*batch*/) {}
  void blocks_cleared() {}
};

struct Emulated {
  double seconds = std::numeric_limits<double>::max();
  double decoding = std::numeric_limits<double>::max();
};

// The least of each: what was disturbed does not count.
template <class S>
void emulate(const ProfileInput& input, S sink, Emulated& least) {
  emu::Machine machine(input.machine);
  emu::Emulator emulator(machine);
  const double start = processor_seconds();
  emulator.run(sink, {.insts = input.max_insts});
  const std::chrono::duration<double> decoding = emulator.stats().decode_time;
  least.seconds = std::min(least.seconds, processor_seconds() - start);
  least.decoding = std::min(least.decoding, decoding.count());
}

}  // namespace

ProgramCounts count_program(const ProfileInput& input) {
  emu::Machine machine(input.machine);
  emu::Emulator emulator(machine);
  CountingSink sink(emulator);
  emulator.run(sink, {.insts = input.max_insts});
  return sink.counts();
}

LogCost measure_log(const ProfileInput& input) {
  Emulated without;
  Emulated with;
  for (unsigned i = 0; i < kLogRuns; ++i) {
    emulate(input, emu::NoSink{}, without);
    emulate(input, DiscardSink{}, with);
  }
  return {without.seconds - without.decoding, with.seconds - with.decoding};
}

std::uint64_t allocations_until(const ProfileInput& input, std::uint64_t insts) {
  emu::Machine machine(input.machine);
  emu::Emulator emulator(machine);
  emu::NoSink sink;
  const std::uint64_t before = allocation_count();
  emulator.run(sink, {.insts = std::min(insts, input.max_insts)});
  return allocation_count() - before;
}

}  // namespace m2sim::cmd
