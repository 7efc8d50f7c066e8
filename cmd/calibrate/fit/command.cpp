#include "cmd/calibrate/fit/command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

#include "calibration/fit/fit.h"
#include "cmd/calibrate/fit/journal.h"
#include "cmd/calibrate/fit/report.h"
#include "cmd/console/arguments.h"
#include "cmd/console/failure.h"
#include "cmd/console/output_file.h"
#include "cmd/console/progress.h"
#include "cmd/console/stop_on_signal.h"
#include "cmd/console/terminal.h"
#include "cmd/results/sha256.h"

namespace m2sim::cmd {
namespace {

using calibration::Evaluations;

calibration::FitOptions fit_options(const FitCommandOptions& options, const FitTask& task) {
  // About what the search needs before it settles: sixty points of its first population for each dimension.
  constexpr unsigned kGlobalEach = 60;
  const auto parameters = static_cast<unsigned>(task.parameters.size());
  if (std::isnan(options.model_error)) throw failure("--model-error: this is no number");
  calibration::FitOptions fit;
  fit.search.seed = options.seed;
  fit.search.global = options.evaluations != 0 ? options.evaluations : kGlobalEach * (parameters + 1);
  fit.search.local = fit.search.global / 3;
  fit.loss = {.model_error = options.model_error / 100, .robust = options.robust};
  fit.folds = options.folds;
  fit.by_set = options.folds > 0;
  return fit;
}

// All that the answer depends on.
nlohmann::ordered_json identity(const FitSummary& summary, const FitTask& task) {
  nlohmann::ordered_json json;
  json["configuration"] = summary.model.config_sha256;
  json["modes"] = {mode_name(summary.model.mode), summary.confirm};
  json["search"] = {summary.options.search.seed, summary.options.search.global,
                    summary.options.loss.model_error, summary.options.loss.robust, summary.options.folds};
  json["parameters"] = nlohmann::ordered_json::array();
  for (const calibration::FitParameter& parameter : task.parameters)
    json["parameters"].push_back({parameter.path, parameter.min, parameter.max});
  json["observations"] = nlohmann::ordered_json::array();
  for (const calibration::FitObservation& observation : task.observations)
    json["observations"].push_back(
        {observation.set, observation.name, observation.measured, observation.low, observation.high});
  json["programs"] = nlohmann::ordered_json::array();
  for (const std::string& path : task.programs) json["programs"].push_back(sha256_of_file(path));
  return json;
}

// What the user sees while it goes on, and the journal.
class Session {
 public:
  Session(bool show, std::unique_ptr<FitJournal> journal) : progress_(show), journal_(std::move(journal)) {}

  Evaluations::Hooks hooks(Mode mode) {
    return {.evaluated =
                [this, mode](const calibration::Values& values, const calibration::Predictions& predictions) {
                  ++evaluated_;
                  if (journal_) journal_->append(mode_name(mode), values, predictions);
                  refuse_to_go_on();
                },
            .tick = [this](const calibration::FitStatus& status) { show(status); }};
  }

  void tell(Evaluations& evaluations, Mode mode) const {
    if (!journal_) return;
    for (const JournalEntry& entry : journal_->entries()) {
      if (entry.mode == mode_name(mode)) evaluations.know(entry.values, entry.predictions);
    }
  }

  void end() { progress_.erase(); }

 private:
  void refuse_to_go_on() {
    if (stop_request.load(std::memory_order_relaxed) == 0) return;
    progress_.erase();
    if (!journal_) throw failure("fit: stopped, and nothing is kept without --output or --journal");
    throw failure("fit: stopped; --resume goes on with what is in '{}'", journal_->path());
  }

  void show(const calibration::FitStatus& status) {
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start_;
    const std::string rate = fmt::format("{:.1f} evaluations/s",
                                         static_cast<double>(evaluated_) / std::max(elapsed.count(), 1e-3));
    progress_.show(status.done, 1, rate, fmt::format("best loss {:.4g}, {}", status.best, status.phase));
  }

  Progress progress_;
  std::unique_ptr<FitJournal> journal_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::size_t evaluated_ = 0;
};

std::string journal_path(const FitCommandOptions& options) {
  if (!options.journal.empty()) return options.journal;
  return options.output.empty() ? "" : options.output + ".journal";
}

void check_fit_options(const FitCommandOptions& options) {
  if (options.resume && options.journal.empty() && options.output.empty())
    throw failure("--resume: say which fit, by its --output or its --journal");
  std::vector<std::string> kept = options.wishes.measurements;
  kept.push_back(journal_path(options));
  require_outputs({options.output, options.json}, kept);
}

std::string fit_name(const FitCommandOptions& options) {
  if (!options.name.empty()) return printable(options.name);
  return options.output.empty() ? "fit" : printable(std::filesystem::path(options.output).stem().string());
}

calibration::FitResult run_fit(const FitCommandOptions& options, const FitSummary& summary,
                               const FitTask& task, Session& session) {
  const Mode mode = summary.model.mode;
  const unsigned jobs = jobs_of(options.model);
  const calibration::FitProblem problem = task.problem(model_of(mode));
  Evaluations evaluations(problem, jobs, session.hooks(mode));
  session.tell(evaluations, mode);
  if (summary.confirm.empty()) return calibration::fit(evaluations, nullptr, summary.options);
  const Mode other = parse_mode(summary.confirm);
  const calibration::FitProblem same = task.problem(model_of(other));
  Evaluations confirming(same, jobs, session.hooks(other));
  session.tell(confirming, other);
  return calibration::fit(evaluations, &confirming, summary.options);
}

void add_measurement_options(CLI::App& command, FitWishes& wishes) {
  command
      .add_option("--measurements", wishes.measurements,
                  "a file of measurements to fit to, in place of those that are built in; repeatable")
      ->type_name("FILE")
      ->allow_extra_args(false);
  command
      .add_option("--filter", wishes.filter,
                  "only measured programs in whose name, or whose set's, this regular expression is found")
      ->type_name("REGEX");
  command.add_option("--grades", wishes.grades, "only measured programs of these grades (default: AB)")
      ->type_name("GRADES");
  command
      .add_option("--instructions", wishes.instructions,
                  "also experiments on single instructions in whose name this is found; alone: only them")
      ->type_name("REGEX");
  command
      .add_option("--structures", wishes.structures,
                  "also measured points of structures, structure/CURVE@X; alone: only them")
      ->type_name("REGEX");
  command.add_option("--programs", wishes.programs, "folder with suite.json and the guest programs")
      ->type_name("DIR");
}

void add_search_options(CLI::App& command, FitCommandOptions& options) {
  command.add_option("--mode", options.model.mode, "the model that searches (default: fast-timing)")
      ->type_name("timing|fast-timing");
  command
      .add_option("--confirm", options.confirm, "a model that is asked about the best, and has the last word")
      ->type_name("timing|fast-timing");
  add_core_options(command, options.model.core);
  command.add_option("-j,--jobs", options.model.jobs, "runs at once, 8 at most (default: one a processor)")
      ->type_name("N")
      ->check(CLI::Range(0U, 1'000'000U));
  command.add_option("--seed", options.seed, "of the search (default: 1); the same gives the same")
      ->type_name("N")
      ->transform(CLI::Validator(large_number, ""));
  command
      .add_option("--evaluations", options.evaluations,
                  "vectors that the global search tries (default: 60 a parameter, and 60)")
      ->type_name("N")
      ->check(CLI::Range(1U, 10'000'000U));
  command
      .add_option("--model-error", options.model_error,
                  "what is allowed to the model beside a measurement's own interval (default: 2)")
      ->type_name("PERCENT")
      ->check(CLI::Range(0.0, 100.0));
  command.add_flag("--robust", options.robust, "measurements that are far off count less");
  command.add_option("--folds", options.folds, "of cross-validation (default: 5; 0: none, nor by set)")
      ->type_name("N")
      ->check(CLI::Range(0U, 1000U));
}

}  // namespace

CLI::App* add_fit_action(CLI::App& app, FitCommandOptions& options) {
  CLI::App* command =
      app.add_subcommand("fit", "Find the numbers of a core that agree best with what was measured");
  command
      ->add_option("--parameter", options.wishes.parameters,
                   "a number of the configuration (m2sim config --list-fields) and its bounds; repeatable")
      ->type_name("PATH=MIN:MAX")
      ->allow_extra_args(false);
  add_measurement_options(*command, options.wishes);
  add_search_options(*command, options);
  command->add_option("--name", options.name, "what the fit is called (default: the output's name)")
      ->type_name("NAME");
  command->add_option("-o,--output", options.output, "write the fitted core, for --core")
      ->type_name("FILE.toml");
  command->add_option("--json", options.json, "write the report to a JSON file")->type_name("FILE");
  command
      ->add_option("--journal", options.journal,
                   "where evaluations are kept (default: beside the output, until the fit is done)")
      ->type_name("FILE");
  command->add_flag("--resume", options.resume, "go on with a fit that was killed");
  command->add_flag("-q,--quiet", options.quiet, "no table and no progress bar");
  return command;
}

int calibrate_fit(const FitCommandOptions& options) {
  check_fit_options(options);
  FitSummary summary;
  timing::CoreConfig config;
  summary.model = chosen_model(options.model, config);
  model_of(summary.model.mode);
  if (!options.confirm.empty()) {
    model_of(parse_mode(options.confirm));
    if (parse_mode(options.confirm) == summary.model.mode)
      throw failure("--confirm: {} is the mode that searches", options.confirm);
  }
  FitWishes wishes = options.wishes;
  wishes.core = options.model.core.core;
  const FitTask task = fit_task(wishes, config);
  summary.name = fit_name(options);
  summary.date = today();
  summary.base = built_in_base(wishes.core);
  summary.confirm = options.confirm;
  summary.options = fit_options(options, task);

  std::unique_ptr<FitJournal> journal;
  const std::string path = journal_path(options);
  if (!path.empty())
    journal = std::make_unique<FitJournal>(path, identity(summary, task), summary.date, options.resume);
  if (journal) summary.date = journal->date();
  stop_on_signals();
  Session session(!options.quiet, std::move(journal));
  summary.result = run_fit(options, summary, task, session);
  session.end();

  if (!options.output.empty()) write_file(options.output, fit_toml(summary, task));
  if (!options.json.empty()) write_file(options.json, fit_json(summary, task));
  if (!path.empty() && options.journal.empty()) ::unlink(path.c_str());
  if (options.quiet) return 0;
  write_stdout(fit_table(summary, task, colors_wanted(STDOUT_FILENO)));
  write_stderr(fmt::format(
      "m2sim: fit: {} of {} questions to a model needed no run, as none of the numbers that differed from an "
      "earlier one had decided anything there: {:.0f} % of the time saved\n",
      task.known->known(), task.known->asked(), 100 * task.known->saved()));
  return 0;
}

}  // namespace m2sim::cmd
