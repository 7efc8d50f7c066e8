#include "timing/run/simulate_with.h"

namespace m2sim::timing {

namespace {

template <class Run>
emu::RunEnd walk_regions(const emu::Emulator& emulator, RegionWalk& walk, std::vector<RegionFigures>& regions,
                         Run run) {
  emu::RunEnd end;
  for (bool more = true; more;) {
    const std::uint64_t insts = emulator.stats().insts;
    end = run(Phase{walk.until()}, &walk);
    more = walk.ran(end, emulator.stats().insts - insts, emulator.cpu());
  }
  for (std::size_t i = 0; i < walk.size(); ++i) regions.push_back(walk.figures(i));
  return end;
}

}  // namespace

Outcome simulate_emulation(emu::Machine& machine, const Simulation& simulation) {
  emu::Emulator emulator(machine);
  emu::NoSink sink;
  const Stopwatch watch;
  Outcome outcome;
  const auto run = [&](const Phase& phase, const RegionWalk* walk) {
    const auto go_on = [&](const Phase& rest) { return emulator.run(sink, rest.until); };
    const auto state = [&] {
      return RunState{emulator.stats().insts, false, 0, 0, walk == nullptr ? "" : walk->names()};
    };
    const auto watched = [&](const Phase& part) {
      return run_watched(emulator, simulation.watcher, part, go_on, state);
    };
    return run_kept(emulator, simulation.keeper, phase, watched, [] { return std::string(); });
  };
  tell(simulation, Activity::kEmulation, emulator);
  for (const Phase& phase : simulation.phases) {
    if (phase.listener == Listener::kFigures && !simulation.plan.regions.empty()) {
      RegionWalk walk(simulation.plan, phase.until.insts);
      outcome.end = walk_regions(emulator, walk, outcome.regions, run);
      break;
    }
    outcome.end = run(phase, nullptr);
    if (!goes_on(outcome.end)) break;
  }
  outcome.figures = run_figures(emulator.stats(), watch);
  outcome.emulation = emulator.stats();
  tell(simulation, Activity::kAround, emulator);
  return outcome;
}

}  // namespace m2sim::timing
