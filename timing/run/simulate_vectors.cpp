#include <algorithm>

#include "timing/run/block_counter.h"
#include "timing/run/simulate_with.h"

namespace m2sim::timing {
namespace {

class VectorRun {
 public:
  VectorRun(emu::Machine& machine, const Simulation& simulation)
      : simulation_(simulation), plan_(*simulation.vectors), emulator_(machine) {}

  Outcome run() {
    Outcome outcome;
    const Stopwatch watch;
    for (const Phase& phase : simulation_.phases) {
      outcome.end = phase.listener == Listener::kFigures ? count(phase) : pass(phase);
      if (!goes_on(outcome.end)) break;
    }
    outcome.figures = run_figures(emulator_.stats(), watch);
    outcome.emulation = emulator_.stats();
    return outcome;
  }

 private:
  emu::RunEnd pass(const Phase& phase) {
    emu::NoSink nobody;
    return advance(nobody, phase.until.insts);
  }

  template <class S>
  emu::RunEnd advance(S& sink, std::uint64_t insts) {
    const auto go_on = [&](const Phase& part) { return emulator_.run(sink, part.until); };
    const auto state = [&] { return RunState{emulator_.stats().insts, false, 0, 0, ""}; };
    return run_watched(emulator_, simulation_.watcher, Phase{{.insts = insts}}, go_on, state);
  }

  emu::RunEnd count(const Phase& phase) {
    for (std::uint64_t left = phase.until.insts;;) {
      const std::uint64_t before = emulator_.stats().insts;
      const emu::RunEnd end = advance(counter_, std::min(left, plan_.interval_size));
      const std::uint64_t done = emulator_.stats().insts - before;
      left -= done;
      if (done != 0) plan_.reader->read(counter_.vector(), done);
      if (end.kind != emu::RunEnd::Kind::kLimit || left == 0) return end;
    }
  }

  const Simulation& simulation_;
  const VectorPlan& plan_;
  emu::Emulator emulator_;
  BlockCounter counter_;
};

}  // namespace

Outcome simulate_vectors(emu::Machine& machine, const Simulation& simulation) {
  return VectorRun(machine, simulation).run();
}

}  // namespace m2sim::timing
