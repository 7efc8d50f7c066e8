// What the profile_run_*.cpp share.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "cmd/console/failure.h"
#include "cmd/profile/allocations.h"
#include "cmd/profile/run.h"
#include "cmd/profile/sampler.h"
#include "cmd/results/guest_end.h"
#include "cmd/results/report.h"
#include "cmd/results/stat.h"
#include "cmd/results/stats_file.h"
#include "timing/stats.h"

namespace m2sim::cmd {

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

// Stands where a timing model would: emulation alone.
struct NoModel {
  explicit NoModel(const timing::CoreConfig& /*config*/) {}
};

// A model with a stopwatch around it.
template <class Model>
class TimedSink {
 public:
  static constexpr bool kLogs = true;

  TimedSink(Model& model, const emu::Emulator& emulator, PhaseClock& clock, std::atomic<std::uint64_t>& done)
      : model_(model), emulator_(emulator), clock_(clock), done_(done) {}

  void consume(const emu::RetiredBatch& batch) {
    clock_.enter(Phase::kModel);
    model_.consume(batch);
    const std::uint64_t insts = emulator_.stats().insts;
    if (insts < kSteadyInsts) early_allocations_ = allocation_count();
    done_.store(insts, std::memory_order_relaxed);
    clock_.enter(Phase::kEmulate);
  }
  void blocks_cleared() {
    clock_.enter(Phase::kModel);
    model_.blocks_cleared();
    clock_.enter(Phase::kEmulate);
  }

  // allocation_count() before the first kSteadyInsts instructions were over.
  std::uint64_t early_allocations() const { return early_allocations_; }

 private:
  Model& model_;
  const emu::Emulator& emulator_;
  PhaseClock& clock_;
  std::atomic<std::uint64_t>& done_;
  std::uint64_t early_allocations_ = 0;
};

// What `m2sim run` would say and write about this run; its length, so that nobody optimises it away.
inline std::size_t make_report(const ProfileInput& input, const emu::RunEnd& end, emu::Machine& machine,
                               const emu::EmulatorStats& emulation,
                               const std::optional<timing::TimingStats>& timing) {
  Manifest manifest = input.manifest;
  const std::string line = settle_end(end, machine, manifest);
  if (!line.empty()) throw failure("{}", line);
  Stats stats;
  if (timing) append_timing_stats(stats, *timing);
  timing::RunFigures figures;
  figures.instructions = emulation.insts;
  figures.blocks_decoded = emulation.blocks_decoded;
  figures.block_lookups = emulation.block_lookups;
  figures.cache_clears = emulation.cache_clears;
  figures.system_calls = emulation.system_calls;
  append_run_stats(stats, figures);
  return run_report(manifest, stats, false).size() + stats_text(FileFormat::kJson, manifest, stats).size();
}

template <class Model>
emu::RunEnd run_phases(const ProfileInput& input, emu::Emulator& emulator, [[maybe_unused]] Model& model,
                       PhaseClock& clock, ProfiledRun& run) {
  const std::uint64_t allocated = allocation_count();
  std::uint64_t early = 0;
  emu::RunEnd end;
  clock.enter(Phase::kEmulate);
  if constexpr (std::is_same_v<Model, NoModel>) {
    emu::NoSink sink;
    end = emulator.run(sink, {.insts = input.max_insts});
  } else {
    TimedSink<Model> sink(model, emulator, clock, *input.done);
    end = emulator.run(sink, {.insts = input.max_insts});
    clock.enter(Phase::kModel);
    model.finish();
    run.cycles = model.stats().core.cycles;
    early = sink.early_allocations();
  }
  run.emulation = emulator.stats();
  run.allocations = allocation_count() - allocated;
  if (run.emulation.insts > kSteadyInsts && early > 0) run.steady_allocations = allocation_count() - early;
  return end;
}

template <class Model>
ProfiledRun profile_with(const ProfileInput& input) {
  ProfiledRun run;
  const auto start = PhaseClock::Clock::now();
  PhaseClock clock(Phase::kLoad);
  {
    emu::Machine machine(input.machine);
    emu::Emulator emulator(machine);
    const auto model = std::make_unique<Model>(*input.config);
    const emu::RunEnd end = run_phases(input, emulator, *model, clock, run);
    clock.enter(Phase::kReport);
    std::optional<timing::TimingStats> timing;
    if constexpr (!std::is_same_v<Model, NoModel>) timing = model->stats();
    make_report(input, end, machine, run.emulation, timing);
    clock.enter(Phase::kLoad);
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
