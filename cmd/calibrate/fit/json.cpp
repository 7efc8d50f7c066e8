#include <cmath>
#include <nlohmann/json.hpp>

#include "cmd/calibrate/fit/report.h"
#include "cmd/calibrate/fit/words.h"

namespace m2sim::cmd {
namespace {

using Json = nlohmann::ordered_json;

Json errors_json(const calibration::FitErrors& errors) {
  return {{"weighted", errors.weighted}, {"mean", errors.mean}};
}

Json validation_json(const calibration::CrossValidation& validation, const calibration::FitErrors& errors,
                     const calibration::FitErrors& fitted) {
  Json json = errors_json(errors);
  json["groups"] = validation.groups;
  json["ratio"] = fitted.weighted > 0 ? Json(errors.weighted / fitted.weighted) : Json();
  return json;
}

Json errors_of(const FitSummary& summary) {
  const calibration::FitResult& result = summary.result;
  Json json = {{"before", errors_json(result.errors_before)}, {"fitted", errors_json(result.errors)}};
  if (result.folds) json["folds"] = validation_json(*result.folds, result.fold_errors, result.errors);
  if (result.sets) json["sets"] = validation_json(*result.sets, result.set_errors, result.errors);
  if (result.confirmed) {
    json["confirmed_before"] = errors_json(result.confirmed_errors_before);
    json["confirmed"] = errors_json(result.confirmed_errors);
  }
  return json;
}

Json parameters_of(const FitSummary& summary, const FitTask& task) {
  Json json = Json::array();
  for (std::size_t i = 0; i < task.parameters.size(); ++i) {
    const calibration::FittedParameter& fitted = summary.result.parameters[i];
    const calibration::FitParameter& parameter = task.parameters[i];
    json.push_back({{"path", parameter.path},
                    {"min", parameter.min},
                    {"max", parameter.max},
                    {"before", parameter.own},
                    {"value", fitted.value},
                    {"fitted", calibration::is_fitted(fitted.determination)},
                    {"determination", determination_name(fitted.determination)},
                    {"low", fitted.allowed.low},
                    {"high", fitted.allowed.high},
                    {"standard_error", fitted.standard_error ? Json(*fitted.standard_error) : Json()},
                    {"says", interval_text(fitted, parameter)}});
  }
  return json;
}

Json number(double value) { return std::isnan(value) ? Json() : Json(value); }

Json observations_of(const FitSummary& summary, const FitTask& task) {
  const calibration::FitResult& result = summary.result;
  Json json = Json::array();
  for (std::size_t i = 0; i < task.observations.size(); ++i) {
    const calibration::FitObservation& observation = task.observations[i];
    Json row = {{"set", observation.set},           {"name", observation.name},
                {"measured", observation.measured}, {"low", observation.low},
                {"high", observation.high},         {"before", number(result.before[i])},
                {"fitted", number(result.after[i])}};
    if (result.confirmed) row["confirmed"] = number((*result.confirmed)[i]);
    if (result.folds) row["held_out"] = number(result.folds->held_out[i]);
    if (result.sets) row["held_out_with_its_set"] = number(result.sets->held_out[i]);
    json.push_back(std::move(row));
  }
  return json;
}

}  // namespace

std::string fit_json(const FitSummary& summary, const FitTask& task) {
  const calibration::FitResult& result = summary.result;
  Json json;
  json["schema_version"] = 1;
  json["name"] = summary.name;
  json["date"] = summary.date;
  json["manifest"] = model_json(summary.model);
  json["confirmed_in"] = summary.confirm.empty() ? Json() : Json(summary.confirm);
  json["seed"] = summary.options.search.seed;
  json["model_error"] = summary.options.loss.model_error;
  json["robust"] = summary.options.loss.robust;
  json["evaluations"] = result.evaluations;
  json["confirming_evaluations"] = result.confirming_evaluations;
  json["loss"] = {{"before", result.loss_before}, {"fitted", result.loss}, {"scatter", result.scatter}};
  json["errors"] = errors_of(summary);
  json["parameters"] = parameters_of(summary, task);
  json["move_together"] = Json::array();
  for (const calibration::MovingTogether& pair : result.together) {
    json["move_together"].push_back({{"a", task.parameters[pair.a].path},
                                     {"b", task.parameters[pair.b].path},
                                     {"correlation", pair.correlation}});
  }
  json["observations"] = observations_of(summary, task);
  json["sets"] = Json::array();
  for (const FitSet& set : task.sets) {
    json["sets"].push_back({{"name", set.name},
                            {"chip", set.chip},
                            {"observations", set.observations},
                            {"clock_factor", set.clock.factor},
                            {"clock_factor_by", set.clock.program}});
  }
  json["left_out"] = task.left_out;
  return json_text(json);
}

}  // namespace m2sim::cmd
