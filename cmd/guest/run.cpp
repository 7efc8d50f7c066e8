#include "cmd/guest/run.h"

#include <fmt/format.h>

#include "cmd/console/failure.h"
#include "cmd/console/output_file.h"
#include "cmd/console/stop_on_signal.h"
#include "cmd/console/terminal.h"
#include "cmd/guest/call_trace.h"
#include "cmd/results/guest_end.h"

namespace m2sim::cmd {

GuestRun::GuestRun(const GuestOptions& options, Mode mode, const timing::CoreConfig& config,
                   Identity identity, emu::Checkpoint* checkpoint)
    : options_(options),
      machine_(machine_for(options, host_, checkpoint)),
      manifest_(manifest_of(options, mode, config, machine_, identity)),
      libraries_(machine_),
      points_(simpoint_plan(options.simpoints, options.warmup)),
      simulation_{mode, config, phases_of(options)},
      checkpoints_(options, host_, machine_, config) {
  simulation_.plan = plan_of(options, machine_, libraries_);
  simulation_.clock = manifest_.clock;
  simulation_.sampling = options.sampling.chosen();
  if (points_) simulation_.points = &*points_;
  manifest_.points = points_;
  simulation_.learned = learned_from(options, checkpoint, mode, config);
  if (checkpoints_.any()) simulation_.keeper = &checkpoints_;
}

timing::Outcome GuestRun::run(RunWatch* watch) {
  stop_on_signals();
  simulation_.watcher = watch;
  host_.guest_begins();
  timing::Outcome outcome = timing::simulate(machine_, simulation_);
  if (watch != nullptr) watch->erase();
  host_.guest_has_ended();
  trace_failure_ = finish_trace();
  say_how_it_ended(outcome, watch);
  return outcome;
}

void GuestRun::say_how_it_ended(const timing::Outcome& outcome, const RunWatch* watch) {
  std::string line;
  if (watch != nullptr && watch->timed_out()) {
    manifest_.end = "timeout";
    line = fmt::format("{}: stopped after {} seconds (--timeout)", manifest_.program, *watch->timeout());
  } else {
    line = settle_end(outcome.end, machine_, manifest_);
  }
  if (!line.empty()) write_stderr(fmt::format("m2sim: {}\n", printable(line)));
  counted_nothing_ = !was_stopped() && measured_nothing(options_, begin(), outcome);
  if (counted_nothing_) {
    write_stderr(fmt::format("m2sim: {}: the program ended after {} instructions, before any counted\n",
                             options_.command, outcome.figures.instructions));
  }
}

std::uint64_t GuestRun::begin() const { return machine_.run_point() ? machine_.run_point()->stats.insts : 0; }

void GuestRun::say_unreached(const timing::Outcome& outcome) {
  say_missed(outcome);
  std::vector<std::string> lines = unreached(simulation_.plan, outcome.regions, libraries_);
  const std::vector<std::string> files = checkpoints_.unreached(outcome.figures.instructions);
  lines.insert(lines.end(), files.begin(), files.end());
  unreached_ |= !lines.empty();
  lines.insert(lines.end(), checkpoints_.failures().begin(), checkpoints_.failures().end());
  for (const std::string& line : lines)
    write_stderr(fmt::format("m2sim: {}: {}\n", options_.command, printable(line)));
  if (!trace_failure_.empty()) write_stderr(fmt::format("m2sim: {}\n", printable(trace_failure_)));
}

void GuestRun::say_missed(const timing::Outcome& outcome) {
  if (!outcome.sampled || outcome.sampled->missed == 0) return;
  unreached_ = true;
  write_stderr(
      fmt::format("m2sim: {}: the program ended before {} of {} simulation points: they are of another run, "
                  "or of intervals of "
                  "another length\n",
                  options_.command, outcome.sampled->missed, points_->points.size()));
}

int GuestRun::exit_status() const {
  if (was_stopped()) return exit_status_of(manifest_);
  if (some_failed()) return kExitInternal;
  return unreached_ || counted_nothing_ ? kExitUnreached : exit_status_of(manifest_);
}

std::optional<std::uint64_t> GuestRun::end() const {
  if (!options_.limit || options_.regions.any()) return std::nullopt;
  const std::uint64_t warmup = points_ ? 0 : options_.warmup.value_or(0);
  return begin() + options_.skip.value_or(0) + warmup + *options_.limit;
}

}  // namespace m2sim::cmd
