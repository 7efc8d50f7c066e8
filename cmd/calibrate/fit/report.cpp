#include "cmd/calibrate/fit/report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "cmd/calibrate/fit/words.h"
#include "cmd/console/terminal.h"
#include "cmd/results/config_file.h"

namespace m2sim::cmd {
namespace {

using calibration::FitErrors;
using calibration::FitParameter;
using calibration::FittedParameter;
using calibration::is_fitted;

std::string percent_text(double share) { return fmt::format("{:.2f} %", 100 * share); }

std::string ratio_text(double validated, double fitted) {
  return fitted > 0 ? fmt::format("{:.2f}", validated / fitted) : "-";
}

std::size_t longest(const FitTask& task) {
  std::size_t width = 10;
  for (const FitParameter& parameter : task.parameters) width = std::max(width, parameter.path.size());
  return width;
}

std::string head(const FitSummary& summary, const FitTask& task) {
  const auto& chosen = summary.result.chosen;
  std::string text =
      fmt::format("{}: {} parameters, {} measurements, {}{}, seed {}, {} evaluations", summary.name,
                  task.parameters.size(), std::ranges::count(chosen, true), model_name(summary.model),
                  summary.confirm.empty() ? "" : fmt::format(" (confirmed in {})", summary.confirm),
                  summary.options.search.seed, summary.result.evaluations);
  if (!summary.confirm.empty()) text += fmt::format(" and {}", summary.result.confirming_evaluations);
  text += fmt::format(
      "\nloss: {} of ln(predicted / measured) over sigma, which joins each interval and a model error of "
      "{:g} %\n",
      summary.options.loss.robust ? "Huber's function" : "the square",
      100 * summary.options.loss.model_error);
  if (summary.result.scatter > 1)
    text += fmt::format(
        "the model misses the measurements by {:.1f} times what sigma says: intervals are wider by that\n",
        std::sqrt(summary.result.scatter));
  return text;
}

std::string parameter_lines(const FitSummary& summary, const FitTask& task, bool color) {
  const std::size_t width = longest(task);
  std::string text = fmt::format("\n{:{}} {:>7} {:>7}  {:>8}  {}\n", "parameter", width, "before", "now",
                                 "error", "95 % interval");
  for (std::size_t i = 0; i < task.parameters.size(); ++i) {
    const FittedParameter& fitted = summary.result.parameters[i];
    const FitParameter& parameter = task.parameters[i];
    const std::string error = fitted.standard_error ? fmt::format("{:.2f}", *fitted.standard_error) : "";
    const Color shade = is_fitted(fitted.determination) ? Color::kNone : Color::kYellow;
    text += paint(fmt::format("{:{}} {:>7} {:>7}  {:>8}  {}", parameter.path, width, parameter.own,
                              is_fitted(fitted.determination) ? std::to_string(fitted.value) : "kept", error,
                              interval_text(fitted, parameter)),
                  shade, color) +
            "\n";
  }
  for (const calibration::MovingTogether& pair : summary.result.together) {
    text += fmt::format("{} and {} move together (r = {:.3f})\n", task.parameters[pair.a].path,
                        task.parameters[pair.b].path, pair.correlation);
  }
  return text;
}

std::string error_line(std::string_view name, const FitErrors& errors, const FitErrors* fitted) {
  return fmt::format("{:34} {:>9} {:>7} {:>9} {:>7}\n", name, percent_text(errors.weighted),
                     fitted != nullptr ? ratio_text(errors.weighted, fitted->weighted) : "",
                     percent_text(errors.mean),
                     fitted != nullptr ? ratio_text(errors.mean, fitted->mean) : "");
}

std::string error_lines(const FitSummary& summary) {
  const calibration::FitResult& result = summary.result;
  std::string text =
      fmt::format("\n{:34} {:>9} {:>7} {:>9} {:>7}\n", "error", "weighted", "ratio", "mean", "ratio");
  text += error_line("before", result.errors_before, nullptr);
  text += error_line("fitted", result.errors, nullptr);
  if (result.folds)
    text += error_line(fmt::format("cross-validated, {} folds", result.folds->groups), result.fold_errors,
                       &result.errors);
  if (result.sets)
    text += error_line(fmt::format("cross-validated, {} sets", result.sets->groups), result.set_errors,
                       &result.errors);
  if (result.confirmed) {
    text += error_line(fmt::format("{}, before", summary.confirm), result.confirmed_errors_before, nullptr);
    text += error_line(fmt::format("{}, fitted", summary.confirm), result.confirmed_errors, nullptr);
  }
  return text;
}

std::string observation_lines(const FitSummary& summary, const FitTask& task) {
  const calibration::FitResult& result = summary.result;
  const calibration::Predictions& before = result.confirmed_before ? *result.confirmed_before : result.before;
  const calibration::Predictions& after = result.confirmed ? *result.confirmed : result.after;
  std::string text = fmt::format("\n{:24} {:34} {:>10} {:>10} {:>8} {:>8} {:>8}\n", "set", "measurement",
                                 "measured", "now", "before", "now", "held out");
  const auto error = [&](double predicted, std::size_t i) {
    return fmt::format("{:+.1f} %", 100 * (predicted / task.observations[i].measured - 1));
  };
  for (std::size_t i = 0; i < task.observations.size(); ++i) {
    const calibration::FitObservation& observation = task.observations[i];
    text += fmt::format("{:24} {:34} {:>10.4g} ", observation.set, observation.name, observation.measured);
    if (!result.chosen[i]) {
      text += "does not run\n";
      continue;
    }
    text += fmt::format("{:>10.4g} {:>8} {:>8} {:>8}\n", after[i], error(before[i], i), error(after[i], i),
                        result.folds ? error(result.folds->held_out[i], i) : "");
  }
  for (const FitSet& set : task.sets) {
    if (set.clock.program.empty()) continue;
    text +=
        fmt::format("{}: its clock was assumed; at {:.3f} of that, which {} shows, the cycles are these\n",
                    set.name, set.clock.factor, set.clock.program);
  }
  if (!task.left_out.empty()) text += fmt::format("left out: {}\n", fmt::join(task.left_out, "; "));
  return text;
}

}  // namespace

std::string fit_table(const FitSummary& summary, const FitTask& task, bool color) {
  return head(summary, task) + parameter_lines(summary, task, color) + error_lines(summary) +
         observation_lines(summary, task);
}

std::string fit_toml(const FitSummary& summary, const FitTask& task) {
  const calibration::FitResult& result = summary.result;
  const std::string last =
      summary.confirm.empty() ? std::string(mode_name(summary.model.mode)) : summary.confirm;
  std::string text =
      fmt::format("# {} of {}: m2sim {} ({}), {}, {}, {} measurements, seed {}\n", summary.name, summary.date,
                  version(), revision(), model_name(summary.model), "errors in " + last,
                  std::ranges::count(result.chosen, true), summary.options.search.seed);
  const FitErrors& before = result.confirmed ? result.confirmed_errors_before : result.errors_before;
  const FitErrors& after = result.confirmed ? result.confirmed_errors : result.errors;
  text += fmt::format("# mean error {} before, {} now", percent_text(before.mean), percent_text(after.mean));
  if (result.folds)
    text += fmt::format("; cross-validated {} ({})", percent_text(result.fold_errors.mean),
                        mode_name(summary.model.mode));
  text += "\n";
  for (std::size_t i = 0; i < task.parameters.size(); ++i) {
    const FittedParameter& fitted = result.parameters[i];
    if (is_fitted(fitted.determination)) continue;
    text += fmt::format("# not fitted: {} keeps {}; {}\n", task.parameters[i].path, task.parameters[i].own,
                        interval_text(fitted, task.parameters[i]));
  }
  const timing::CoreConfig config = task.with(result.values);
  const auto comment = [&](const timing::Field& field) -> std::string {
    for (std::size_t i = 0; i < task.parameters.size(); ++i) {
      if (task.parameters[i].path != field.path) continue;
      const FittedParameter& fitted = result.parameters[i];
      if (!is_fitted(fitted.determination)) break;
      return fmt::format("fitted: {} of {}, {} measurements, {} (95 %), {} before", summary.name,
                         summary.date, std::ranges::count(result.chosen, true),
                         interval_text(fitted, task.parameters[i]), task.parameters[i].own);
    }
    return "";
  };
  return text + difference_toml(config, summary.base, comment);
}

}  // namespace m2sim::cmd
