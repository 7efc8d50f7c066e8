#include "cmd/calibrate/structures.h"

#include <unistd.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "calibration/structures/analysis.h"
#include "calibration/structures/curves.h"
#include "calibration/structures/reference.h"
#include "calibration/structures/run.h"
#include "cmd/calibrate/structures_plot.h"
#include "cmd/calibrate/structures_report.h"
#include "cmd/console/failure.h"
#include "cmd/console/nearest.h"
#include "cmd/console/output_file.h"
#include "cmd/console/progress.h"
#include "cmd/console/terminal.h"

namespace m2sim::cmd {
namespace {

using calibration::Curve;
using calibration::Reference;

std::vector<const Curve*> chosen_curves(const StructuresOptions& options) {
  const std::regex pattern = filter_pattern(options.filter);
  std::vector<const Curve*> curves;
  for (const Curve& curve : calibration::all_curves()) {
    if (std::regex_search(curve.name.begin(), curve.name.end(), pattern)) curves.push_back(&curve);
  }
  if (!curves.empty()) return curves;
  std::vector<std::string_view> names;
  for (const Curve& curve : calibration::all_curves()) names.push_back(curve.name);
  throw failure("no curve matches '{}'; there are {}", options.filter, fmt::join(names, ", "));
}

// The core whose measurements stand beside: the one that is asked for, or the one that is modelled.
std::string reference_core(const StructuresOptions& options) {
  std::vector<std::string> measured;
  for (const Reference& reference : calibration::structure_references()) {
    if (std::ranges::find(measured, reference.core) == measured.end()) measured.push_back(reference.core);
  }
  const bool named = !options.against.empty();
  const std::string& core = named ? options.against : options.model.core.core;
  if (std::ranges::find(measured, core) != measured.end()) return core;
  if (!named) return "";
  throw failure("--against: nothing was measured on '{}'{}", core, did_you_mean(core, measured));
}

void require_all(const std::vector<calibration::MeasuredCurve>& curves) {
  std::size_t failed = 0;
  const calibration::MeasuredCurve* last = nullptr;
  for (const calibration::MeasuredCurve& curve : curves) {
    failed += curve.failed;
    if (curve.failed > 0) last = &curve;
  }
  if (failed > 0)
    throw failure("calibrate: {} points did not run; {} {}", failed, last->curve->name, last->failure);
}

}  // namespace

StructuresSummary compared_structures(CalibratedModel model, std::string against,
                                      calibration::StructureBatch batch,
                                      const calibration::ProgressSink& progress) {
  StructuresSummary summary;
  summary.model = std::move(model);
  summary.against = std::move(against);
  for (const Reference& reference : calibration::structure_references()) {
    if (reference.core == summary.against) summary.references.push_back(reference);
  }
  batch.references = summary.references;
  summary.measured = calibration::measure_structures(batch, progress);
  for (const calibration::MeasuredCurve& curve : summary.measured) {
    summary.curves.push_back(calibration::compare(curve, summary.references));
  }
  return summary;
}

CLI::App* add_structures_action(CLI::App& app, StructuresOptions& options) {
  CLI::App* command = app.add_subcommand(
      "structures", "The curves that show how large and how fast each structure of a core is");
  add_model_options(*command, options.model);
  command
      ->add_option("--filter", options.filter, "only curves in whose name this regular expression is found")
      ->type_name("REGEX");
  command
      ->add_option("--against", options.against,
                   "the core whose measurements to compare with (default: the same)")
      ->type_name("m2-pcore|m1-pcore");
  command->add_option("--json", options.json, "write the results to a JSON file")->type_name("FILE");
  command->add_option("--csv", options.csv, "write the results to a CSV file, one line a point")
      ->type_name("FILE");
  command->add_option("--svg", options.svg, "draw the curves with the measured points")->type_name("FILE");
  command->add_flag("-q,--quiet", options.quiet, "no table and no progress bar");
  return command;
}

int calibrate_structures(const StructuresOptions& options) {
  calibration::StructureBatch batch;
  CalibratedModel model = chosen_model(options.model, batch.config);
  std::string against = reference_core(options);
  batch.model = model_of(model.mode);
  require_outputs({options.json, options.csv, options.svg});
  batch.curves = chosen_curves(options);
  batch.jobs = jobs_of(options.model);

  Progress progress(!options.quiet);
  const StructuresSummary summary =
      compared_structures(std::move(model), std::move(against), std::move(batch),
                          [&progress](double done, double total) { progress.show(done, total, "", ""); });
  progress.erase();

  if (!options.json.empty()) write_file(options.json, json_text(structures_object(summary)));
  if (!options.csv.empty()) write_file(options.csv, structures_csv(summary));
  if (!options.svg.empty()) write_file(options.svg, structures_svg(summary));
  if (!options.quiet) write_stdout(structures_table(summary, colors_wanted(STDOUT_FILENO)));
  require_all(summary.measured);
  return 0;
}

}  // namespace m2sim::cmd
