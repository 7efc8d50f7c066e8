#include "cmd/run_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include "cmd/console/failure.h"
#include "cmd/console/guest_host.h"
#include "cmd/console/output_file.h"
#include "cmd/console/stop_on_signal.h"
#include "cmd/console/terminal.h"
#include "cmd/guest/again.h"
#include "cmd/results/condition.h"
#include "cmd/results/guest_end.h"
#include "cmd/results/report.h"
#include "cmd/results/run_file.h"
#include "cmd/results/stats_file.h"

namespace m2sim::cmd {

CLI::App* add_run_command(CLI::App& app, RunOptions& options) {
  CLI::App* command = app.add_subcommand("run", "Run a program and report its cycles");
  add_guest_options(*command, options.guest);
  add_again_option(*command, options.guest);
  command->add_option("--stats", options.stats, "write all figures to FILE.json or FILE.csv")
      ->type_name("FILE");
  command
      ->add_option("--fail-if", options.fail_if,
                   "exit with 1 where it holds: 'core.cpi>0.8', or a change against --baseline as in "
                   "'core.cpi>+2%'; repeatable")
      ->type_name("CONDITION")
      ->allow_extra_args(false);
  command->add_option("--baseline", options.baseline, "what an earlier run wrote with --stats, for --fail-if")
      ->type_name("FILE");
  command->add_flag("-q,--quiet", options.quiet, "no report on standard error");
  return command;
}

namespace {

// Before the run: what is wrong with them must not cost one.
struct Conditions {
  explicit Conditions(const RunOptions& options) : all(Condition::parse(options.fail_if)) {
    if (!options.baseline.empty()) baseline = figures_of(read_run_file(options.baseline));
    // Of every figure there is, in any mode.
    static_cast<void>(conditions_that_hold(all, figures_of(all_stats()), baseline));
  }

  std::vector<Condition> all;
  std::vector<NamedFigure> baseline;
};

}  // namespace

int run(const RunOptions& options) {
  require_program(options.guest);
  const Mode mode = chosen_mode(options.guest);
  const timing::CoreConfig config = configured(options.guest.core);
  const Conditions conditions(options);
  FileFormat format = FileFormat::kJson;
  if (!options.stats.empty()) {
    format = format_of(options.stats);
    require_writable(options.stats);
  }
  const GuestHost host;
  emu::Machine machine(machine_options(options.guest, host));
  Manifest manifest = manifest_of(options.guest, mode, config, machine);
  write_stderr(not_again(options.guest, manifest));

  stop_on_signals();
  const timing::Outcome outcome = timing::simulate(machine, {mode, config, phases_of(options.guest)});
  host.guest_has_ended();
  const std::string end_line = settle_end(outcome.end, machine, manifest);
  if (!end_line.empty()) write_stderr(fmt::format("m2sim: {}\n", printable(end_line)));
  if (measured_nothing(options.guest, outcome)) {
    write_stderr(fmt::format("m2sim: run: the program ended after {} instructions, before any counted\n",
                             outcome.figures.instructions));
  }

  Stats stats;
  if (outcome.timing) append_timing_stats(stats, *outcome.timing);
  append_run_stats(stats, outcome.figures);
  // First, so that a file which cannot be written takes nothing else with it.
  if (!options.quiet) write_stderr(run_report(manifest, stats, colors_wanted(STDERR_FILENO)));
  if (!options.stats.empty()) write_file(options.stats, stats_text(format, manifest, stats));
  const std::string held = conditions_that_hold(conditions.all, figures_of(stats), conditions.baseline);
  write_stderr(held);
  return held.empty() ? exit_status_of(manifest) : 1;
}

}  // namespace m2sim::cmd
