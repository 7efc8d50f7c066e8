#include "cmd/calibrate/ingest.h"

#include <unistd.h>

#include "calibration/measured/grade.h"
#include "calibration/measured/measurement_json.h"
#include "cmd/calibrate/ingest_report.h"
#include "cmd/console/output_file.h"
#include "cmd/console/terminal.h"

namespace m2sim::cmd {

CLI::App* add_ingest_action(CLI::App& app, IngestOptions& options) {
  CLI::App* command = app.add_subcommand(
      "ingest", "What was measured on real cores: slopes, clocks, and a grade of each with its reasons");
  command->add_option(
      "FILE", options.files,
      "measurements (docs/measurements.md), what perf stat -x, or -j wrote, or a table that begins "
      "with program,iterations (default: the shipped measurements)");
  command->add_option("--program", options.foreign.program, "perf stat: the program that ran")
      ->type_name("NAME");
  command
      ->add_option("--iterations", options.foreign.iterations,
                   "perf stat: how often its loop ran, of each file with a comma between, or of all")
      ->type_name("N,...")
      ->delimiter(',')
      ->check(CLI::PositiveNumber);
  command
      ->add_option("--chip", options.foreign.chip, "perf stat and tables: what they were measured on, as M2")
      ->type_name("NAME");
  command
      ->add_option("--core-type", options.foreign.core_type,
                   "perf stat and tables: P, E, unknown (the default, unless perf names it) or assumed-P")
      ->type_name("TYPE");
  command->add_option("--json", options.json, "write the results to a JSON file")->type_name("FILE");
  command->add_option("--csv", options.csv, "write the results to a CSV file, one line a measurement")
      ->type_name("FILE");
  command->add_option("--write", options.write, "write all that was read to one file of measurements")
      ->type_name("FILE");
  command->add_flag("-q,--quiet", options.quiet, "no table");
  return command;
}

int calibrate_ingest(const IngestOptions& options) {
  require_outputs({options.json, options.csv, options.write}, options.files);
  const calibration::MeasurementFile file =
      options.files.empty() ? calibration::shipped_measurements() : ingested(options.files, options.foreign);
  const std::vector<calibration::Graded> graded = calibration::graded(file);
  if (!options.write.empty()) write_file(options.write, measurements_json(file));
  if (!options.json.empty()) write_file(options.json, ingest_json(graded));
  if (!options.csv.empty()) write_file(options.csv, ingest_csv(graded));
  if (!options.quiet) write_stdout(ingest_table(graded, colors_wanted(STDOUT_FILENO)));
  return 0;
}

}  // namespace m2sim::cmd
