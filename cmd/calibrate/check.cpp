#include "cmd/calibrate/check.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <regex>
#include <utility>

#include "calibration/catalogue.h"
#include "calibration/structures/curves.h"
#include "cmd/calibrate/check_page.h"
#include "cmd/calibrate/check_report.h"
#include "cmd/calibrate/chip_cores.h"
#include "cmd/calibrate/kernels.h"
#include "cmd/calibrate/measurement_files.h"
#include "cmd/calibrate/structures.h"
#include "cmd/console/failure.h"
#include "cmd/console/nearest.h"
#include "cmd/console/output_file.h"
#include "cmd/console/progress.h"
#include "cmd/console/terminal.h"
#include "cmd/results/condition.h"

namespace m2sim::cmd {
namespace {

using calibration::Graded;

constexpr std::string_view kPrograms = "programs";
constexpr std::string_view kInstructions = "instructions";
constexpr std::string_view kStructures = "structures";
constexpr std::array<std::string_view, 3> kParts{kPrograms, kInstructions, kStructures};
constexpr std::string_view kMeasuredCore = "m1-pcore";  // whose single instructions were measured
constexpr std::string_view kStructuresCore = "m2-pcore";

// What is done of all that is to be done, over several parts that follow each other.
class Parts {
 public:
  Parts(bool show, std::size_t count) : progress_(show), count_(count) {}

  calibration::ProgressSink next(std::string label) {
    ++begun_;
    return [this, label = std::move(label)](double done, double total) {
      progress_.show(static_cast<double>(begun_ - 1) + done / std::max(total, 1.0),
                     static_cast<double>(count_), "", label);
    };
  }
  void erase() { progress_.erase(); }

 private:
  Progress progress_;
  std::size_t count_;
  std::size_t begun_ = 0;
};

std::vector<Graded> chosen_measurements(const CheckAccuracyOptions& options) {
  const std::regex pattern = filter_pattern(options.filter);
  std::vector<Graded> measured = calibration::graded(measurements_of(options.with, true));
  std::erase_if(measured, [&](const Graded& row) {
    return !std::regex_search(row.program, pattern) && !std::regex_search(row.set, pattern);
  });
  if (measured.empty()) throw failure("--filter: no measured program or set matches '{}'", options.filter);
  return measured;
}

calibration::Check checked_programs(const CheckAccuracyOptions& options, const ChipCores& cores,
                                    calibration::Model model, const calibration::ProgressSink& progress) {
  calibration::CheckBatch batch;
  batch.measurements = chosen_measurements(options);
  batch.core_of = [&cores](const Graded& measured) { return cores.of_chip(measured.chip); };
  batch.model = model;
  batch.jobs = jobs_of(options.model);
  const calibration::Evaluator evaluator(suite_kernels(options.programs));
  return calibration::check(batch, evaluator, progress);
}

CalibrationSummary checked_instructions(const CheckAccuracyOptions& options, const ChipCores& cores,
                                        const calibration::ProgressSink& progress) {
  CalibrationSummary summary;
  calibration::Batch batch;
  summary.model = cores.model(kMeasuredCore, batch.config);
  batch.model = model_of(summary.model.mode);
  batch.jobs = jobs_of(options.model);
  const auto& catalogue = calibration::instruction_catalogue();
  for (std::size_t i = 0; i < catalogue.size(); i += options.every)
    batch.experiments.push_back(&catalogue[i]);
  summary.comparison = calibration::compare_all(batch.experiments, calibration::measure_all(batch, progress));
  return summary;
}

StructuresSummary checked_structures(const CheckAccuracyOptions& options, const ChipCores& cores,
                                     const calibration::ProgressSink& progress) {
  calibration::StructureBatch batch;
  CalibratedModel model = cores.model(kStructuresCore, batch.config);
  batch.model = model_of(model.mode);
  batch.jobs = jobs_of(options.model);
  for (const calibration::Curve& curve : calibration::all_curves()) batch.curves.push_back(&curve);
  const std::string against(model.core == kMeasuredCore ? kMeasuredCore : kStructuresCore);
  return compared_structures(std::move(model), against, std::move(batch), progress);
}

bool wanted(const CheckAccuracyOptions& options, std::string_view part) {
  return options.only.empty() || std::ranges::find(options.only, part) != options.only.end();
}

AccuracySummary checked(const CheckAccuracyOptions& options) {
  AccuracySummary summary;
  summary.model = {parse_mode(options.model.mode), options.model.core.core, options.model.core.sets, ""};
  summary.date = today();
  const calibration::Model model = model_of(summary.model.mode);
  const ChipCores cores(options.model);
  Parts todo(!options.quiet, options.only.empty() ? kParts.size() : options.only.size());
  if (wanted(options, kPrograms)) {
    summary.programs = checked_programs(options, cores, model, todo.next("measured programs"));
  }
  if (wanted(options, kInstructions)) {
    summary.instructions = checked_instructions(options, cores, todo.next("single instructions"));
  }
  if (wanted(options, kStructures)) {
    summary.structures = checked_structures(options, cores, todo.next("structures"));
  }
  todo.erase();
  return summary;
}

void check_parts(const std::vector<std::string>& only) {
  for (const std::string& part : only) {
    if (std::ranges::find(kParts, part) != kParts.end()) continue;
    throw failure("--only: there is no '{}'{}", part,
                  did_you_mean(part, std::vector<std::string>(kParts.begin(), kParts.end())));
  }
}

}  // namespace

CLI::App* add_check_action(CLI::App& app, CheckAccuracyOptions& options) {
  CLI::App* command = app.add_subcommand(
      "check", "How far the models are from everything that was measured, and how far to trust them");
  add_model_options(*command, options.model, "the one that was measured");
  command
      ->add_option("--with", options.with,
                   "measurements of your own, to join those that are built in; repeatable")
      ->type_name("FILE")
      ->allow_extra_args(false);
  command->add_option("--only", options.only, "only this part (default: all); repeatable")
      ->type_name("programs|instructions|structures")
      ->allow_extra_args(false);
  command
      ->add_option("--filter", options.filter,
                   "only measured programs in whose name, or whose set's, this regular expression is found")
      ->type_name("REGEX");
  command->add_option("--every", options.every, "only one in N of the instructions, a quick look")
      ->type_name("N")
      ->check(CLI::Range(1U, 1'000'000U));
  command->add_option("--programs", options.programs, "folder with suite.json and the guest programs")
      ->type_name("DIR");
  command
      ->add_option(
          "--fail-if", options.fail_if,
          "exit with 1 when this holds, as in 'AB.mean>6%' or 'instructions.agree<97%'; a wrong name gets "
          "the list; repeatable")
      ->type_name("CONDITION")
      ->allow_extra_args(false);
  command->add_option("--json", options.json, "write all results to a JSON file")->type_name("FILE");
  command->add_option("--csv", options.csv, "write the measured programs to a CSV file")->type_name("FILE");
  command->add_option("--html", options.html, "write a page with plots, which opens without a network")
      ->type_name("FILE");
  command->add_flag("-q,--quiet", options.quiet, "no table and no progress bar");
  return command;
}

int calibrate_check(const CheckAccuracyOptions& options) {
  const std::vector<Condition> conditions = Condition::parse(options.fail_if);
  check_parts(options.only);
  require_outputs({options.json, options.csv, options.html}, options.with);
  const AccuracySummary summary = checked(options);
  if (!options.json.empty()) write_file(options.json, json_text(accuracy_object(summary)));
  if (!options.csv.empty()) write_file(options.csv, accuracy_csv(summary));
  if (!options.html.empty()) write_file(options.html, check_page(accuracy_object(summary)));
  if (!options.quiet) write_stdout(accuracy_table(summary, colors_wanted(STDOUT_FILENO)));
  const std::string held = conditions_that_hold(conditions, accuracy_figures(summary));
  write_stdout(held);
  return held.empty() ? 0 : 1;
}

}  // namespace m2sim::cmd
