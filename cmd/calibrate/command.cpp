#include "cmd/calibrate/command.h"

#include <unistd.h>

#include <algorithm>
#include <regex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "calibration/catalogue.h"
#include "calibration/measure.h"
#include "cmd/calibrate/report.h"
#include "cmd/calibrate/structures.h"
#include "cmd/console/failure.h"
#include "cmd/console/nearest.h"
#include "cmd/console/output_file.h"
#include "cmd/console/progress.h"
#include "cmd/console/terminal.h"
#include "cmd/results/config_file.h"
#include "cmd/results/sha256.h"

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

std::vector<const CataloguedExperiment*> chosen(const CalibrateOptions& options) {
  const std::regex pattern = filter_pattern(options);
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

int calibrate_instructions(const CalibrateOptions& options) {
  for (const auto& [name, value] : {std::pair{"--svg", &options.svg}, {"--against", &options.against}}) {
    if (!value->empty()) throw failure("{}: is for structures", name);
  }
  CalibrationSummary summary;
  calibration::Batch batch;
  summary.model = chosen_model(options, batch.config);
  batch.model = model_of(summary.model.mode);
  check_kind(options.kind);
  for (const std::string& file : {options.json, options.csv}) {
    if (!file.empty()) require_writable(file);
  }
  batch.experiments = chosen(options);
  batch.jobs = jobs_of(options);

  Progress progress(!options.quiet);
  std::vector<calibration::Measurement> ours = calibration::measure_all(
      batch, [&progress](double done, double total) { progress.show(done, total, "", ""); });
  progress.erase();
  summary.comparison = calibration::compare_all(batch.experiments, std::move(ours));

  if (!options.json.empty()) write_file(options.json, calibration_json(summary));
  if (!options.csv.empty()) write_file(options.csv, calibration_csv(summary));
  if (!options.quiet) write_stdout(calibration_table(summary, options.top, colors_wanted(STDOUT_FILENO)));
  return 0;
}

}  // namespace

std::regex filter_pattern(const CalibrateOptions& options) {
  constexpr std::size_t kLongest = 500;  // longer ones can take all of the stack
  if (options.filter.size() > kLongest)
    throw failure("--filter: {} characters, of at most {}", options.filter.size(), kLongest);
  try {
    return std::regex(options.filter);
  } catch (const std::regex_error&) {
    throw failure("--filter: '{}' is no regular expression", options.filter);
  }
}

calibration::Model model_of(Mode mode) {
  if (mode == Mode::kEmulation) throw failure("calibrate: emulation has no time; use timing or fast-timing");
  return mode == Mode::kTiming ? calibration::Model::kCore : calibration::Model::kFastCore;
}

CalibratedModel chosen_model(const CalibrateOptions& options, timing::CoreConfig& config) {
  config = configured(options.core);
  return {parse_mode(options.mode), options.core.core, options.core.sets, sha256(config_toml(config))};
}

unsigned jobs_of(const CalibrateOptions& options) {
  return options.jobs != 0 ? options.jobs : std::max(std::thread::hardware_concurrency(), 1U);
}

CLI::App* add_calibrate_command(CLI::App& app, CalibrateOptions& options) {
  CLI::App* command = app.add_subcommand("calibrate", "Compare a core with what was measured on real ones");
  command->add_option("ACTION", options.action,
                      "instructions: what single ones cost (M1's P-core was measured); "
                      "structures: the curves that show how large and how fast each structure is");
  command->add_option("--mode", options.mode, "timing (the default) or fast-timing")->type_name("MODE");
  add_core_options(*command, options.core);
  command
      ->add_option("--filter", options.filter,
                   "only experiments (form, kind, dependence) or curves in whose name this regular "
                   "expression is found")
      ->type_name("REGEX");
  command->add_option("--kind", options.kind, "instructions: only latency, throughput or uops")
      ->type_name("KIND");
  command->add_option("--every", options.every, "instructions: only one in N of them, a quick look")
      ->type_name("N")
      ->check(CLI::Range(1U, 1'000'000U));
  command->add_option("-j,--jobs", options.jobs, "experiments at once, 8 at most (default: one a processor)")
      ->type_name("N")
      ->check(CLI::Range(0U, 1'000'000U));
  command
      ->add_option("--top", options.top,
                   "instructions: classes and forms that the table shows (default: 30; 0: all)")
      ->type_name("N")
      ->check(CLI::NonNegativeNumber);
  command->add_option("--json", options.json, "write the results to a JSON file")->type_name("FILE");
  command
      ->add_option("--csv", options.csv, "write the results to a CSV file, one line an experiment or point")
      ->type_name("FILE");
  command->add_option("--svg", options.svg, "structures: draw the curves with the measured points")
      ->type_name("FILE");
  command
      ->add_option(
          "--against", options.against,
          "structures: m2-pcore or m1-pcore, whose measurements to compare with (default: the same core)")
      ->type_name("CORE");
  command->add_flag("-q,--quiet", options.quiet, "no table and no progress bar");
  return command;
}

int calibrate(const CalibrateOptions& options) {
  const std::vector<std::string> actions{"instructions", "structures"};
  if (options.action.empty()) throw failure("calibrate: say what: {}", fmt::join(actions, ", "));
  if (options.action == actions[0]) return calibrate_instructions(options);
  if (options.action == actions[1]) return calibrate_structures(options);
  throw failure("calibrate: there is no '{}'{}", options.action, did_you_mean(options.action, actions));
}

}  // namespace m2sim::cmd
