#include "cmd/calibrate/ingest_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "cmd/console/terminal.h"
#include "cmd/results/report.h"
#include "cmd/results/stats_file.h"

namespace m2sim::cmd {
namespace {

using calibration::Grade;
using calibration::Graded;
using calibration::Over;
using nlohmann::ordered_json;

constexpr std::array kAllGrades{Grade::kA, Grade::kB, Grade::kC, Grade::kX};

// Four digits or more, and no more than mean something.
std::string figure_text(const std::optional<double>& value) {
  if (!value) return "-";
  if (std::abs(*value) >= 10'000) return grouped(static_cast<std::uint64_t>(std::llround(*value)));
  return fmt::format("{:.{}f}", *value, std::abs(*value) >= 100 ? 1 : 3);
}

Color grade_color(Grade grade) {
  if (grade == Grade::kA) return Color::kGreen;
  return grade == Grade::kB ? Color::kNone : grade == Grade::kC ? Color::kYellow : Color::kRed;
}

std::string interval_of(const Graded& graded) {
  if (!graded.cycles || graded.low == graded.high) return "-";
  return figure_text(graded.low) + " to " + figure_text(graded.high);
}

// Start-up in milliseconds, or in cycles where only those were counted.
std::string intercept_of(const Graded& graded) {
  if (!graded.regression) return "-";
  const double value = graded.regression->intercept;
  if (graded.regression_over == Over::kNanoseconds) return fmt::format("{:.3f} ms", value * 1e-6);
  return fmt::format("{:.3g} cyc", value);
}

constexpr char kIngestRow[] = "{:<22} {:>12} {:>25} {:>10} {:>9} {:>10}  {}\n";

// As many in a line as it holds.
std::string reasons_of(const Graded& graded) {
  constexpr std::size_t kWidth = 100;
  std::string text;
  std::string line;
  for (const std::string& reason : graded.reasons) {
    if (!line.empty() && line.size() + reason.size() > kWidth) {
      text += line + "\n";
      line.clear();
    }
    line += (line.empty() ? "    " : "; ") + printable(reason);
  }
  return line.empty() ? text : text + line + "\n";
}

std::string measured_row(const Graded& graded, bool color) {
  const std::string r2 = graded.regression ? fmt::format("{:.5f}", graded.regression->r2) : "-";
  const std::string grade = paint(std::string(name_of(graded.grade)), grade_color(graded.grade), color);
  std::string text =
      fmt::format(kIngestRow, printable(graded.program), figure_text(graded.cycles), interval_of(graded),
                  figure_text(graded.ns), r2, intercept_of(graded), grade);
  return text + paint(reasons_of(graded), Color::kDim, color);
}

std::string set_head(const Graded& first, bool color) {
  std::string clock = first.clock_how;
  // Beside counted cycles and clocks of single readings each program has its own.
  if (first.clock_ghz && first.regression_over == Over::kNanoseconds) {
    clock += fmt::format(" {:.4g} GHz", *first.clock_ghz);
  }
  return "\n" + paint(printable(first.set), Color::kBold, color) +
         fmt::format(": {}, core {}, clock {}\n    {}\n", printable(first.chip), first.core_type, clock,
                     printable(first.source));
}

std::string grade_counts(const std::vector<Graded>& graded, std::size_t sets) {
  std::string text = fmt::format("\n{} measurements in {} set{}:", graded.size(), sets, sets == 1 ? "" : "s");
  for (const Grade grade : kAllGrades) {
    text += fmt::format(" {} {}{}", std::ranges::count(graded, grade, &Graded::grade), name_of(grade),
                        grade == Grade::kX ? "\n" : ",");
  }
  return text;
}

ordered_json or_null(const std::optional<double>& value) {
  return value ? ordered_json(*value) : ordered_json(nullptr);
}

ordered_json regression_json(const calibration::Regression& line, Over over) {
  return {{"over", over == Over::kCycles ? "cycles" : "ns"},
          {"iterations", line.x},
          {"values", line.y},
          {"residuals", line.residuals},
          {"slope", line.slope},
          {"slope_error", line.slope_error},
          {"slope_low", line.slope_low},
          {"slope_high", line.slope_high},
          {"intercept", line.intercept},
          {"intercept_error", line.intercept_error},
          {"r2", line.r2},
          {"theil_sen", line.theil_sen},
          {"theil_sen_low", line.theil_sen_low},
          {"theil_sen_high", line.theil_sen_high}};
}

std::string or_empty(const std::optional<double>& value) {
  return value ? fmt::format("{}", *value) : std::string();
}

}  // namespace

ordered_json graded_json(const Graded& graded) {
  ordered_json json{{"set", graded.set},
                    {"source", graded.source},
                    {"program", graded.program},
                    {"unit", graded.unit},
                    {"chip", graded.chip},
                    {"core_type", graded.core_type},
                    {"grade", name_of(graded.grade)},
                    {"reasons", graded.reasons}};
  json["cycles"] = or_null(graded.cycles);
  json["low"] = graded.cycles ? ordered_json(graded.low) : ordered_json(nullptr);
  json["high"] = graded.cycles ? ordered_json(graded.high) : ordered_json(nullptr);
  json["ns"] = or_null(graded.ns);
  json["clock_ghz"] = or_null(graded.clock_ghz);
  json["clock"] = graded.clock_how;
  json["certain_cycles"] = or_null(graded.certain_cycles);
  json["note"] = graded.note;
  if (graded.regression) json["regression"] = regression_json(*graded.regression, graded.regression_over);
  json["counters"] = graded.counters;
  return json;
}

std::string ingest_table(const std::vector<Graded>& graded, bool color) {
  std::string text =
      paint(fmt::format(kIngestRow, "program", "cycles", "95 % interval", "ns", "R2", "intercept", "grade"),
            Color::kBold, color);
  std::size_t sets = 0;
  for (std::size_t i = 0; i < graded.size(); ++i) {
    if (i == 0 || graded[i].set != graded[i - 1].set) {
      text += set_head(graded[i], color);
      ++sets;
    }
    text += measured_row(graded[i], color);
  }
  return text + grade_counts(graded, sets);
}

std::string ingest_json(const std::vector<Graded>& graded) {
  ordered_json json;
  json["schema_version"] = kSchemaVersion;
  json["measurements"] = ordered_json::array();
  for (const Graded& one : graded) json["measurements"].push_back(graded_json(one));
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string ingest_csv(const std::vector<Graded>& graded) {
  std::string text =
      "set,program,chip,core_type,grade,cycles,low,high,ns,clock_ghz,clock,slope_error_percent,theil_sen,r2,"
      "intercept,reasons\n";
  for (const Graded& one : graded) {
    const auto& line = one.regression;
    std::string reasons;
    for (const std::string& reason : one.reasons) reasons += (reasons.empty() ? "" : "; ") + reason;
    text +=
        fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", csv_field(one.set),
                    csv_field(one.program), csv_field(one.chip), one.core_type, name_of(one.grade),
                    or_empty(one.cycles), one.cycles ? fmt::format("{}", one.low) : "",
                    one.cycles ? fmt::format("{}", one.high) : "", or_empty(one.ns), or_empty(one.clock_ghz),
                    one.clock_how, line ? fmt::format("{}", 100 * line->relative_error()) : "",
                    line ? fmt::format("{}", line->theil_sen) : "", line ? fmt::format("{}", line->r2) : "",
                    line ? fmt::format("{}", line->intercept) : "", csv_field(reasons));
  }
  return text;
}

}  // namespace m2sim::cmd
