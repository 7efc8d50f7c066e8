#include "cmd/calibrate/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cmd/console/terminal.h"
#include "cmd/results/report.h"
#include "cmd/results/stats_file.h"

namespace m2sim::cmd {
namespace {

using calibration::Compared;
using calibration::Experiment;
using calibration::FigureInfo;
using calibration::Figures;
using calibration::kFigures;
using calibration::Rollup;
using nlohmann::ordered_json;

constexpr std::size_t kFittedWidth = 44;

std::string fitted(std::string_view name, std::size_t width = kFittedWidth) {
  if (name.size() <= width) return fmt::format("{:<{}}", name, width);
  return fmt::format("{}..", name.substr(0, width - 2));
}

std::string two_digits(const std::optional<double>& value) {
  return value ? fmt::format("{:.2f}", *value) : std::string("-");
}

std::string share_line(const Rollup& rollup, std::size_t width) {
  std::string line = fmt::format("{:<{}} {:>6} of {:>6} agree {:>8.2f} %", rollup.name, width,
                                 grouped(rollup.agree), grouped(rollup.experiments), 100 * rollup.share());
  if (rollup.failed > 0) line += fmt::format("; {} did not run", rollup.failed);
  return line + "\n";
}

// The figures of the worst experiment that disagree: "cycles 6.00 (3.00 measured)".
std::string differences(const Compared& compared) {
  std::string text;
  for (const FigureInfo& figure : kFigures) {
    const auto& measured = compared.experiment->measured.*figure.member;
    const auto& ours = compared.ours.figures.*figure.member;
    if (!measured || !ours || calibration::distance(*ours, *measured) <= 1) continue;
    text += fmt::format("{}{} {} ({})", text.empty() ? "" : ", ", figure.name, two_digits(ours),
                        two_digits(measured));
  }
  return text;
}

std::size_t shown_of(const std::vector<Rollup>& rollups, unsigned top) {
  std::size_t count = 0;
  for (const Rollup& rollup : rollups) {
    if (rollup.disagree() > 0 && (top == 0 || count < top)) ++count;
  }
  return count;
}

std::string class_table(const CalibrationSummary& summary, unsigned top, bool color) {
  const std::vector<Rollup>& classes = summary.comparison.classes;
  const std::size_t count = shown_of(classes, top);
  if (count == 0) return "";
  std::string text =
      "\n" + paint("disagree    of  class, with its worst: ours (measured)", Color::kBold, color) + "\n";
  for (std::size_t i = 0; i < count; ++i) {
    const Rollup& rollup = classes[i];
    text += fmt::format("{:>8} {:>5}  {}\n{:16}{}: {}\n", rollup.disagree(), rollup.experiments, rollup.name,
                        "", rollup.worst->experiment->name, differences(*rollup.worst));
  }
  return text;
}

std::string form_table(const CalibrationSummary& summary, unsigned top, bool color) {
  const std::vector<Rollup>& forms = summary.comparison.forms;
  const std::size_t count = shown_of(forms, top);
  if (count == 0) return "";
  const std::string head = fitted("form, the worst first") + "  ours (measured)";
  std::string text = "\n" + paint(head, Color::kBold, color) + "\n";
  for (std::size_t i = 0; i < count; ++i) {
    const Compared& worst = *forms[i].worst;
    text += fmt::format("{}  {}\n", fitted(worst.experiment->name), differences(worst));
  }
  return text;
}

std::string failed_table(const CalibrationSummary& summary, bool color) {
  std::string text;
  for (const Compared& compared : summary.comparison.experiments) {
    if (compared.ran()) continue;
    text += fmt::format("{}  {}\n", fitted(compared.experiment->name), printable(compared.ours.failure));
  }
  if (text.empty()) return "";
  return "\n" + paint("did not run", Color::kBold, color) + "\n" + text;
}

ordered_json figures_json(const Figures& figures) {
  ordered_json json = ordered_json::object();
  for (const FigureInfo& figure : kFigures) {
    if (const auto& value = figures.*figure.member) json[figure.name] = *value;
  }
  return json;
}

ordered_json rollup_json(const Rollup& rollup) {
  ordered_json json;
  json["name"] = rollup.name;
  json["experiments"] = rollup.experiments;
  json["agree"] = rollup.agree;
  json["did_not_run"] = rollup.failed;
  json["share"] = rollup.share();
  if (rollup.worst != nullptr) {
    json["worst"] = {{"name", rollup.worst->experiment->name}, {"distance", rollup.worst->worst}};
  }
  return json;
}

ordered_json rollups_json(const std::vector<Rollup>& rollups) {
  ordered_json json = ordered_json::array();
  for (const Rollup& rollup : rollups) json.push_back(rollup_json(rollup));
  return json;
}

ordered_json experiment_json(const Compared& compared) {
  const Experiment& experiment = *compared.experiment;
  ordered_json json;
  json["name"] = experiment.name;
  json["form"] = experiment.form;
  json["class"] = experiment.group;
  json["kind"] = calibration::name_of(experiment.kind);
  json["dependence"] = experiment.dependence;
  json["body"] = experiment.body;
  json["agrees"] = compared.agrees();
  json["measured"] = figures_json(experiment.measured);
  if (compared.ran()) {
    json["ours"] = figures_json(compared.ours.figures);
    json["distance"] = compared.worst;
  } else {
    json["did_not_run"] = compared.ours.failure;
  }
  return json;
}

std::string csv_number(const std::optional<double>& value) {
  return value ? fmt::format("{:.5g}", *value) : std::string();
}

}  // namespace

std::string calibration_table(const CalibrationSummary& summary, unsigned top, bool color) {
  std::string text =
      class_table(summary, top, color) + form_table(summary, top, color) + failed_table(summary, color);
  if (!text.empty()) text = text.substr(1) + "\n";
  return text + calibration_totals(summary, color);
}

std::string calibration_totals(const CalibrationSummary& summary, bool color) {
  const calibration::Comparison& comparison = summary.comparison;
  constexpr std::size_t kWidth = 16;
  std::string text = paint(model_name(summary.model), Color::kBold, color) +
                     fmt::format(": figures agree within the larger of {:.0f} % and {} of a cycle or uop\n",
                                 100 * calibration::kRelativeTolerance, calibration::kAbsoluteTolerance);
  for (const Rollup& rollup : comparison.kinds) text += share_line(rollup, kWidth);
  for (const Rollup* rollup : {&comparison.cycles, &comparison.counts}) {
    if (rollup->experiments > 0) text += share_line(*rollup, kWidth);
  }
  return text;
}

nlohmann::ordered_json calibration_object(const CalibrationSummary& summary) {
  const calibration::Comparison& comparison = summary.comparison;
  ordered_json json;
  json["schema_version"] = kSchemaVersion;
  json["manifest"] = model_json(summary.model);
  json["tolerance"] = {{"relative", calibration::kRelativeTolerance},
                       {"absolute", calibration::kAbsoluteTolerance}};
  json["cycles"] = rollup_json(comparison.cycles);
  json["counts"] = rollup_json(comparison.counts);
  json["kinds"] = rollups_json(comparison.kinds);
  json["classes"] = rollups_json(comparison.classes);
  json["forms"] = rollups_json(comparison.forms);
  json["experiments"] = ordered_json::array();
  for (const Compared& compared : comparison.experiments)
    json["experiments"].push_back(experiment_json(compared));
  return json;
}

std::string calibration_csv(const CalibrationSummary& summary) {
  std::string text = "name,form,class,kind,dependence,agrees,distance,did_not_run";
  for (const FigureInfo& figure : kFigures) text += fmt::format(",measured_{0},{0}", figure.name);
  text += ",body\n";
  for (const Compared& compared : summary.comparison.experiments) {
    const Experiment& experiment = *compared.experiment;
    text +=
        fmt::format("{},{},{},{},{},{},{:.4g},{}", csv_field(experiment.name), csv_field(experiment.form),
                    csv_field(experiment.group), calibration::name_of(experiment.kind), experiment.dependence,
                    compared.agrees() ? 1 : 0, compared.worst, csv_field(compared.ours.failure));
    for (const FigureInfo& figure : kFigures) {
      text += "," + csv_number(experiment.measured.*figure.member) + "," +
              csv_number(compared.ours.figures.*figure.member);
    }
    text += "," + csv_field(experiment.body) + "\n";
  }
  return text;
}

}  // namespace m2sim::cmd
