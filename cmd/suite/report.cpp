#include "cmd/suite/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cmd/console/terminal.h"
#include "cmd/results/report.h"

namespace m2sim::cmd {
namespace {

constexpr double kNearPercent = 5;  // differences up to here are shown as good ones
constexpr double kFarPercent = 20;  // from here on as bad ones

std::string fixed(double value, int digits) { return fmt::format("{:.{}f}", value, digits); }

std::string whole(double value) { return grouped(static_cast<std::uint64_t>(value)); }

// A figure that a mode lacks is a dash, never a zero.
std::string cell(const SuiteResult& result, const std::string& stat, int digits) {
  if (!result.stats.contains(stat)) return "-";
  return digits == 0 ? whole(result.stat(stat)) : fixed(result.stat(stat), digits);
}

Color difference_color(double percent) {
  if (std::abs(percent) <= kNearPercent) return Color::kGreen;
  return std::abs(percent) >= kFarPercent ? Color::kRed : Color::kYellow;
}

std::string hardware_cells(const SuiteProgram& program, const SuiteResult& result, bool color) {
  if (!program.hardware) return "";
  const std::optional<double> ours = cycles_per_iteration(program, result);
  const std::optional<double> difference = difference_percent(program, result);
  std::string text = fmt::format(" {:>11}", fixed(program.hardware->cycles_per_iteration, 2));
  text += fmt::format(" {:>11}", ours ? fixed(*ours, 2) : "-");
  const std::string shown = fmt::format(" {:>8}", difference ? fmt::format("{:+.1f}", *difference) : "-");
  text += paint(shown, difference ? difference_color(*difference) : Color::kNone, color);
  return text + fmt::format(" {:>5}", program.hardware->grade);
}

std::string table_head(std::size_t name_width, bool color) {
  const std::string head =
      fmt::format("{:<{}} {:>13} {:>13} {:>7} {:>6} {:>7} {:>11} {:>8} {:>7} {:>11} {:>11} {:>8} {:>5}",
                  "program", name_width, "instructions", "cycles", "CPI", "IPC", "br MPKI", "L1D misses",
                  "L1D MPKI", "MIPS", "hw cyc/iter", "ours", "diff %", "grade");
  return paint(head, Color::kBold, color) + "\n";
}

std::string table_row(const SuiteProgram& program, const SuiteResult& result, std::size_t name_width,
                      bool color) {
  if (!result.ok) {
    return fmt::format("{:<{}} {}\n", program.name, name_width,
                       paint("FAILED: " + result.error, Color::kRed, color));
  }
  const double insts = result.stat("emulation.insts");
  const bool has_misses = result.stats.contains("l1d.misses") && insts > 0;
  const std::string l1d_mpki = has_misses ? fixed(1000 * result.stat("l1d.misses") / insts, 3) : "-";
  return fmt::format("{:<{}} {:>13} {:>13} {:>7} {:>6} {:>7} {:>11} {:>8} {:>7}{}\n", program.name,
                     name_width, cell(result, "emulation.insts", 0), cell(result, "core.cycles", 0),
                     cell(result, "core.cpi", 4), cell(result, "core.ipc", 3), cell(result, "branch.mpki", 3),
                     cell(result, "l1d.misses", 0), l1d_mpki, cell(result, "host.mips", 1),
                     hardware_cells(program, result, color));
}

std::string mean_row(const SuiteSummary& summary, std::size_t name_width) {
  const auto mean = [&](const std::string& stat, int digits) {
    const double value = geometric_mean(summary, stat);
    return value > 0 ? fixed(value, digits) : std::string("-");
  };
  return fmt::format("{:<{}} {:>13} {:>13} {:>7} {:>6} {:>7} {:>11} {:>8} {:>7}\n", "geometric mean",
                     name_width, "", "", mean("core.cpi", 4), mean("core.ipc", 3), "", "", "",
                     mean("host.mips", 1));
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
  std::size_t name_width = std::string_view("geometric mean").size();
  for (const SuiteProgram& program : summary.programs) name_width = std::max(name_width, program.name.size());
  std::string text = table_head(name_width, color);
  for (std::size_t i = 0; i < summary.programs.size(); ++i) {
    text += table_row(summary.programs[i], summary.results[i], name_width, color);
  }
  text += mean_row(summary, name_width) + difference_lines(summary);
  if (summary.failed() > 0) {
    text += paint(fmt::format("{} of {} programs failed\n", summary.failed(), summary.programs.size()),
                  Color::kRed, color);
  }
  return text;
}

}  // namespace m2sim::cmd
