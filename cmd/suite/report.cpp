#include "cmd/suite/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cmd/console/terminal.h"
#include "cmd/results/report.h"

namespace m2sim::cmd {
namespace {

constexpr std::size_t kTableWidth = 100;  // the least that a wide terminal has; no line is longer
constexpr double kNearPercent = 5;        // differences up to here are shown as good ones
constexpr double kFarPercent = 20;        // from here on as bad ones

std::string fixed(double value, int digits) { return fmt::format("{:.{}f}", value, digits); }

// In millions where all digits would not fit their column.
std::string whole(double value) {
  constexpr double kMostInFull = 9'999'999'999;
  if (value <= kMostInFull) return grouped(static_cast<std::uint64_t>(value));
  return grouped(static_cast<std::uint64_t>(value / 1e6)) + "M";
}

// A figure that a mode lacks is a dash, never a zero.
std::string cell(const SuiteResult& result, const std::string& stat, int digits) {
  if (!result.stats.contains(stat)) return "-";
  return digits == 0 ? whole(result.stat(stat)) : fixed(result.stat(stat), digits);
}

Color difference_color(double percent) {
  if (std::abs(percent) <= kNearPercent) return Color::kGreen;
  return std::abs(percent) >= kFarPercent ? Color::kRed : Color::kYellow;
}

bool starts_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }

// The text in lines of at most `width` columns, cut at a blank where there is one; all but the first are
// indented.
std::string folded(std::string_view text, std::size_t width, std::size_t indent) {
  std::string lines;
  while (text.size() > width) {
    std::size_t end = text.rfind(' ', width);
    if (end == std::string_view::npos || end == 0) {
      end = width;
      while (end > 1 && !starts_character(text[end])) --end;
    }
    lines += std::string(text.substr(0, end)) + "\n" + std::string(indent, ' ');
    text.remove_prefix(end);
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  }
  return lines + std::string(text) + "\n";
}

// A program's name, cut where the figures beside it would not fit.
std::string name_cell(std::string name, std::size_t width) {
  if (name.size() > width) name = name.substr(0, width - 2) + "..";
  return fmt::format("{:<{}}", name, width);
}

constexpr char kRow[] = "{} {:>14} {:>14} {:>8} {:>6} {:>7} {:>12} {:>8} {:>7}\n";
constexpr std::size_t kRowFigures = 84;  // the columns of kRow behind the name

std::string table_head(std::size_t name_width, bool color) {
  const std::string head = fmt::format(kRow, name_cell("program", name_width), "instructions", "cycles",
                                       "CPI", "IPC", "br MPKI", "L1D misses", "L1D MPKI", "MIPS");
  return paint(head, Color::kBold, color);
}

std::string table_row(const SuiteProgram& program, const SuiteResult& result, std::size_t name_width,
                      bool color) {
  const std::string name = name_cell(program.name, name_width);
  if (!result.ok) {
    const std::string text = folded("FAILED: " + result.error, kTableWidth - name_width - 1, name_width + 1);
    return name + " " + paint(text, Color::kRed, color);
  }
  const double insts = result.stat("emulation.insts");
  const bool has_misses = result.stats.contains("l1d.misses") && insts > 0;
  const std::string l1d_mpki = has_misses ? fixed(1000 * result.stat("l1d.misses") / insts, 3) : "-";
  return fmt::format(kRow, name, cell(result, "emulation.insts", 0), cell(result, "core.cycles", 0),
                     cell(result, "core.cpi", 4), cell(result, "core.ipc", 3), cell(result, "branch.mpki", 3),
                     cell(result, "l1d.misses", 0), l1d_mpki, cell(result, "host.mips", 1));
}

std::string mean_row(const SuiteSummary& summary, std::size_t name_width) {
  const auto mean = [&](const std::string& stat, int digits) {
    const double value = geometric_mean(summary, stat);
    return value > 0 ? fixed(value, digits) : std::string("-");
  };
  return fmt::format(kRow, name_cell("geometric mean", name_width), "", "", mean("core.cpi", 4),
                     mean("core.ipc", 3), "", "", "", mean("host.mips", 1));
}

std::string hardware_row(const SuiteProgram& program, const SuiteResult& result, std::size_t name_width,
                         bool color) {
  const std::optional<double> ours = cycles_per_iteration(program, result);
  const std::optional<double> difference = difference_percent(program, result);
  const std::string shown = fmt::format("{:>8}", difference ? fmt::format("{:+.1f}", *difference) : "-");
  return fmt::format("{} {:>15} {:>15} {} {:>6}\n", name_cell(program.name, name_width),
                     fixed(program.hardware->cycles_per_iteration, 2), ours ? fixed(*ours, 2) : "-",
                     paint(shown, difference ? difference_color(*difference) : Color::kNone, color),
                     program.hardware->grade);
}

// A table of its own: beside the others its columns would make lines that no terminal shows.
std::string hardware_table(const SuiteSummary& summary, std::size_t name_width, bool color) {
  std::string rows;
  for (std::size_t i = 0; i < summary.programs.size(); ++i) {
    if (!summary.results[i].ok || !summary.programs[i].hardware) continue;
    rows += hardware_row(summary.programs[i], summary.results[i], name_width, color);
  }
  if (rows.empty()) return "";
  const std::string head =
      fmt::format("{} {:>15} {:>15} {:>8} {:>6}\n", name_cell("cycles/iteration", name_width), "hardware",
                  "ours", "diff %", "grade");
  return "\n" + paint(head, Color::kBold, color) + rows;
}

std::string difference_lines(const SuiteSummary& summary) {
  std::string text;
  for (const std::string grades : {"AB", "ABC"}) {
    const std::optional<double> mean = mean_difference(summary, grades);
    const std::string shown = grades == "AB" ? "A and B" : "A, B and C";
    if (mean)
      text += fmt::format("mean absolute difference to hardware, grades {}: {:.1f} %\n", shown, *mean);
  }
  return text;
}

}  // namespace

unsigned SuiteSummary::failed() const {
  return static_cast<unsigned>(
      std::count_if(results.begin(), results.end(), [](const auto& r) { return !r.ok; }));
}

double geometric_mean(const SuiteSummary& summary, const std::string& stat) {
  double logs = 0;
  unsigned count = 0;
  for (const SuiteResult& result : summary.results) {
    const double value = result.ok ? result.stat(stat) : 0;
    if (value <= 0) continue;
    logs += std::log(value);
    ++count;
  }
  return count == 0 ? 0 : std::exp(logs / count);
}

std::optional<double> mean_difference(const SuiteSummary& summary, const std::string& grades) {
  double sum = 0;
  unsigned count = 0;
  for (std::size_t i = 0; i < summary.programs.size(); ++i) {
    const SuiteProgram& program = summary.programs[i];
    const std::optional<double> difference = difference_percent(program, summary.results[i]);
    if (!difference || !summary.results[i].ok || grades.find(program.hardware->grade) == std::string::npos) {
      continue;
    }
    sum += std::abs(*difference);
    ++count;
  }
  if (count == 0) return std::nullopt;
  return sum / count;
}

std::string suite_table(const SuiteSummary& summary, bool color) {
  std::size_t name_width = std::string_view("cycles/iteration").size();
  for (const SuiteProgram& program : summary.programs) name_width = std::max(name_width, program.name.size());
  name_width = std::min(name_width, kTableWidth - kRowFigures);
  std::string text = table_head(name_width, color);
  for (std::size_t i = 0; i < summary.programs.size(); ++i) {
    text += table_row(summary.programs[i], summary.results[i], name_width, color);
  }
  text +=
      mean_row(summary, name_width) + hardware_table(summary, name_width, color) + difference_lines(summary);
  if (summary.failed() > 0) {
    text += paint(fmt::format("{} of {} programs failed\n", summary.failed(), summary.programs.size()),
                  Color::kRed, color);
  }
  return text;
}

}  // namespace m2sim::cmd
