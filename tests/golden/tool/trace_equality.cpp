// Runs a program once and feeds what it retires to both models, each with a trace of the pipe and without:
// all statistics must be equal. Prints what is not; the exit status is then 1. usage: trace_equality SYSROOT
// PROGRAM [ARGUMENT...]
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "emu/emulator.h"
#include "emu/machine.h"
#include "timing/config/config.h"
#include "timing/core/core.h"
#include "timing/fast/fast_core.h"
#include "timing/probe/pipe_trace.h"

namespace m2sim {
namespace {

template <template <class> class Model>
struct Pair {
  std::unique_ptr<Model<timing::NoProbe>> plain =
      std::make_unique<Model<timing::NoProbe>>(timing::m2_pcore());
  std::unique_ptr<Model<timing::PipeTrace>> traced =
      std::make_unique<Model<timing::PipeTrace>>(timing::m2_pcore());

  // How many statistics differ.
  int differences(const char* name) const {
    int count = 0;
    const auto table = timing::stat_table();
    const auto left = timing::values(plain->stats());
    const auto right = timing::values(traced->stats());
    for (std::size_t i = 0; i < table.size(); ++i) {
      if (left[i] == right[i]) continue;
      std::printf("%s: %s differs with a trace\n", name, std::string(table[i].name).c_str());
      ++count;
    }
    return count;
  }
};

struct All {
  static constexpr bool kLogs = true;
  Pair<timing::BasicCore> detailed;
  Pair<timing::BasicFastCore> fast;

  template <class Do>
  void each(Do&& what) {
    what(*detailed.plain);
    what(*detailed.traced);
    what(*fast.plain);
    what(*fast.traced);
  }
  void consume(const emu::RetiredBatch& batch) {
    each([&](auto& model) { model.consume(batch); });
  }
  void blocks_cleared() {
    each([](auto& model) { model.blocks_cleared(); });
  }
};

int run(const std::vector<std::string>& arguments) {
  if (arguments.size() < 2) {
    std::fputs("usage: trace_equality SYSROOT PROGRAM [ARGUMENT...]\n", stderr);
    return 2;
  }
  emu::MachineOptions options;
  options.sysroot = arguments[0];
  options.program = arguments[1];
  options.argv.assign(arguments.begin() + 1, arguments.end());
  emu::Machine machine(options);
  emu::Emulator emulator(machine);
  All all;
  emulator.run(all);
  all.each([](auto& model) { model.finish(); });
  const bool looked =
      !all.detailed.traced->probe().uops().empty() && !all.fast.traced->probe().uops().empty();
  if (!looked) std::puts("a trace is empty");
  return looked && all.detailed.differences("timing") + all.fast.differences("fast-timing") == 0 ? 0 : 1;
}

}  // namespace
}  // namespace m2sim

int main(int count, char** arguments) { return m2sim::run({arguments + 1, arguments + count}); }
