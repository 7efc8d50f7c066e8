#include "cmd/calibrate/check_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "calibration/measured/grade.h"
#include "cmd/console/terminal.h"
#include "cmd/results/stats_file.h"

namespace m2sim::cmd {
namespace {

using calibration::Accuracy;
using calibration::AtClock;
using calibration::Check;
using calibration::Checked;
using calibration::CheckedSet;
using nlohmann::ordered_json;

constexpr std::array<std::string_view, 2> kGrades{"AB", "ABC"};

std::string figure(double value) {
  return std::abs(value) < 1000 ? fmt::format("{:.4g}", value) : fmt::format("{:.0f}", value);
}

std::string percent(double share) { return fmt::format("{:.1f} %", 100 * share); }
std::string signed_percent(double share) { return fmt::format("{:+.1f} %", 100 * share); }

// Half of the interval, as a share of what was measured.
std::string interval(const Checked& row) {
  const double wide =
      std::max(row.measured.high - *row.measured.cycles, *row.measured.cycles - row.measured.low);
  return wide == 0 ? std::string("-") : fmt::format("{:.1f} %", 100 * wide / *row.measured.cycles);
}

// Of what the clock was taken from there is none.
std::string error_text(const Checked& row, AtClock clock) {
  const double error = clock == AtClock::kOwn ? row.error() : row.error_as_assumed();
  return row.counts(clock) ? signed_percent(error) : "its clock";
}

constexpr char kRow[] = "  {:<30} {:>10} {:>8} {:>10} {:>9} {:>10}  {:<5} {}\n";

std::string program_row(const Checked& row, bool factor) {
  return fmt::format(kRow, printable(row.measured.program), figure(*row.measured.cycles), interval(row),
                     figure(*row.ours), error_text(row, AtClock::kAssumed),
                     factor ? error_text(row, AtClock::kOwn) : "", calibration::name_of(row.measured.grade),
                     row.core);
}

std::string accuracy_text(const Accuracy& accuracy) {
  std::string text =
      fmt::format("mean {}, median {}, worst {}, |a-b|/min {}", percent(accuracy.mean),
                  percent(accuracy.median), percent(accuracy.worst), percent(accuracy.mean_symmetric));
  if (accuracy.r2) text += fmt::format(", R2 {:.4f}", *accuracy.r2);
  return text;
}

std::string set_text(const Check& check, const CheckedSet& set, bool color) {
  std::string rows;
  const bool factor = !set.clock.program.empty();
  for (const Checked& row : check.rows) {
    if (row.measured.set == set.name && row.compared()) rows += program_row(row, factor);
  }
  if (rows.empty()) return "";
  std::string text =
      paint(fmt::format("{}: {}, clock {}", printable(set.name), printable(set.chip), set.clock_how),
            Color::kBold, color);
  if (factor) {
    text += fmt::format("; its own is {:.3f} of that, as {} cannot be faster", set.clock.factor,
                        printable(set.clock.program));
  }
  text += "\n" + fmt::format(kRow, "program, cycles an iteration", "measured", "95 %", "ours", "error",
                             factor ? "own clock" : "", "grade", "core");
  text += rows;
  if (set.as_assumed.count < 2) return text + "\n";
  text += fmt::format("  {} programs: {}\n", set.as_assumed.count, accuracy_text(set.as_assumed));
  if (factor && set.own.count > 1)
    text += fmt::format("  {} with its own clock: {}\n", set.own.count, accuracy_text(set.own));
  return text + "\n";
}

std::string counters_text(const Check& check, bool color) {
  std::string rows;
  for (const Checked& row : check.rows) {
    for (const auto& [name, ours] : row.our_counters) {
      rows += fmt::format("  {:<30} {:<36} {:>12} {:>12}\n", printable(row.measured.program), name,
                          figure(row.measured.counters.at(name)), figure(ours));
    }
  }
  if (rows.empty()) return "";
  const std::string head =
      fmt::format("  {:<30} {:<36} {:>12} {:>12}\n", "program", "counter, an iteration", "measured", "ours");
  return paint("Counters", Color::kBold, color) + "\n" + head + rows + "\n";
}

std::string left_out_text(const Check& check, bool color) {
  std::string rows;
  for (const Checked& row : check.rows) {
    if (row.compared()) continue;
    rows += fmt::format("  {:<30} {}: {}\n", printable(row.measured.program), printable(row.measured.set),
                        printable(row.failure));
  }
  return rows.empty() ? "" : paint("Not compared", Color::kBold, color) + "\n" + rows + "\n";
}

std::string_view spoken(std::string_view grades) { return grades == "AB" ? "A and B" : "A, B and C"; }

std::string overall_text(const Check& check, bool color) {
  std::string text = paint("Measured programs", Color::kBold, color) + "\n";
  for (const std::string_view grades : kGrades) {
    const Accuracy own = check.overall(grades, AtClock::kOwn);
    if (own.count == 0) continue;
    text += fmt::format("  grades {}, {} of them: {}\n", spoken(grades), own.count, accuracy_text(own));
    const Accuracy assumed = check.overall(grades, AtClock::kAssumed);
    text +=
        fmt::format("    {} at the clocks that were assumed: {}\n", assumed.count, accuracy_text(assumed));
  }
  return text;
}

ordered_json accuracy_json(const Accuracy& accuracy) {
  ordered_json json{{"count", accuracy.count},
                    {"mean", accuracy.mean},
                    {"median", accuracy.median},
                    {"worst", accuracy.worst},
                    {"symmetric", accuracy.mean_symmetric}};
  if (accuracy.r2) json["r2"] = *accuracy.r2;
  return json;
}

ordered_json regression_json(const calibration::Graded& measured) {
  if (!measured.regression) return nullptr;
  const calibration::Regression& line = *measured.regression;
  return {{"over", measured.regression_over == calibration::Over::kCycles ? "cycles" : "ns"},
          {"iterations", line.x},
          {"values", line.y},
          {"residuals", line.residuals},
          {"slope", line.slope},
          {"intercept", line.intercept},
          {"r2", line.r2},
          {"theil_sen", line.theil_sen}};
}

ordered_json checked_json(const Checked& row) {
  const calibration::Graded& measured = row.measured;
  ordered_json json;
  json["program"] = measured.program;
  json["set"] = measured.set;
  json["unit"] = measured.unit;
  json["chip"] = measured.chip;
  json["core_type"] = measured.core_type;
  json["grade"] = calibration::name_of(measured.grade);
  json["reasons"] = measured.reasons;
  json["clock"] = measured.clock_how;
  json["gives_clock"] = measured.gives_clock;
  json["clock_factor"] = row.clock_factor;
  json["gives_factor"] = row.gives_factor;
  if (measured.cycles)
    json["measured"] = {{"cycles", *measured.cycles}, {"low", measured.low}, {"high", measured.high}};
  json["core"] = row.core;
  if (row.ours) json["ours"] = *row.ours;
  if (row.our_instructions) json["instructions"] = *row.our_instructions;
  if (row.compared()) {
    json["error"] = row.error();
    json["error_as_assumed"] = row.error_as_assumed();
    json["symmetric"] = calibration::symmetric(row.error());
  } else {
    json["not_compared"] = row.failure;
  }
  if (!row.our_counters.empty())
    json["counters"] = {{"measured", measured.counters}, {"ours", row.our_counters}};
  json["regression"] = regression_json(measured);
  return json;
}

ordered_json programs_json(const Check& check) {
  ordered_json json;
  for (const std::string_view grades : kGrades) {
    json["overall"][grades] = {{"own_clock", accuracy_json(check.overall(grades, AtClock::kOwn))},
                               {"assumed_clock", accuracy_json(check.overall(grades, AtClock::kAssumed))}};
  }
  json["sets"] = ordered_json::array();
  for (const CheckedSet& set : check.sets) {
    ordered_json entry{{"name", set.name},
                       {"chip", set.chip},
                       {"clock", set.clock_how},
                       {"clock_factor", set.clock.factor},
                       {"clock_factor_of", set.clock.program}};
    entry["own_clock"] = accuracy_json(set.own);
    entry["assumed_clock"] = accuracy_json(set.as_assumed);
    json["sets"].push_back(std::move(entry));
  }
  json["rows"] = ordered_json::array();
  for (const Checked& row : check.rows) json["rows"].push_back(checked_json(row));
  return json;
}

}  // namespace

std::string accuracy_table(const AccuracySummary& summary, bool color) {
  std::string text;
  if (summary.programs) {
    const Check& check = *summary.programs;
    for (const CheckedSet& set : check.sets) text += set_text(check, set, color);
    text += counters_text(check, color) + left_out_text(check, color) + overall_text(check, color);
  }
  if (summary.instructions) text += "\n" + calibration_totals(*summary.instructions, color);
  if (summary.structures) text += "\n" + structures_totals(*summary.structures, color);
  return text + fmt::format("\nm2sim {} ({}), {}, {}\n", version(), revision(), mode_name(summary.model.mode),
                            summary.date);
}

ordered_json accuracy_object(const AccuracySummary& summary) {
  ordered_json json;
  json["schema_version"] = kSchemaVersion;
  json["manifest"] = model_json(summary.model);
  json["date"] = summary.date;
  if (summary.programs) json["programs"] = programs_json(*summary.programs);
  if (summary.instructions) json["instructions"] = calibration_object(*summary.instructions);
  if (summary.structures) json["structures"] = structures_object(*summary.structures);
  return json;
}

std::string accuracy_csv(const AccuracySummary& summary) {
  std::string text =
      "set,program,unit,chip,core,grade,clock,clock_factor,measured,low,high,ours,error_as_assumed,error,"
      "symmetric,"
      "not_compared\n";
  if (!summary.programs) return text;
  for (const Checked& row : summary.programs->rows) {
    const calibration::Graded& measured = row.measured;
    text += fmt::format("{},{},{},{},{},{},{},{:.6g},", csv_field(measured.set), csv_field(measured.program),
                        csv_field(measured.unit), csv_field(measured.chip), csv_field(row.core),
                        calibration::name_of(measured.grade), measured.clock_how, row.clock_factor);
    text += measured.cycles
                ? fmt::format("{:.8g},{:.8g},{:.8g},", *measured.cycles, measured.low, measured.high)
                : std::string(",,,");
    text += row.ours ? fmt::format("{:.8g},", *row.ours) : std::string(",");
    text += row.compared() ? fmt::format("{:.6g},{:.6g},{:.6g},\n", row.error_as_assumed(), row.error(),
                                         calibration::symmetric(row.error()))
                           : fmt::format(",,,{}\n", csv_field(row.failure));
  }
  return text;
}

std::vector<NamedFigure> accuracy_figures(const AccuracySummary& summary) {
  std::vector<NamedFigure> figures;
  if (summary.programs) {
    for (const std::string_view grades : kGrades) {
      const Accuracy accuracy = summary.programs->overall(grades, AtClock::kOwn);
      if (accuracy.count == 0) continue;
      figures.push_back({fmt::format("{}.mean", grades), accuracy.mean});
      figures.push_back({fmt::format("{}.median", grades), accuracy.median});
      figures.push_back({fmt::format("{}.worst", grades), accuracy.worst});
      if (accuracy.r2) figures.push_back({fmt::format("{}.r2", grades), *accuracy.r2});
    }
  }
  if (summary.instructions) {
    figures.push_back({"instructions.agree", summary.instructions->comparison.cycles.share()});
    figures.push_back({"uops.agree", summary.instructions->comparison.counts.share()});
  }
  if (summary.structures) {
    const calibration::StructureTotals totals = calibration::totals_of(summary.structures->curves);
    const auto share = [](const calibration::AgreeingFigures& of) {
      return of.all == 0 ? 1.0 : static_cast<double>(of.agree) / static_cast<double>(of.all);
    };
    figures.push_back({"knees.agree", share(totals.knees)});
    figures.push_back({"plateaus.agree", share(totals.plateaus)});
    figures.push_back({"points.error", totals.points_error});
  }
  return figures;
}

}  // namespace m2sim::cmd
