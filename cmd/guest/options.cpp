#include "cmd/guest/options.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <limits>

#include "cmd/console/arguments.h"
#include "cmd/console/failure.h"
#include "cmd/guest/call_trace.h"
#include "cmd/guest/limits.h"
#include "cmd/results/config_file.h"
#include "cmd/results/sha256.h"

namespace m2sim::cmd {
namespace {

std::int64_t start_time(const GuestOptions& options) {
  const std::string& given = options.start_time;
  if (given.empty()) return emu::kDefaultStartTime;
  if (given == "now") return static_cast<std::int64_t>(std::time(nullptr));
  constexpr std::int64_t kMost = std::int64_t{1} << 33U;  // keeps nanoseconds within 64 bits
  std::int64_t seconds = -1;
  const char* const end = given.data() + given.size();
  const auto [rest, error] = std::from_chars(given.data(), end, seconds);
  if (error != std::errc() || rest != end || seconds < 0 || seconds > kMost) {
    throw failure("{}: --start-time takes seconds since 1970, 0 to {}, or now; not '{}'", options.command,
                  kMost, given);
  }
  return seconds;
}

void add_skip_option(CLI::App& command, GuestOptions& options) {
  command
      .add_option("--skip", options.skip,
                  "first, N instructions as fast as in emulation mode; 10M or 2e9 are numbers too")
      ->type_name("N")
      ->transform(CLI::Validator(large_number, ""));
}

void add_limit_option(CLI::App& command, GuestOptions& options) {
  command.add_option("--max-insts,--limit", options.limit, "stop after N more, which count")
      ->type_name("N")
      ->transform(CLI::Validator(large_number, ""));
}

void add_phase_options(CLI::App& command, GuestOptions& options) {
  add_skip_option(command, options);
  command
      .add_option("--warmup", options.warmup,
                  "then, N that caches and predictors learn from and that do not count")
      ->type_name("N")
      ->transform(CLI::Validator(large_number, ""));
  add_limit_option(command, options);
}

void add_mode_options(CLI::App& command, GuestOptions& options) {
  command
      .add_option("--mode", options.mode,
                  fmt::format("what listens to the program; without it {}", options.mode))
      ->type_name("emulation|timing|fast-timing")
      ->each([&options](const std::string& /*mode*/) { options.mode_given = true; });
  command.add_flag("--timing", options.timing, "short for --mode timing");
  command.add_flag("--fast-timing", options.fast_timing, "short for --mode fast-timing");
  command
      .add_option(
          "--jit", options.jit_after,
          fmt::format("in emulation, and where nothing listens, make machine code of a block of the program "
                      "once it has been entered N times; 0: never; without it {}",
                      options.jit_after))
      ->type_name("N")
      ->transform(CLI::Validator(large_number, ""))
      ->check(CLI::Range(0, std::numeric_limits<std::int32_t>::max()));
  add_core_options(command, options.core);
  add_cpu_option(command, options.core);
}

void add_surroundings(CLI::App& command, GuestOptions& options) {
  command.add_option("--sysroot", options.sysroot, "look here first for the guest's absolute paths")
      ->type_name("DIR");
  command
      .add_option("--env", options.env,
                  "a variable of the guest's environment, which is empty otherwise so that runs are "
                  "repeatable; NAME alone takes the host's value; repeatable")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  command.add_option("--cwd", options.cwd, "working directory of the guest")->type_name("DIR");
  command
      .add_option("--rlimit", options.limits,
                  "a resource limit of the guest, as in stack=64M or nofile=256:1024, by the names that "
                  "/etc/security/limits.conf has; repeatable")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  command
      .add_option("--start-time", options.start_time,
                  "what the guest's clock shows at the start, in seconds since 1970, or now for the host's "
                  "time; by default always 2023-01-24 00:00:00 UTC, so that runs are repeatable")
      ->type_name("SECONDS|now");
}

void add_clock_option(CLI::App& command, GuestOptions& options) {
  command
      .add_option(
          "--clock", options.clock,
          "what the guest's clocks follow: instructions (the default), alike in every mode, or cycles "
          "of the model, so that a program that times itself sees the core's time")
      ->type_name("instructions|cycles");
}

void add_trace_options(CLI::App& command, GuestOptions& options) {
  command.add_flag("--strace", options.strace, "show system calls on standard error");
  command.add_option("--strace-file", options.strace_file, "write them to FILE instead")->type_name("FILE");
}

void add_all_surroundings(CLI::App& command, GuestOptions& options) {
  add_surroundings(command, options);
  add_clock_option(command, options);
  add_trace_options(command, options);
}

}  // namespace

void add_guest_options(CLI::App& command, GuestOptions& options) {
  options.command = command.get_name();
  add_group(command, "Model", [&] { add_mode_options(command, options); });
  add_group(command, "Part of the run", [&] { add_phase_options(command, options); });
  add_group(command, "Surroundings of the program", [&] { add_all_surroundings(command, options); });
  add_program(command, options.argv);
}

void add_whole_guest_options(CLI::App& command, GuestOptions& options) {
  options.command = command.get_name();
  add_group(command, "Model", [&] { add_mode_options(command, options); });
  add_group(command, "Surroundings of the program", [&] { add_all_surroundings(command, options); });
  add_program(command, options.argv);
}

void add_emulated_guest_options(CLI::App& command, GuestOptions& options) {
  options.command = command.get_name();
  add_group(command, "Part of the run", [&] {
    add_skip_option(command, options);
    add_limit_option(command, options);
  });
  add_group(command, "Surroundings of the program", [&] {
    add_cpu_option(command, options.core);
    add_surroundings(command, options);
    add_trace_options(command, options);
  });
  add_program(command, options.argv);
}

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

void require_program(const GuestOptions& options) {
  if (options.argv.empty()) {
    throw failure("{}: no program given; see m2sim {} --help", options.command, options.command);
  }
}

Mode chosen_mode(const GuestOptions& options) {
  if (options.timing && options.fast_timing) {
    throw failure("{}: --timing and --fast-timing exclude each other", options.command);
  }
  const Mode mode = parse_mode(options.mode);
  if (!options.timing && !options.fast_timing) return mode;
  const Mode asked = options.timing ? Mode::kTiming : Mode::kFastTiming;
  if (options.mode_given && mode != asked) {
    throw failure("{}: --mode {} and --{} exclude each other", options.command, options.mode,
                  options.timing ? "timing" : "fast-timing");
  }
  return asked;
}

GuestClock chosen_clock(const GuestOptions& options, Mode mode) {
  const GuestClock clock = parse_clock(options.clock);
  if (clock == GuestClock::kCycles && mode == Mode::kEmulation) {
    throw failure("{}: emulation has no cycles that --clock cycles could follow; use timing or fast-timing",
                  options.command);
  }
  return clock;
}

emu::MachineOptions machine_options(const GuestOptions& options, const GuestHost& host) {
  emu::MachineOptions machine;
  host.describe_to(machine);
  machine.program = options.argv.front();
  machine.argv = options.argv;
  machine.envp = guest_environment(options.env);
  machine.sysroot = options.sysroot;
  if (!options.sysroot.empty() && !std::filesystem::is_directory(options.sysroot)) {
    throw failure("--sysroot: there is no directory '{}'", options.sysroot);
  }
  machine.cwd = options.cwd;
  machine.limits = resource_limits(options.limits);
  machine.start_time = start_time(options);
  machine.jit_after = options.jit_after;
  machine.cpu = chosen_cpu(options.core);
  machine.strace = options.strace || !options.strace_file.empty();
  if (!options.strace_file.empty()) machine.trace = trace_to(options.strace_file, options.argv.front());
  return machine;
}

std::vector<timing::Phase> phases_of(const GuestOptions& options) {
  std::vector<timing::Phase> phases;
  const std::uint64_t skip = options.skip.value_or(0);
  const std::uint64_t warmup = options.warmup.value_or(0);
  if (skip != 0) phases.push_back({{.insts = skip}, timing::Listener::kNobody});
  if (warmup != 0 && !options.regions.any() && !options.simpoints.any())
    phases.push_back({{.insts = warmup}, timing::Listener::kModel});
  phases.push_back({{.insts = options.limit.value_or(UINT64_MAX)}, timing::Listener::kFigures});
  return phases;
}

timing::RegionPlan plan_of(const GuestOptions& options, emu::Machine& machine, LibraryRegions& libraries) {
  timing::RegionPlan plan = region_plan(options.regions, machine, libraries);
  plan.warmup = options.warmup.value_or(0);
  return plan;
}

bool measured_nothing(const GuestOptions& options, std::uint64_t begin, const timing::Outcome& outcome) {
  if (options.regions.any() || options.simpoints.any() || (!options.skip && !options.warmup) ||
      outcome.end.kind == emu::RunEnd::Kind::kLimit)
    return false;
  const std::uint64_t skip = options.skip.value_or(0);
  const std::uint64_t executed = outcome.figures.instructions - begin;
  return executed <= skip || executed - skip <= options.warmup.value_or(0);
}

Manifest manifest_of(const GuestOptions& options, Mode mode, const timing::CoreConfig& config,
                     const emu::Machine& machine, Identity identity) {
  Manifest manifest;
  manifest.program = options.argv.front();
  if (identity.program) {
    const auto& program = machine.image().bytes;
    manifest.program_sha256 = sha256({reinterpret_cast<const char*>(program.data()), program.size()});
  }
  manifest.cpu = emu::processor(chosen_cpu(options.core)).name;
  manifest.clock = chosen_clock(options, mode);
  manifest.argv = options.argv;
  manifest.mode = mode;
  manifest.skip = options.skip;
  manifest.warmup = options.warmup;
  manifest.limit = options.limit;
  manifest.settings = options.core.recorded;
  manifest.settings.insert(manifest.settings.end(), options.core.sets.begin(), options.core.sets.end());
  manifest.environment = guest_environment(options.env);
  manifest.directory =
      options.cwd.empty() ? std::filesystem::current_path() : std::filesystem::absolute(options.cwd);
  manifest.sysroot = options.sysroot;
  manifest.limits = options.limits;
  manifest.start_time = start_time(options);
  if (mode != Mode::kEmulation) manifest.clock_mhz = config.clock.mhz;
  manifest.restored = options.checkpoints.restore;
  manifest.regions = words_of(options.regions);
  if (options.sampling.sample) manifest.sample = options.sampling.plan;
  if (mode != Mode::kEmulation) {
    manifest.core = options.core.core;
    if (identity.core) {
      manifest.config_sha256 = sha256(config_toml(config));
      manifest.configuration = configuration_of(config);
    }
  }
  return manifest;
}

}  // namespace m2sim::cmd
