#include "cmd/sweep/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "cmd/console/terminal.h"
#include "cmd/results/report.h"
#include "cmd/sweep/effects.h"

namespace m2sim::cmd {
namespace {

constexpr std::size_t kMostRows = 100;
constexpr std::size_t kIdDigits = 12;
constexpr std::size_t kWidestCell = 28;

// Columns as wide as what stands in them; numbers to the right.
class TextTable {
 public:
  explicit TextTable(const std::vector<std::string>& head) : columns_(head.size()) { add(head); }

  void add(std::vector<std::string> row) {
    for (std::size_t j = 0; j < columns_.size(); ++j) {
      Column& column = columns_[j];
      if (!rows_.empty() && row[j].find_first_not_of("0123456789.,-+% ") != std::string::npos)
        column.numbers = false;
      row[j] = shortened(row[j]);
      column.width = std::max(column.width, row[j].size());
    }
    rows_.push_back(std::move(row));
  }

  std::string text(bool color) const {
    std::string text;
    for (const auto& row : rows_) {
      std::string line;
      for (std::size_t j = 0; j < columns_.size(); ++j) {
        const auto [width, numbers] = columns_[j];
        line += numbers ? fmt::format("{:>{}}  ", row[j], width) : fmt::format("{:<{}}  ", row[j], width);
      }
      line.erase(line.find_last_not_of(' ') + 1);
      text += (&row == &rows_.front() ? paint(line, Color::kBold, color) : line) + "\n";
    }
    return text;
  }

 private:
  struct Column {
    std::size_t width = 0;
    bool numbers = true;  // below the head
  };

  static std::string shortened(const std::string& cell) {
    const std::string shown = printable(cell);
    return shown.size() <= kWidestCell ? shown : shown.substr(0, kWidestCell - 2) + "..";
  }

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// The columns in which jobs differ, and the program.
std::vector<std::string> told_apart_by(const SweepResults& results) {
  std::vector<std::string> all{"program", "input", "mode", "core"};
  all.insert(all.end(), results.axes.begin(), results.axes.end());
  all.insert(all.end(), results.settings.begin(), results.settings.end());
  std::vector<std::string> columns;
  for (const std::string& column : all) {
    const auto differs = [&](const SweepRow& row) {
      return value_of(row, results, column) != value_of(results.rows.front(), results, column);
    };
    if (column == "program" || std::ranges::any_of(results.rows, differs)) columns.push_back(column);
  }
  return columns;
}

std::string figure_text(const SweepRow& row, std::string_view name, int digits) {
  const std::optional<double> value = row.figure(name);
  if (!value) return "-";
  return digits == 0 ? grouped(static_cast<std::uint64_t>(*value)) : fmt::format("{:.{}f}", *value, digits);
}

// How well CPI is known, where it is estimated.
std::string error_text(const SweepRow& row) {
  for (const char* name : {"sample.error", "simpoints.error"}) {
    if (const std::optional<double> error = row.figure(name))
      return fmt::format("{:.2f} %{}", 100 * *error, row.missed_error() ? ", missed" : "");
  }
  return row.figure("sample.windows") || row.figure("simpoints.points") ? "not known" : "";
}

std::string result_rows(const SweepResults& results, bool color) {
  if (results.rows.empty()) return "";
  const std::vector<std::string> columns = told_apart_by(results);
  std::vector<std::string> head{"job"};
  head.insert(head.end(), columns.begin(), columns.end());
  const bool estimated =
      std::ranges::any_of(results.rows, [](const SweepRow& row) { return !error_text(row).empty(); });
  head.insert(head.end(), {"instructions", "cycles", "CPI"});
  if (estimated) head.emplace_back("error");
  head.emplace_back("state");
  TextTable table(head);
  for (std::size_t i = 0; i < std::min(results.rows.size(), kMostRows); ++i) {
    const SweepRow& row = results.rows[i];
    std::vector<std::string> cells{std::to_string(i + 1)};
    for (const std::string& column : columns) cells.push_back(value_of(row, results, column));
    // In emulation nothing counts but what was executed.
    const bool timed = row.figure("core.insts").has_value();
    cells.insert(cells.end(), {figure_text(row, timed ? "core.insts" : "emulation.insts", 0),
                               figure_text(row, "core.cycles", 0), figure_text(row, "core.cpi", 4)});
    if (estimated) cells.push_back(error_text(row));
    cells.emplace_back(state_name(row.state));
    table.add(cells);
  }
  std::string text = table.text(color);
  if (results.rows.size() > kMostRows)
    text += fmt::format("and {} more, in results.csv\n", results.rows.size() - kMostRows);
  if (const auto missed = std::ranges::count_if(results.rows, &SweepRow::missed_error); missed > 0)
    text += fmt::format("{} of {} jobs missed the error that was asked for\n", missed, results.rows.size());
  return text;
}

std::string effect_rows(const SweepResults& results, bool color) {
  const std::vector<Effect> effects = effects_of(results);
  if (effects.empty()) return "";
  TextTable table({"what varies", "from", "to", "CPI", "CPI per 1 %", "explains"});
  for (const Effect& effect : effects) {
    table.add({effect.name, effect.levels.front().value, effect.levels.back().value,
               fmt::format("{:+.2f} %", 100 * effect.change),
               effect.elasticity ? fmt::format("{:+.3f} %", *effect.elasticity) : "-",
               fmt::format("{:.0f} %", 100 * effect.explained)});
  }
  return "\n" + table.text(color);
}

}  // namespace

std::string job_table(const JobList& list) {
  SweepResults results{list.revision, list.axes, list.settings, {}};
  for (const Job& job : list.jobs) results.rows.push_back({.job = job, .reason = {}, .figures = {}});
  if (results.rows.empty()) return "";
  const std::vector<std::string> columns = told_apart_by(results);
  std::vector<std::string> head{"job", "id"};
  head.insert(head.end(), columns.begin(), columns.end());
  TextTable table(head);
  for (std::size_t i = 0; i < results.rows.size(); ++i) {
    std::vector<std::string> cells{std::to_string(i + 1), list.jobs[i].id.substr(0, kIdDigits)};
    for (const std::string& column : columns) cells.push_back(value_of(results.rows[i], results, column));
    table.add(cells);
  }
  return table.text(false);
}

std::string failed_jobs(const SweepResults& results, bool color) {
  // A program that fails for one reason on every core says so once.
  struct Failure {
    const SweepRow* first;
    std::size_t more = 0;
  };
  std::vector<Failure> failures;
  std::map<std::pair<std::string, std::string>, std::size_t> places;
  for (const SweepRow& row : results.rows) {
    if (row.state != JobState::kFailed) continue;
    const auto [place, is_new] = places.try_emplace({row.job.program, row.reason}, failures.size());
    is_new ? failures.push_back({&row}) : static_cast<void>(++failures[place->second].more);
  }
  std::string text;
  for (const Failure& failed : failures) {
    const std::string line = fmt::format("FAILED {}: {}", failed.first->job.label(), failed.first->reason);
    text += paint(printable(line), Color::kRed, color);
    if (failed.more > 0)
      text += fmt::format(" (and {} more of {})", failed.more, printable(failed.first->job.program));
    text += "\n";
  }
  return text;
}

std::string sweep_report(const SweepResults& results, bool color) {
  std::string text = result_rows(results, color) + effect_rows(results, color);
  const std::string failed = failed_jobs(results, color);
  if (!failed.empty()) text += "\n" + failed;
  return text;
}

}  // namespace m2sim::cmd
