#include "cmd/calibrate/instructions.h"

#include <unistd.h>

#include <algorithm>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "calibration/catalogue.h"
#include "calibration/measure.h"
#include "cmd/calibrate/report.h"
#include "cmd/console/failure.h"
#include "cmd/console/nearest.h"
#include "cmd/console/output_file.h"
#include "cmd/console/progress.h"
#include "cmd/console/terminal.h"

namespace m2sim::cmd {
namespace {

using calibration::CataloguedExperiment;
using calibration::Experiment;

void check_kind(const std::string& kind) {
  std::vector<std::string> names;
  for (const calibration::ExperimentKind known : calibration::kExperimentKinds) {
    names.emplace_back(calibration::name_of(known));
  }
  if (kind.empty() || std::ranges::find(names, kind) != names.end()) return;
  throw failure("--kind: there is no '{}'{}", kind, did_you_mean(kind, names));
}

std::vector<const CataloguedExperiment*> chosen(const InstructionsOptions& options) {
  const std::regex pattern = filter_pattern(options.filter);
  std::vector<const CataloguedExperiment*> experiments;
  std::size_t matching = 0;
  for (const CataloguedExperiment& entry : calibration::instruction_catalogue()) {
    const Experiment& experiment = entry.experiment;
    if (!options.kind.empty() && calibration::name_of(experiment.kind) != options.kind) continue;
    if (!std::regex_search(experiment.name, pattern)) continue;
    if (matching++ % options.every == 0) experiments.push_back(&entry);
  }
  if (experiments.empty()) throw failure("no experiment matches '{}'", options.filter);
  return experiments;
}

}  // namespace

CLI::App* add_instructions_action(CLI::App& app, InstructionsOptions& options) {
  CLI::App* command =
      app.add_subcommand("instructions", "What single instructions cost (M1's P-core was measured)");
  add_model_options(*command, options.model);
  command
      ->add_option("--filter", options.filter,
                   "only experiments in whose name (form, kind, dependence) this regular expression is found")
      ->type_name("REGEX");
  command->add_option("--kind", options.kind, "only latency, throughput or uops")->type_name("KIND");
  command->add_option("--every", options.every, "only one in N of them, a quick look")
      ->type_name("N")
      ->check(CLI::Range(1U, 1'000'000U));
  command->add_option("--top", options.top, "classes and forms that the table shows (default: 30; 0: all)")
      ->type_name("N")
      ->check(CLI::Range(0U, 1'000'000U));
  command->add_option("--json", options.json, "write the results to a JSON file")->type_name("FILE");
  command->add_option("--csv", options.csv, "write the results to a CSV file, one line an experiment")
      ->type_name("FILE");
  command->add_flag("-q,--quiet", options.quiet, "no table and no progress bar");
  return command;
}

int calibrate_instructions(const InstructionsOptions& options) {
  CalibrationSummary summary;
  calibration::Batch batch;
  summary.model = chosen_model(options.model, batch.config);
  batch.model = model_of(summary.model.mode);
  check_kind(options.kind);
  require_outputs({options.json, options.csv});
  batch.experiments = chosen(options);
  batch.jobs = jobs_of(options.model);

  Progress progress(!options.quiet);
  std::vector<calibration::Measurement> ours = calibration::measure_all(
      batch, [&progress](double done, double total) { progress.show(done, total, "", ""); });
  progress.erase();
  summary.comparison = calibration::compare_all(batch.experiments, std::move(ours));

  if (!options.json.empty()) write_file(options.json, json_text(calibration_object(summary)));
  if (!options.csv.empty()) write_file(options.csv, calibration_csv(summary));
  if (!options.quiet) write_stdout(calibration_table(summary, options.top, colors_wanted(STDOUT_FILENO)));
  return 0;
}

}  // namespace m2sim::cmd
