#include "cmd/suite/command.h"

#include <unistd.h>

#include <algorithm>
#include <thread>

#include "cmd/console/child_process.h"
#include "cmd/console/output_file.h"
#include "cmd/console/terminal.h"
#include "cmd/results/config_file.h"
#include "cmd/results/host.h"
#include "cmd/results/sha256.h"
#include "cmd/suite/report.h"
#include "cmd/suite/runner.h"
#include "cmd/suite/suite.h"

namespace m2sim::cmd {
namespace {

std::vector<std::string> run_options(const SuiteOptions& options, const std::string& cpu) {
  std::vector<std::string> arguments{"--mode", options.mode, "--core", options.core.core, "--cpu", cpu};
  for (const std::string& setting : options.core.sets) {
    arguments.push_back("--set");
    arguments.push_back(setting);
  }
  return arguments;
}

}  // namespace

CLI::App* add_suite_command(CLI::App& app, SuiteOptions& options) {
  CLI::App* command =
      app.add_subcommand("suite", "Run the benchmark suite and compare it with real hardware");
  command->add_option("--mode", options.mode, "what listens to the programs (default: timing)")
      ->type_name("emulation|timing|fast-timing");
  add_core_options(*command, options.core);
  add_cpu_option(*command, options.core);
  command->add_option("--programs", options.programs, "folder with suite.json and the guest programs")
      ->type_name("DIR");
  command
      ->add_option("--filter", options.filter,
                   "only programs whose name matches a regular expression or glob")
      ->type_name("PATTERN");
  command->add_option("-j,--jobs", options.jobs, "programs at once (default: one a processor)")
      ->type_name("N")
      ->check(CLI::Range(0U, 1'000'000U));
  command->add_option("--json", options.json, "write the results to a JSON file")->type_name("FILE");
  command->add_option("--csv", options.csv, "write the results to a CSV file")->type_name("FILE");
  command->add_flag("-q,--quiet", options.quiet, "no table and no progress bar");
  return command;
}

int suite(const SuiteOptions& options) {
  SuiteSummary summary;
  summary.mode = parse_mode(options.mode);
  const timing::CoreConfig config = configured(options.core);
  summary.cpu = emu::processor(chosen_cpu(options.core)).name;
  if (summary.mode != Mode::kEmulation) {
    summary.core = options.core.core;
    summary.config_sha256 = sha256(config_toml(config));
  }
  require_outputs({options.json, options.csv});
  const std::filesystem::path executable = own_executable();
  summary.programs = load_suite(options.programs.empty() ? suite_folder() : options.programs);
  if (!options.filter.empty()) summary.programs = filtered(std::move(summary.programs), options.filter);

  SuiteRun run;
  run.executable = executable.string();
  run.run_options = run_options(options, summary.cpu);
  run.jobs = options.jobs != 0 ? options.jobs : std::max(std::thread::hardware_concurrency(), 1U);
  run.show_progress = !options.quiet;
  summary.host = host_description();
  summary.results = run_suite(run, summary.programs);

  if (!options.quiet) write_stdout(suite_table(summary, colors_wanted(STDOUT_FILENO)));
  if (!options.json.empty()) write_file(options.json, suite_json(summary));
  if (!options.csv.empty()) write_file(options.csv, suite_csv(summary));
  return summary.failed() == 0 ? 0 : 1;
}

}  // namespace m2sim::cmd
