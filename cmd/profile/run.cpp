#include "cmd/profile/run.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <string>

#include "cmd/console/failure.h"
#include "cmd/profile/allocations.h"
#include "cmd/profile/sampler.h"
#include "cmd/results/guest_end.h"
#include "cmd/results/report.h"
#include "cmd/results/stat.h"
#include "cmd/results/stats_file.h"
#include "timing/run/simulation.h"

namespace m2sim::cmd {
namespace {

// Adds up the wall time of each phase. Two readings of the clock a batch of some thousand instructions are
// all that it costs.
class PhaseClock {
 public:
  using Clock = std::chrono::steady_clock;

  explicit PhaseClock(Phase phase) : phase_(phase) { set_sampled_phase(phase); }

  void enter(Phase phase) {
    const Clock::time_point now = Clock::now();
    spent_[static_cast<std::size_t>(phase_)] += now - since_;
    since_ = now;
    phase_ = phase;
    set_sampled_phase(phase);
  }
  double seconds(Phase phase) const {
    return std::chrono::duration<double>(spent_[static_cast<std::size_t>(phase)]).count();
  }

 private:
  std::array<Clock::duration, 5> spent_{};
  Phase phase_;
  Clock::time_point since_ = Clock::now();
};

Phase phase_of(timing::Activity activity) {
  switch (activity) {
    case timing::Activity::kEmulation:
      return Phase::kEmulate;
    case timing::Activity::kModel:
      return Phase::kModel;
    case timing::Activity::kAround:
      break;
  }
  return Phase::kLoad;
}

class Watch : public timing::Observer {
 public:
  Watch(PhaseClock& clock, std::atomic<std::uint64_t>& done) : clock_(clock), done_(done) {}

  void now(timing::Activity activity, const emu::EmulatorStats& stats) override {
    const std::uint64_t allocated = allocation_count();
    if (!began_) {
      began_ = true;
      before_ = allocated;
    } else if (activity == timing::Activity::kEmulation) {
      if (stats.insts < kSteadyInsts) early_ = allocated;
      done_.store(stats.insts, std::memory_order_relaxed);
    } else {
      after_ = allocated;
    }
    clock_.enter(phase_of(activity));
  }

  // From the first instruction to the last.
  std::uint64_t allocations() const { return after_ - before_; }
  // Of these, after the first kSteadyInsts instructions; 0 in emulation mode, which nobody looks into.
  std::uint64_t steady_allocations(std::uint64_t insts) const {
    return insts > kSteadyInsts && early_ > 0 ? after_ - early_ : 0;
  }

 private:
  PhaseClock& clock_;
  std::atomic<std::uint64_t>& done_;
  bool began_ = false;
  std::uint64_t before_ = 0;
  std::uint64_t early_ = 0;
  std::uint64_t after_ = 0;
};

// What `m2sim run` would say and write about this run; its length, so that nobody optimises it away.
std::size_t make_report(const ProfileInput& input, const timing::Outcome& outcome, emu::Machine& machine) {
  Manifest manifest = input.manifest;
  const std::string line = settle_end(outcome.end, machine, manifest);
  if (!line.empty()) throw failure("{}", line);
  Stats stats;
  if (outcome.timing) append_timing_stats(stats, *outcome.timing);
  append_run_stats(stats, outcome.figures);
  return run_report(manifest, stats, false).size() + stats_text(FileFormat::kJson, manifest, stats).size();
}

}  // namespace

ProfiledRun profile_run(Mode mode, const ProfileInput& input) {
  ProfiledRun run;
  const auto start = PhaseClock::Clock::now();
  PhaseClock clock(Phase::kLoad);
  {
    emu::Machine machine(input.machine);
    Watch watch(clock, *input.done);
    const timing::Outcome outcome =
        timing::simulate(machine, {.mode = mode,
                                   .config = *input.config,
                                   .phases = {{.until = {.insts = input.max_insts}}},
                                   .observer = &watch});
    clock.enter(Phase::kReport);
    make_report(input, outcome, machine);
    clock.enter(Phase::kLoad);
    run.emulation = outcome.emulation;
    if (outcome.timing) run.cycles = outcome.timing->core.cycles;
    run.allocations = watch.allocations();
    run.steady_allocations = watch.steady_allocations(run.emulation.insts);
  }
  clock.enter(Phase::kOutside);
  run.wall = std::chrono::duration<double>(PhaseClock::Clock::now() - start).count();
  run.load = clock.seconds(Phase::kLoad);
  run.emulate = clock.seconds(Phase::kEmulate);
  run.decode = std::chrono::duration<double>(run.emulation.decode_time).count();
  run.model = clock.seconds(Phase::kModel);
  run.report = clock.seconds(Phase::kReport);
  return run;
}

}  // namespace m2sim::cmd
