#include "cmd/sweep/results.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "cmd/console/failure.h"
#include "cmd/console/output_file.h"
#include "cmd/results/stats_file.h"
#include "cmd/sweep/database.h"
#include "cmd/sweep/page.h"

namespace m2sim::cmd {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view kHost = "host.";

void add_figures(const ordered_json& stats, const std::string& prefix, std::vector<SweepFigure>& figures) {
  for (const auto& [name, value] : stats.items()) {
    if (name.starts_with(kHost)) continue;
    if (value.is_number_integer()) {
      figures.push_back({prefix + name, value.get<std::int64_t>()});
    } else if (value.is_number()) {
      figures.push_back({prefix + name, value.get<double>()});
    }
  }
}

// Those of regions go by the names that they have in a run's CSV.
std::vector<SweepFigure> figures_in(const std::string& run) {
  const ordered_json json = ordered_json::parse(run);
  std::vector<SweepFigure> figures;
  add_figures(json.at("stats"), "", figures);
  for (const ordered_json& region : json.value("regions", ordered_json::array())) {
    const std::string prefix = "region." + region.at("name").get<std::string>() + ".";
    figures.push_back({prefix + "times", region.at("times").get<std::int64_t>()});
    figures.push_back({prefix + "instructions", region.at("instructions").get<std::int64_t>()});
    add_figures(region.at("stats"), prefix, figures);
  }
  return figures;
}

// One at a time makes the files: their temporary names are the same for all.
class ResultsLock {
 public:
  explicit ResultsLock(const std::string& path)
      : fd_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {
    if (fd_ < 0) throw failure("cannot write '{}': {}", path, std::strerror(errno));
    while (::flock(fd_, LOCK_EX) != 0 && errno == EINTR) {
    }
  }
  ~ResultsLock() { ::close(fd_); }
  ResultsLock(const ResultsLock&) = delete;
  ResultsLock& operator=(const ResultsLock&) = delete;

 private:
  int fd_;
};

}  // namespace

std::string_view state_name(JobState state) {
  switch (state) {
    case JobState::kDone:
      return "done";
    case JobState::kFailed:
      return "failed";
    case JobState::kMissing:
      break;
  }
  return "missing";
}

std::optional<double> SweepRow::figure(std::string_view name) const {
  const auto found = std::ranges::find(figures, name, &SweepFigure::name);
  if (found == figures.end()) return std::nullopt;
  return std::visit([](auto value) { return static_cast<double>(value); }, found->value);
}

std::size_t SweepResults::count(JobState state) const {
  return static_cast<std::size_t>(std::ranges::count(rows, state, &SweepRow::state));
}

std::vector<std::string> SweepResults::figure_names() const {
  std::vector<std::string> names;
  std::unordered_set<std::string_view> known;
  for (const SweepRow& row : rows) {
    for (const SweepFigure& figure : row.figures) {
      if (known.insert(figure.name).second) names.push_back(figure.name);
    }
  }
  return names;
}

SweepResults results_of(const SweepFolder& folder, const JobList& list) {
  SweepResults results{list.revision, list.axes, list.settings, {}};
  for (const Job& job : list.jobs) {
    SweepRow row{.job = job, .reason = {}, .figures = {}};
    if (const std::optional<JobResult> result = folder.result(job.id)) {
      row.state = result->done ? JobState::kDone : JobState::kFailed;
      row.reason = result->reason;
      if (result->done) row.figures = figures_in(result->run);
    }
    results.rows.push_back(std::move(row));
  }
  return results;
}

std::string value_of(const SweepRow& row, const SweepResults& results, const std::string& column) {
  if (column == "program") return row.job.program;
  if (column == "input") return row.job.input;
  if (column == "mode") return row.job.mode;
  if (column == "core") return row.job.core;
  const auto axis = std::ranges::find(results.axes, column);
  if (axis != results.axes.end())
    return row.job.choices[static_cast<std::size_t>(axis - results.axes.begin())];
  const auto setting = std::ranges::find(row.job.settings, column, &Settings::value_type::first);
  return setting == row.job.settings.end() ? "" : setting->second;
}

std::string results_csv(const SweepResults& results) {
  std::vector<std::string> columns{"program", "input", "mode", "core"};
  columns.insert(columns.end(), results.axes.begin(), results.axes.end());
  columns.insert(columns.end(), results.settings.begin(), results.settings.end());
  const std::vector<std::string> names = results.figure_names();
  std::string text = "number,id";
  for (const std::string& column : columns) text += "," + csv_field(column);
  text += ",state,reason";
  for (const std::string& name : names) text += "," + csv_field(name);
  text += "\n";
  std::size_t number = 0;
  for (const SweepRow& row : results.rows) {
    text += fmt::format("{},{}", ++number, row.job.id);
    for (const std::string& column : columns) text += "," + csv_field(value_of(row, results, column));
    text += fmt::format(",{},{}", state_name(row.state), csv_field(row.reason));
    // Figures nearly always stand in the order of the names.
    auto next = row.figures.begin();
    for (const std::string& name : names) {
      if (next == row.figures.end() || next->name != name)
        next = std::ranges::find(row.figures, name, &SweepFigure::name);
      text += ",";
      if (next == row.figures.end()) continue;
      text += std::visit([](auto value) { return fmt::format("{}", value); }, next->value);
      ++next;
    }
    text += "\n";
  }
  return text;
}

void write_results(const SweepFolder& folder, const SweepResults& results) {
  const ResultsLock lock(folder.file("results.lock"));
  const auto write = [&](const std::string& name, const std::string& text) {
    write_file_durably(folder.file(name), folder.file(name + ".new"), text);
  };
  write_database(folder.file("results.db"), folder.file("results.db.new"), results);
  write("results.csv", results_csv(results));
  write("results.html", sweep_page(results));
}

}  // namespace m2sim::cmd
