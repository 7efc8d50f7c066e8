#include "cmd/snippet/experiment.h"

#include <algorithm>

#include "cmd/console/failure.h"
#include "cmd/results/guest_end.h"
#include "emu/emulator.h"
#include "emu/machine.h"
#include "timing/run/simulation.h"
#include "timing/run/trace.h"

namespace m2sim::cmd {
namespace {

// Without a word from the user: enough for steady state, and no more than some seconds.
constexpr std::uint64_t kFewestIterations = 24;
constexpr std::uint64_t kMostIterations = 1000;
constexpr std::uint64_t kUsualInsts = 60'000;
constexpr std::uint64_t kMostInsts = 4'000'000;  // of all that are looked at: their rows are kept
constexpr std::uint64_t kMostInOne = 4'000'000;  // of one iteration
constexpr std::uint64_t kBehind = 4;             // iterations, so that the last one is not alone

emu::MachineOptions options_of(const SnippetProgram& program, const SnippetMachine& machine) {
  emu::MachineOptions options;
  options.program = "snippet";
  options.image = program.image;
  options.cpu = machine.cpu;
  return options;
}

// Runs the program without time, to know where iterations begin and that nothing goes wrong.
class Rehearsal {
 public:
  Rehearsal(const SnippetProgram& program, const SnippetMachine& machine)
      : program_(program), machine_(options_of(program, machine)), emulator_(machine_) {
    arrive(kMostInOne);
  }

  // Instructions before the next iteration, of which `number` have passed.
  std::uint64_t next(std::uint64_t number) {
    number_ = number;
    arrive(kMostInOne);
    return emulator_.stats().insts;
  }
  std::uint64_t insts() const { return emulator_.stats().insts; }

 private:
  void arrive(std::uint64_t most) {
    emu::NoSink sink;
    const emu::RunEnd end = emulator_.run(sink, {.insts = most, .addresses = {program_.body}});
    if (end.kind != emu::RunEnd::Kind::kReached) fail(end);
  }

  [[noreturn]] void fail(const emu::RunEnd& end) {
    const std::uint64_t iteration = number_ + 1;
    switch (end.kind) {
      case emu::RunEnd::Kind::kLimit:
        throw failure("snippet: iteration {} does not come back to its beginning within {} instructions",
                      iteration, kMostInOne);
      case emu::RunEnd::Kind::kFault: {
        const std::uint64_t begin = std::min(program_.body, program_.user);
        const bool inside =
            end.fault.pc >= begin && end.fault.pc < std::max(program_.body_end, program_.user_end);
        const bool fetch = end.fault.kind == emu::FaultKind::kFetch || !inside;
        throw failure("snippet: iteration {} {}: {}", iteration, fetch ? "branches out" : "faults",
                      describe_fault(end.fault, machine_));
      }
      default:
        throw failure("snippet: iteration {} ends the program", iteration);
    }
  }

  const SnippetProgram& program_;
  emu::Machine machine_;
  emu::Emulator emulator_;
  std::uint64_t number_ = 0;
};

struct Plan {
  std::uint64_t warmup;
  std::uint64_t iterations;
};

Plan plan_of(const SnippetState& state, std::uint64_t insts) {
  const std::uint64_t usual =
      std::clamp(kUsualInsts / std::max<std::uint64_t>(insts, 1), kFewestIterations, kMostIterations);
  Plan plan{0, state.iterations.value_or(usual)};
  plan.warmup = state.warmup.value_or(std::max<std::uint64_t>(plan.iterations / 2, 10));
  if (plan.iterations * insts > kMostInsts) {
    throw failure("snippet: {} iterations of {} instructions are more than {}", plan.iterations, insts,
                  kMostInsts);
  }
  return plan;
}

struct Rows : timing::TraceReader {
  explicit Rows(SnippetRun& run) : run_(run) {}
  void read(std::span<const timing::TracedUop> uops, std::span<const timing::LostSlots> lost) override {
    run_.uops.insert(run_.uops.end(), uops.begin(), uops.end());
    run_.lost.insert(run_.lost.end(), lost.begin(), lost.end());
  }

 private:
  SnippetRun& run_;
};

}  // namespace

SnippetRun run_snippet(const SnippetProgram& program, const SnippetState& state,
                       const SnippetMachine& machine) {
  SnippetRun run;
  Rehearsal rehearsal(program, machine);
  const std::uint64_t first = rehearsal.insts();
  const Plan plan = plan_of(state, rehearsal.next(0) - first);
  std::uint64_t last = rehearsal.insts();
  if (plan.warmup == 0) run.begins.push_back(first);
  for (std::uint64_t i = 1; i < plan.warmup + plan.iterations + kBehind; ++i) {
    if (i >= plan.warmup && i <= plan.warmup + plan.iterations) run.begins.push_back(last);
    last = rehearsal.next(i);
  }
  run.iterations = plan.iterations;
  run.warmup = plan.warmup;

  Rows rows(run);
  const timing::Trace trace{{.first = run.begins.front(), .insts = run.begins.back() - run.begins.front()},
                            &rows};
  timing::Simulation simulation{
      .mode = machine.mode, .config = machine.config, .phases = {{{.insts = last}}}};
  simulation.trace = &trace;
  // The places of its pointers are made up, and always the same.
  simulation.config.lsq.address_index_bits = 0;
  emu::Machine guest(options_of(program, machine));
  timing::simulate(guest, simulation);
  return run;
}

}  // namespace m2sim::cmd
