#include "cmd/profile/command.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "cmd/console/arguments.h"
#include "cmd/console/child_process.h"
#include "cmd/console/failure.h"
#include "cmd/console/output_file.h"
#include "cmd/console/terminal.h"
#include "cmd/profile/batch.h"
#include "cmd/profile/perftools.h"
#include "cmd/profile/report.h"
#include "cmd/profile/words.h"
#include "cmd/results/config_file.h"
#include "cmd/results/sha256.h"
#include "cmd/suite/suite.h"

namespace m2sim::cmd {
namespace {

std::vector<Mode> chosen_modes(const std::string& name) {
  if (name == "all") return {Mode::kEmulation, Mode::kFastTiming, Mode::kTiming};
  return {parse_mode(name)};
}

ProfileJob job_for(std::vector<std::string> argv) {
  ProfileJob job;
  job.name = std::filesystem::path(argv.front()).filename().string();
  job.machine.program = argv.front();
  job.machine.argv = std::move(argv);
  return job;
}

ProfileJob job_for(const SuiteProgram& program) {
  std::vector<std::string> argv{program.path};
  argv.insert(argv.end(), program.args.begin(), program.args.end());
  ProfileJob job = job_for(std::move(argv));
  job.name = program.name;
  job.expected_stdout = program.expected_stdout;
  job.expected_instructions = program.expected_instructions;
  return job;
}

void add_suite(const ProfileOptions& options, std::vector<ProfileJob>& jobs) {
  const std::string folder = !options.programs.empty()
                                 ? options.programs
                                 : (own_executable().parent_path() / "benchmarks" / "guest").string();
  std::vector<SuiteProgram> programs = load_suite(folder);
  if (!options.filter.empty()) programs = filtered(std::move(programs), options.filter);
  for (const SuiteProgram& program : programs) jobs.push_back(job_for(program));
}

std::vector<ProfileJob> jobs_of(const ProfileOptions& options) {
  std::vector<ProfileJob> jobs;
  if (!options.guest.empty()) jobs.push_back(job_for(options.guest));
  for (const std::string& line : options.more) jobs.push_back(job_for(split_words(line)));
  if (options.suite) add_suite(options, jobs);
  if (jobs.empty()) throw failure("profile: no program given; name one, or give --suite");
  return jobs;
}

void check(const ProfileOptions& options) {
  if (options.iterations == 0 || options.iterations > kMostIterations) {
    throw failure("profile: --iterations takes a number from 1 to {}", kMostIterations);
  }
  if (!options.suite && !(options.filter.empty() && options.programs.empty())) {
    throw failure(
        "profile: --filter and --programs choose among the programs of --suite, which is not given");
  }
  if (!options.input.empty()) read_file(options.input);
  require_outputs({options.json, options.csv, options.cpu, options.heap});
}

void add_input_options(CLI::App& command, ProfileOptions& options) {
  command.add_option("--mode", options.mode, "what to profile (default: timing)")
      ->type_name("emulation|timing|fast-timing|all");
  add_core_options(command, options.core);
  command.add_flag("--suite", options.suite, "profile the benchmark suite");
  command.add_option("--programs", options.programs, "folder with suite.json and the guest programs")
      ->type_name("DIR");
  command.add_option("--filter", options.filter, "only programs of the suite that match, as in m2sim suite")
      ->type_name("PATTERN");
  command
      .add_option("--program", options.more,
                  "another program, with its arguments in the same word; repeatable")
      ->type_name("'PROGRAM ARGS'")
      ->allow_extra_args(false);
  command.add_option("--input", options.input, "standard input of each program (default: nothing)")
      ->type_name("FILE");
  command.add_option("--iterations", options.iterations, "timed runs of each program and mode (default: 3)")
      ->type_name("N")
      ->check(whole_number, "");
  command.add_option("--warmup", options.warmup, "runs before them that do not count (default: 1)")
      ->type_name("N")
      ->check(whole_number, "");
  command
      .add_option("--max-insts,--limit", options.max_insts,
                  "stop each run after N instructions, as in m2sim run")
      ->type_name("N")
      ->transform(CLI::Validator(large_number, ""));
}

void add_output_options(CLI::App& command, ProfileOptions& options) {
  command.add_option("--cpu", options.cpu, "write a CPU profile, for google-pprof too (needs gperftools)")
      ->type_name("FILE");
  command.add_option("--heap", options.heap, "write a heap profile, for google-pprof too (needs gperftools)")
      ->type_name("FILE");
  command.add_option("--json", options.json, "write everything as JSON")->type_name("FILE");
  command.add_option("--csv", options.csv, "write the figures as CSV")->type_name("FILE");
  command.add_option("--top", options.top, "functions to show (default: 10)")
      ->type_name("N")
      ->check(whole_number, "");
  command.add_flag("--details", options.details, "of several programs, show each in full");
  command.add_flag("-q,--quiet", options.quiet, "no text and no progress bar");
}

}  // namespace

CLI::App* add_profile_command(CLI::App& app, ProfileOptions& options) {
  CLI::App* command = app.add_subcommand("profile", "Find out where the simulator's own time goes");
  add_input_options(*command, options);
  add_output_options(*command, options);
  add_program(*command, options.guest);
  return command;
}

int profile(const ProfileOptions& options) {
  ProfileSummary summary;
  summary.modes = chosen_modes(options.mode);
  check(options);
  const timing::CoreConfig config = configured(options.core);
  const emu::Cpu cpu = chosen_cpu(options.core);
  summary.guest_cpu = emu::processor(cpu).name;
  if (summary.modes != std::vector{Mode::kEmulation}) {
    summary.core = options.core.core;
    summary.config_sha256 = sha256(config_toml(config));
  }
  summary.iterations = options.iterations;
  summary.warmup = options.warmup;
  summary.max_insts = options.max_insts;
  summary.top = options.top;
  std::vector<ProfileJob> jobs = jobs_of(options);
  for (ProfileJob& job : jobs) {
    job.input = options.input;
    job.modes = summary.modes;
    job.warmup = options.warmup;
    job.iterations = options.iterations;
    job.max_insts = options.max_insts;
    job.config = &config;
    job.core = options.core.core;
    job.machine.cpu = cpu;
  }
  if (!options.heap.empty()) require_heap_profiler();
  if (!options.cpu.empty()) load_cpu_profiler();

  run_profile_batch(std::move(jobs), {options.cpu, options.heap}, !options.quiet, summary);

  if (!options.quiet) write_stdout(profile_text(summary, options.details, colors_wanted(STDOUT_FILENO)));
  if (!options.json.empty()) write_file(options.json, profile_json(summary));
  if (!options.csv.empty()) write_file(options.csv, profile_csv(summary));
  return summary.failed() == 0 ? 0 : 1;
}

}  // namespace m2sim::cmd
