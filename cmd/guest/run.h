// One run of a guest from the command line, from its options to its exit status: what the commands share that
// run one program.
#pragma once

#include <optional>
#include <string>

#include "cmd/console/guest_host.h"
#include "cmd/guest/checkpoints.h"
#include "cmd/guest/library_regions.h"
#include "cmd/guest/options.h"
#include "cmd/guest/watch.h"
#include "cmd/results/manifest.h"
#include "emu/machine.h"
#include "timing/run/simulation.h"

namespace m2sim::cmd {

class GuestRun {
 public:
  // The program is loaded and its simulation is as the options say. Throws UserError.
  GuestRun(const GuestOptions& options, Mode mode, const timing::CoreConfig& config, Identity identity = {},
           emu::Checkpoint* checkpoint = nullptr);

  // To its end, of which a line on standard error says what there is to say. Throws UserError where m2sim
  // itself could not go on.
  timing::Outcome run(RunWatch* watch = nullptr);
  // A line for each region, each checkpoint, and for simulation points, that never came, and for each
  // checkpoint and trace of system calls that could not be written: behind the report, which has the others.
  void say_unreached(const timing::Outcome& outcome);
  bool some_unreached() const { return unreached_; }
  bool some_failed() const { return !checkpoints_.failures().empty() || !trace_failure_.empty(); }
  // By a signal to m2sim or by --timeout: the program itself has not ended.
  bool was_stopped() const { return manifest_.end == "stopped" || manifest_.end == "timeout"; }
  // That of the stop where there was one, else the program's own; kExitUnreached where one of them never
  // came, or nothing counted; kExitInternal where a checkpoint or the trace of system calls could not be
  // written.
  int exit_status() const;

  emu::Machine& machine() { return machine_; }
  Manifest& manifest() { return manifest_; }
  timing::Simulation& simulation() { return simulation_; }
  // All instructions of the run, where that is known.
  std::optional<std::uint64_t> end() const;

 private:
  // Instructions of the program that the run did not execute.
  std::uint64_t begin() const;
  void say_missed(const timing::Outcome& outcome);
  void say_how_it_ended(const timing::Outcome& outcome, const RunWatch* watch);

  const GuestOptions& options_;
  GuestHost host_;
  emu::Machine machine_;
  Manifest manifest_;
  LibraryRegions libraries_;
  std::optional<timing::SimPointPlan> points_;
  timing::Simulation simulation_;
  CheckpointKeeper checkpoints_;
  std::string trace_failure_;
  bool unreached_ = false;
  bool counted_nothing_ = false;
};

}  // namespace m2sim::cmd
