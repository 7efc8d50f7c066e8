#include "cmd/compare/command.h"

#include <unistd.h>

#include "cmd/compare/difference.h"
#include "cmd/compare/report.h"
#include "cmd/console/output_file.h"
#include "cmd/console/terminal.h"
#include "cmd/results/run_file.h"

namespace m2sim::cmd {
CLI::App* add_compare_command(CLI::App& app, CompareOptions& options) {
  CLI::App* command =
      app.add_subcommand("compare", "Compare two runs: where the difference in cycles comes from");
  command->add_option("A", options.before, "what m2sim run --stats or m2sim annotate --json wrote")
      ->required()
      ->type_name("FILE");
  command->add_option("B", options.after, "another one, of the same program or of any")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--functions", options.functions, "show at most N functions, and N instructions of each")
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--json", options.json, "write the whole comparison to a JSON file")->type_name("FILE");
  command
      ->add_option("--fail-if", options.fail_if,
                   "exit with 1 where it holds: 'core.cpi>+2%' for a change, 'core.cpi>0.8' for B's value; "
                   "repeatable")
      ->type_name("CONDITION")
      ->allow_extra_args(false);
  command->add_flag("-q,--quiet", options.quiet, "no report");
  return command;
}

int compare(const CompareOptions& options) {
  const std::vector<Condition> conditions = Condition::parse(options.fail_if);
  require_outputs({options.json}, {options.before, options.after});
  const RunFile before = read_run_file(options.before);
  const RunFile after = read_run_file(options.after);
  const RunComparison comparison = compare_runs(before, after);
  const std::string held = conditions_that_hold(conditions, figures_of(after), figures_of(before));
  if (!options.json.empty()) write_file(options.json, compare_json(before, after, comparison));
  if (!options.quiet) {
    write_stdout(
        compare_report(before, after, comparison, {options.functions, colors_wanted(STDOUT_FILENO)}));
  }
  write_stderr(held);
  return held.empty() ? 0 : 1;
}

}  // namespace m2sim::cmd
