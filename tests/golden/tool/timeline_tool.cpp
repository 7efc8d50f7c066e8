// Runs a small program on the detailed core with a trace of the pipe and prints what its last pass from
// `body` to `body_end` looked like; with --fast on the instruction-driven model. usage: timeline_tool
// [--fast] PROGRAM
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "emu/emulator.h"
#include "emu/machine.h"
#include "insts/disasm.h"
#include "timing/config/config.h"
#include "timing/core/core.h"
#include "timing/fast/fast_core.h"
#include "timing/probe/timeline.h"

namespace m2sim {
namespace {

struct Range {
  std::uint64_t begin;
  std::uint64_t end;
};

// The last pass in program order: from its first uop to where it leaves the range.
std::vector<timing::TracedUop> last_pass(const timing::PipeTrace& trace, const Range& body) {
  const auto inside = [&](const timing::TracedUop& uop) { return uop.pc >= body.begin && uop.pc < body.end; };
  const auto& all = trace.uops();
  auto last = std::find_if(all.rbegin(), all.rend(), inside).base();
  auto first = last;
  while (first != all.begin() && inside(*(first - 1))) {
    --first;
    if (first->pc == body.begin && (first == all.begin() || (first - 1)->pc != body.begin)) break;
  }
  return {first, last};
}

template <class Model>
int show(emu::Machine& machine, const Range& body) {
  const timing::CoreConfig config = timing::m2_pcore();
  const auto model = std::make_unique<Model>(config, timing::PipeTrace(100'000));
  emu::Emulator emulator(machine);
  emulator.run(*model);
  model->finish();
  const auto text_of = [&](std::uint64_t pc) {
    std::uint32_t word = 0;
    return machine.memory().read_value(pc, word) ? insts::disassemble(word, pc) : std::string("?");
  };
  const auto& trace = model->probe();
  const std::vector<timing::TracedUop> uops = last_pass(trace, body);
  const std::vector<timing::LostSlots> lost(trace.lost_slots().begin(), trace.lost_slots().end());
  const std::string text = timing::timeline(uops, lost, text_of, [&](unsigned port) {
    return std::string(timing::text_of(config.ports[port].name));
  });
  std::fputs(text.c_str(), stdout);
  return text.empty() ? 1 : 0;
}

int run(const std::vector<std::string>& arguments) {
  const bool fast = arguments.size() > 1 && arguments[0] == "--fast";
  if (arguments.size() != (fast ? 2 : 1)) {
    std::fputs("usage: timeline_tool [--fast] PROGRAM\n", stderr);
    return 2;
  }
  emu::MachineOptions options;
  options.program = arguments.back();
  emu::Machine machine(options);
  const auto begin = machine.symbols().address_of("body");
  const auto end = machine.symbols().address_of("body_end");
  if (!begin || !end) {
    std::fprintf(stderr, "timeline_tool: %s has no symbols body and body_end\n", options.program.c_str());
    return 2;
  }
  const Range body{*begin, *end};
  return fast ? show<timing::BasicFastCore<timing::PipeTrace>>(machine, body)
              : show<timing::BasicCore<timing::PipeTrace>>(machine, body);
}

}  // namespace
}  // namespace m2sim

int main(int count, char** arguments) { return m2sim::run({arguments + 1, arguments + count}); }
