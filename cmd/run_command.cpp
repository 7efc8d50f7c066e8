#include "cmd/run_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <utility>

#include "cmd/console/arguments.h"
#include "cmd/console/failure.h"
#include "cmd/console/guest_host.h"
#include "cmd/console/output_file.h"
#include "cmd/console/stop_on_signal.h"
#include "cmd/console/terminal.h"
#include "cmd/results/config_file.h"
#include "cmd/results/guest_end.h"
#include "cmd/results/report.h"
#include "cmd/results/sha256.h"
#include "cmd/results/stats_file.h"
#include "timing/run/simulation.h"

namespace m2sim::cmd {
namespace {

Mode chosen_mode(const RunOptions& options) {
  if (options.timing && options.fast_timing) {
    throw failure("run: --timing and --fast-timing exclude each other");
  }
  if (options.timing) return Mode::kTiming;
  if (options.fast_timing) return Mode::kFastTiming;
  return parse_mode(options.mode);
}

// "K=V" as it is; "K" alone is handed on from the host, where it is set there.
std::vector<std::string> guest_environment(const std::vector<std::string>& given) {
  std::vector<std::string> environment;
  for (const std::string& entry : given) {
    const std::size_t name_end = entry.find('=');
    if (entry.empty() || name_end == 0) throw failure("--env: '{}' has no name; write NAME=VALUE", entry);
    if (name_end != std::string::npos) {
      environment.push_back(entry);
    } else if (const char* value = std::getenv(entry.c_str()); value != nullptr) {
      environment.push_back(entry + "=" + value);
    }
  }
  return environment;
}

std::int64_t start_time(const std::string& given) {
  if (given.empty()) return emu::kDefaultStartTime;
  if (given == "now") return static_cast<std::int64_t>(std::time(nullptr));
  constexpr std::int64_t kMost = std::int64_t{1} << 33U;  // keeps nanoseconds within 64 bits
  std::int64_t seconds = -1;
  const char* const end = given.data() + given.size();
  const auto [rest, error] = std::from_chars(given.data(), end, seconds);
  if (error != std::errc() || rest != end || seconds < 0 || seconds > kMost) {
    throw failure("run: --start-time takes seconds since 1970, 0 to {}, or now; not '{}'", kMost, given);
  }
  return seconds;
}

emu::MachineOptions machine_options(const RunOptions& options, const GuestHost& host) {
  emu::MachineOptions machine;
  host.describe_to(machine);
  machine.program = options.guest.front();
  machine.argv = options.guest;
  machine.envp = guest_environment(options.env);
  machine.sysroot = options.sysroot;
  machine.cwd = options.cwd;
  machine.start_time = start_time(options.start_time);
  machine.cpu = chosen_cpu(options.core);
  machine.strace = options.strace;
  return machine;
}

std::vector<timing::Phase> phases_of(const RunOptions& options) {
  std::vector<timing::Phase> phases;
  const std::uint64_t skip = options.skip.value_or(0);
  const std::uint64_t warmup = options.warmup.value_or(0);
  if (skip != 0) phases.push_back({{.insts = skip}, timing::Listener::kNobody});
  if (warmup != 0) phases.push_back({{.insts = warmup}, timing::Listener::kModel});
  phases.push_back({{.insts = options.limit.value_or(UINT64_MAX)}, timing::Listener::kFigures});
  return phases;
}

// The program ended within what does not count.
bool measured_nothing(const RunOptions& options, const timing::Outcome& outcome) {
  if ((!options.skip && !options.warmup) || outcome.end.kind == emu::RunEnd::Kind::kLimit) return false;
  const std::uint64_t skip = options.skip.value_or(0);
  const std::uint64_t executed = outcome.figures.instructions;
  return executed <= skip || executed - skip <= options.warmup.value_or(0);
}

Manifest manifest_of(const RunOptions& options, Mode mode, const timing::CoreConfig& config, emu::Cpu cpu) {
  Manifest manifest;
  manifest.program = options.guest.front();
  manifest.cpu = emu::processor(cpu).name;
  manifest.argv = options.guest;
  manifest.mode = mode;
  manifest.skip = options.skip;
  manifest.warmup = options.warmup;
  manifest.limit = options.limit;
  if (mode != Mode::kEmulation) {
    manifest.core = options.core.core;
    manifest.config_sha256 = sha256(config_toml(config));
  }
  return manifest;
}

void add_phase_options(CLI::App& command, RunOptions& options) {
  const CLI::Validator number(large_number, "");
  command
      .add_option("--skip", options.skip,
                  "first, N instructions as fast as in emulation mode; 10M or 2e9 are numbers too")
      ->type_name("N")
      ->transform(number);
  command
      .add_option("--warmup", options.warmup,
                  "then, N that caches and predictors learn from and that do not count")
      ->type_name("N")
      ->transform(number);
  command.add_option("--max-insts,--limit", options.limit, "stop after N more, which count")
      ->type_name("N")
      ->transform(number);
}

}  // namespace

CLI::App* add_run_command(CLI::App& app, RunOptions& options) {
  CLI::App* command = app.add_subcommand("run", "Run a program and report its cycles");
  command->add_option("--mode", options.mode, "emulation, timing (the default) or fast-timing")
      ->type_name("MODE");
  command->add_flag("--timing", options.timing, "short for --mode timing");
  command->add_flag("--fast-timing", options.fast_timing, "short for --mode fast-timing");
  add_core_options(*command, options.core);
  add_cpu_option(*command, options.core);
  add_phase_options(*command, options);
  command->add_option("--sysroot", options.sysroot, "look here first for the guest's absolute paths")
      ->type_name("DIR");
  command
      ->add_option("--env", options.env,
                   "a variable of the guest's environment, which is empty otherwise so that runs are "
                   "repeatable; NAME alone takes the host's value; repeatable")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  command->add_option("--cwd", options.cwd, "working directory of the guest")->type_name("DIR");
  command
      ->add_option("--start-time", options.start_time,
                   "what the guest's clock shows at the start, in seconds since 1970, or now for the host's "
                   "time; by default always 2023-01-24 00:00:00 UTC, so that runs are repeatable")
      ->type_name("SECONDS|now");
  command->add_flag("--strace", options.strace, "show system calls on standard error");
  command->add_option("--stats", options.stats, "write all figures to FILE.json or FILE.csv")
      ->type_name("FILE");
  command->add_flag("-q,--quiet", options.quiet, "no report on standard error");
  // For the help alone: arguments.h has taken these away before CLI11 looks.
  command
      ->add_option("PROGRAM", options.guest, "the program and its arguments; all that follows it is its own")
      ->type_name("[ARGUMENTS...]");
  return command;
}

int run(const RunOptions& options) {
  if (options.guest.empty()) throw failure("run: no program given; see m2sim run --help");
  const Mode mode = chosen_mode(options);
  const timing::CoreConfig config = configured(options.core);
  FileFormat format = FileFormat::kJson;
  if (!options.stats.empty()) {
    format = format_of(options.stats);
    require_writable(options.stats);
  }
  const GuestHost host;
  const emu::MachineOptions guest = machine_options(options, host);
  emu::Machine machine(guest);
  Manifest manifest = manifest_of(options, mode, config, guest.cpu);
  const auto& program = machine.image().bytes;
  manifest.program_sha256 = sha256({reinterpret_cast<const char*>(program.data()), program.size()});

  stop_on_signals();
  const timing::Outcome outcome = timing::simulate(machine, {mode, config, phases_of(options)});
  host.guest_has_ended();
  const std::string end_line = settle_end(outcome.end, machine, manifest);
  if (!end_line.empty()) write_stderr(fmt::format("m2sim: {}\n", printable(end_line)));
  if (measured_nothing(options, outcome)) {
    write_stderr(fmt::format("m2sim: run: the program ended after {} instructions, before any counted\n",
                             outcome.figures.instructions));
  }

  Stats stats;
  if (outcome.timing) append_timing_stats(stats, *outcome.timing);
  append_run_stats(stats, outcome.figures);
  // First, so that a file which cannot be written takes nothing else with it.
  if (!options.quiet) write_stderr(run_report(manifest, stats, colors_wanted(STDERR_FILENO)));
  if (!options.stats.empty()) write_file(options.stats, stats_text(format, manifest, stats));
  return exit_status_of(manifest);
}

}  // namespace m2sim::cmd
