#include "cmd/calibrate/scaling.h"

#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>
#include <utility>

#include "cmd/calibrate/chip_cores.h"
#include "cmd/calibrate/measurement_files.h"
#include "cmd/calibrate/scaling_report.h"
#include "cmd/console/failure.h"
#include "cmd/console/output_file.h"
#include "cmd/console/progress.h"
#include "cmd/console/terminal.h"
#include "cmd/results/json_text.h"
#include "cmd/suite/suite.h"

namespace m2sim::cmd {
namespace {

using calibration::SizedKernel;

std::vector<SizedKernel> sized_kernels(const std::string& folder) {
  const std::filesystem::path directory(folder.empty() ? suite_folder() : folder);
  const std::string path = (directory / "scaling.json").string();
  if (!std::filesystem::exists(path)) {
    throw failure(
        "there are no kernels of several sizes in '{}' (scaling.json is missing); build the guest programs, "
        "or name their folder with --programs",
        directory.string());
  }
  std::vector<SizedKernel> kernels;
  try {
    const nlohmann::json json = nlohmann::json::parse(read_json_text(path));
    for (const auto& row : json.at("kernels")) {
      const auto name = row.at("name").get<std::string>();
      for (const auto size : row.at("sizes").get<std::vector<std::uint64_t>>()) {
        const std::string file = (directory / "scaling" / fmt::format("{}@{}", name, size)).string();
        kernels.push_back({name, size, file});
      }
    }
  } catch (const nlohmann::json::exception& error) {
    throw failure("'{}' is no list of kernels: {}", path, error.what());
  }
  return kernels;
}

std::vector<SizedKernel> chosen_kernels(const ScalingOptions& options) {
  const std::regex pattern = filter_pattern(options.filter);
  std::vector<SizedKernel> kernels = sized_kernels(options.programs);
  std::erase_if(kernels, [&](const SizedKernel& kernel) {
    return !std::regex_search(kernel.name, pattern) ||
           (options.largest != 0 && kernel.size > options.largest);
  });
  if (kernels.empty()) throw failure("no kernel matches '{}' at these sizes", options.filter);
  return kernels;
}

// Those of the chip that the core is like.
std::vector<calibration::Graded> measurements_for(const ScalingOptions& options) {
  ModelOptions all = options.model;
  all.core.core.clear();
  const ChipCores cores(all);
  std::vector<calibration::Graded> measured = calibration::graded(measurements_of(options.with, true));
  std::erase_if(measured, [&](const calibration::Graded& row) {
    const calibration::NamedCore* const core = cores.of_chip(row.chip);
    return core == nullptr || core->name != options.model.core.core;
  });
  return measured;
}

}  // namespace

CLI::App* add_scaling_action(CLI::App& app, ScalingOptions& options) {
  CLI::App* command = app.add_subcommand(
      "scaling", "The same kernels at growing sizes: which small one says what the largest takes");
  add_model_options(*command, options.model);
  command
      ->add_option("--filter", options.filter, "only kernels in whose name this regular expression is found")
      ->type_name("REGEX");
  command->add_option("--largest", options.largest, "leave larger sizes out")->type_name("SIZE");
  command
      ->add_option("--within", options.within,
                   "how far from the largest a size may be, in percent (default: 2)")
      ->type_name("PERCENT")
      ->check(CLI::Range(0.0, 100.0));
  command
      ->add_option(
          "--with", options.with,
          "measurements of NAME@SIZE on the same core, to stand beside (m2sim calibrate check); repeatable")
      ->type_name("FILE")
      ->allow_extra_args(false);
  command->add_option("--programs", options.programs, "folder with scaling.json and the guest programs")
      ->type_name("DIR");
  command->add_option("--json", options.json, "write the results to a JSON file")->type_name("FILE");
  command->add_option("--csv", options.csv, "write the results to a CSV file, one line a size")
      ->type_name("FILE");
  command->add_flag("-q,--quiet", options.quiet, "no table and no progress bar");
  return command;
}

int calibrate_scaling(const ScalingOptions& options) {
  ScalingSummary summary;
  calibration::ScalingBatch batch;
  summary.model = chosen_model(options.model, batch.config);
  if (std::isnan(options.within)) throw failure("--within: this is no number");
  summary.within = options.within / 100;
  batch.model = model_of(summary.model.mode);
  batch.jobs = jobs_of(options.model);
  require_outputs({options.json, options.csv}, options.with);
  batch.kernels = chosen_kernels(options);
  batch.measurements = measurements_for(options);

  Progress progress(!options.quiet);
  summary.scaling = calibration::scale(
      batch, [&progress](double done, double total) { progress.show(done, total, "", ""); });
  progress.erase();

  if (!options.json.empty()) write_file(options.json, json_text(scaling_object(summary)));
  if (!options.csv.empty()) write_file(options.csv, scaling_csv(summary));
  if (!options.quiet) write_stdout(scaling_table(summary, colors_wanted(STDOUT_FILENO)));
  return summary.scaling.failed.empty() ? 0 : 1;
}

}  // namespace m2sim::cmd
