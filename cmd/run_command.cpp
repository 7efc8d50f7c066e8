#include "cmd/run_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "cmd/console/arguments.h"
#include "cmd/console/failure.h"
#include "cmd/console/output_file.h"
#include "cmd/console/terminal.h"
#include "cmd/guest/again.h"
#include "cmd/guest/call_trace.h"
#include "cmd/guest/run.h"
#include "cmd/guest/watch.h"
#include "cmd/report/report.h"
#include "cmd/results/condition.h"
#include "cmd/results/interval_file.h"
#include "cmd/results/report.h"
#include "cmd/results/run_file.h"
#include "cmd/results/stats_file.h"

namespace m2sim::cmd {
namespace {

std::string check_exit_status(const std::string& text) {
  constexpr int kMost = 255;
  const bool good = whole_number(text).empty() && text.size() <= 3 && std::stoi(text) <= kMost;
  return good ? "" : "'" + text + "' is not an exit status, 0 to 255";
}

std::vector<RegionResult> results_of(const timing::RegionPlan& plan,
                                     const std::vector<timing::RegionFigures>& regions) {
  std::vector<RegionResult> results;
  for (std::size_t i = 0; i < regions.size(); ++i) {
    const timing::RegionFigures& figures = regions[i];
    if (figures.times == 0) continue;
    results.push_back({plan.regions[i].name, figures.times, figures.instructions, figures.open, {}});
    if (figures.timing) append_timing_stats(results.back().stats, *figures.timing);
  }
  return results;
}

struct Results {
  Stats stats;
  std::vector<RegionResult> regions;
};

void show_results(const RunOptions& options, const Manifest& manifest, const Results& results) {
  if (options.quiet) return;
  const bool color = colors_wanted(STDERR_FILENO);
  write_stderr(run_report(manifest, results.stats, color));
  if (!results.regions.empty()) write_stderr(regions_report(results.regions, color));
}

void write_stats(const RunOptions& options, const Manifest& manifest, const Results& results) {
  if (options.stats.empty()) return;
  const std::string text = stats_text(format_of(options.stats), manifest, results.stats, results.regions);
  options.stats == "-" ? write_stdout(text) : write_file(options.stats, text);
}

// Before the run.
void check_outputs(const RunOptions& options, Mode mode) {
  if (!options.stats.empty()) static_cast<void>(format_of(options.stats));
  const bool to_file = options.stats != "-";
  // The guest's, too: what it reads would be lost.
  std::vector<std::string> inputs{options.baseline, options.guest.again.path, "/dev/stdin"};
  if (!options.guest.argv.empty()) inputs.push_back(options.guest.argv.front());
  require_outputs(
      {to_file ? options.stats : "", options.interval_file, options.report, options.guest.strace_file},
      inputs);
  require_checkpoint_files(options.guest.checkpoints, inputs);
  if (options.interval == std::uint64_t{0}) throw failure("run: --interval takes a number from 1 on");
  if (options.interval && options.interval_file.empty() && options.report.empty())
    throw failure("run: --interval: say where, with --interval-file FILE.csv or --report FILE.html");
  if (!options.interval && !options.interval_file.empty())
    throw failure("run: --interval-file: say how many instructions a row has, with --interval N");
  if (options.interval && mode == Mode::kEmulation)
    throw failure("run: --interval: emulation mode has no figures of time; use timing or fast-timing");
  if (!options.report.empty() && mode == Mode::kEmulation)
    throw failure("run: --report: emulation mode has no cycles; use timing or fast-timing");
}

// What goes with the model's going on anew.
void check_checkpoints(const RunOptions& options, Mode mode) {
  const CheckpointOptions& checkpoints = options.guest.checkpoints;
  if (checkpoints.cold && checkpoints.restore.empty())
    throw failure("run: --restore-cold says how to begin from a checkpoint: with --restore FILE");
  if (!checkpoints.warm) return;
  if (checkpoints.at.empty())
    throw failure("run: --checkpoint-warm says what a checkpoint has: with --checkpoint-at INSTS=FILE");
  if (mode == Mode::kEmulation)
    throw failure("run: --checkpoint-warm: nothing learns in emulation mode; use timing or fast-timing");
  if (options.guest.regions.any() || options.interval || !options.report.empty())
    throw failure(
        "run: --checkpoint-warm does not go with regions, --interval and --report, which need one model");
  if (chosen_clock(options.guest, mode) == GuestClock::kCycles)
    throw failure(
        "run: --checkpoint-warm does not go with --clock cycles, whose time the pipe's draining would "
        "change");
}

// What needs every instruction's time.
void check_sampling(const RunOptions& options, Mode mode) {
  const bool points = options.guest.simpoints.any();
  if (points && options.guest.sampling.sample)
    throw failure("run: --sample and --simpoints choose what is timed in two ways; take one");
  if (!options.guest.sampling.sample) {
    if (options.guest.sampling.asked)
      throw failure(
          "run: --error and --sample-... say how to sample: with --sample, or --again of such a run");
    if (!points) return;
  }
  const std::string_view asked = points ? "--simpoints" : "--sample";
  if (mode == Mode::kEmulation)
    throw failure("run: {}: emulation mode has no figures of time; use timing or fast-timing", asked);
  if (!options.guest.checkpoints.at.empty())
    throw failure("run: {} does not go with --checkpoint-at; make it in emulation: --mode emulation", asked);
  if (options.guest.regions.any())
    throw failure("run: {} does not go with regions; of a part of the run: --skip N and --limit N", asked);
  if (chosen_clock(options.guest, mode) == GuestClock::kCycles)
    throw failure("run: {} does not go with --clock cycles, which needs the time of every instruction",
                  asked);
  if (options.interval || !options.report.empty())
    throw failure("run: {}: --interval and --report need the time of every instruction", asked);
}

// The report says whether the core is a built-in one, and nothing of which program it was.
Identity identity_for(const RunOptions& options) {
  const bool kept = !options.stats.empty() || !options.report.empty() || !options.guest.again.path.empty();
  return {.program = kept, .core = kept || !options.quiet};
}

int status_of(const RunOptions& options, GuestRun& run) {
  const bool by_limit = run.manifest().end == "limit" && !run.some_unreached() && !run.some_failed();
  return by_limit ? options.limit_status : run.exit_status();
}

void add_result_options(CLI::App& command, RunOptions& options) {
  command.add_flag("--strace-summary", options.strace_summary,
                   "behind the run, how often each system call was made and failed");
  command
      .add_option("--limit-status", options.limit_status,
                  "the exit status where --limit ended the run (default: 0)")
      ->type_name("N")
      ->check(check_exit_status, "");
  command
      .add_option("--stats", options.stats,
                  "write all figures to FILE.json or FILE.csv; - is standard output, as JSON")
      ->type_name("FILE");
  command
      .add_option("--interval", options.interval,
                  "the figures of every N instructions that count; 10M or 2e9 are numbers too")
      ->type_name("N")
      ->transform(CLI::Validator(large_number, ""));
  command.add_option("--interval-file", options.interval_file, "write them to FILE.csv, a row an interval")
      ->type_name("FILE");
  command
      .add_option(
          "--report", options.report,
          "write one page for a browser: CPI stack, flame graph, code, figures over time, and all else")
      ->type_name("FILE.html");
  command
      .add_option("--fail-if", options.fail_if,
                  "exit with 1 where it holds: 'core.cpi>0.8', or a change against --baseline as in "
                  "'core.cpi>+2%'; repeatable")
      ->type_name("CONDITION")
      ->allow_extra_args(false);
  command.add_option("--baseline", options.baseline, "what an earlier run wrote with --stats, for --fail-if")
      ->type_name("FILE");
  command.add_flag("-q,--quiet", options.quiet, "no report on standard error");
}

}  // namespace

CLI::App* add_run_command(CLI::App& app, RunOptions& options) {
  CLI::App* command = app.add_subcommand("run", "Run a program and report its cycles");
  add_guest_options(*command, options.guest);
  add_group(*command, "Regions", [&] { add_region_options(*command, options.guest.regions); });
  add_group(*command, "Sampling", [&] { add_sample_options(*command, options.guest.sampling); });
  add_group(*command, "Simulation points", [&] { add_simpoint_options(*command, options.guest.simpoints); });
  add_group(*command, "Checkpoints", [&] { add_checkpoint_options(*command, options.guest.checkpoints); });
  add_again_option(*command, options.guest);
  add_group(*command, "While it runs", [&] { add_watch_options(*command, options.watch); });
  add_group(*command, "Results", [&] { add_result_options(*command, options); });
  return command;
}

namespace {

// Before the run: what is wrong with them must not cost one.
struct Conditions {
  explicit Conditions(const RunOptions& options) : all(Condition::parse(options.fail_if)) {
    if (!options.baseline.empty()) baseline = figures_of(read_run_file(options.baseline));
    if (all.empty()) return;
    // Of every figure there is, in any mode.
    static_cast<void>(conditions_that_hold(all, figures_of(all_stats()), baseline));
  }

  // A figure that other runs have is not known of this one, as the error of a single window.
  std::string that_hold(const Stats& stats) const {
    std::vector<NamedFigure> figures = figures_of(stats);
    for (const Condition& condition : all) {
      if (std::ranges::find(figures, condition.figure, &NamedFigure::name) == figures.end())
        figures.push_back({condition.figure, std::nan("")});
    }
    return conditions_that_hold(all, figures, baseline);
  }

  std::vector<Condition> all;
  std::vector<NamedFigure> baseline;
};

}  // namespace

namespace {

// What is noted of a run besides its figures.
class Looking {
 public:
  explicit Looking(const RunOptions& options) {
    if (!options.interval_file.empty()) file_.emplace(options.interval_file, *options.interval);
    if (!options.report.empty()) notes_.emplace(options.interval);
    if (file_) readers_.add(*file_);
    if (notes_) readers_.add(notes_->series());
  }

  void attach(timing::Simulation& simulation) {
    if (file_ || notes_) simulation.intervals = &readers_;
    if (notes_) simulation.attribution = &notes_->books();
  }
  void finish_file(const timing::Outcome& outcome) {
    if (file_) file_->finish(*outcome.timing);
  }
  void write_page(const std::string& path, const Manifest& manifest, const Results& results,
                  const timing::Outcome& outcome, emu::Machine& machine) {
    if (!notes_) return;
    write_file(path, notes_->page(manifest, results.stats, results.regions, *outcome.timing, machine));
  }

 private:
  std::optional<IntervalFile> file_;
  std::optional<RunNotes> notes_;
  IntervalReaders readers_;
};

}  // namespace

int run(const RunOptions& given) {
  RunOptions options = given;
  const std::unique_ptr<emu::Checkpoint> checkpoint = take_checkpoint(options.guest);
  require_program(options.guest);
  const Mode mode = chosen_mode(options.guest);
  const timing::CoreConfig config = configured(options.guest.core);
  const Conditions conditions(options);
  check_outputs(options, mode);
  check_sampling(options, mode);
  check_checkpoints(options, mode);
  GuestRun guest(options.guest, mode, config, identity_for(options), checkpoint.get());
  const Manifest& manifest = guest.manifest();
  write_stderr(not_again(options.guest, manifest));
  Looking looking(options);
  looking.attach(guest.simulation());
  RunWatch watch(options.watch, options.quiet, guest.end(), guest.machine());
  const timing::Outcome outcome = guest.run(&watch);

  Results results{{}, results_of(guest.simulation().plan, outcome.regions)};
  if (outcome.timing) append_timing_stats(results.stats, *outcome.timing);
  if (outcome.sampled) {
    manifest.points ? append_point_stats(results.stats, *outcome.sampled)
                    : append_sampled_stats(results.stats, *outcome.sampled);
  }
  append_run_stats(results.stats, outcome.figures);
  show_results(options, manifest, results);
  write_each({[&] { write_stats(options, manifest, results); }, [&] { looking.finish_file(outcome); },
              [&] { looking.write_page(options.report, manifest, results, outcome, guest.machine()); }});
  if (options.strace_summary) write_stderr(call_summary(guest.machine()));
  guest.say_unreached(outcome);
  const std::string held = conditions.that_hold(results.stats);
  write_stderr(held);
  return held.empty() ? status_of(options, guest) : 1;
}

}  // namespace m2sim::cmd
