// What a sweep has found, and the files made of it: the same results give the same bytes, in whatever order
// and after however many interruptions they were made. Figures of the host are not among them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cmd/sweep/folder.h"
#include "cmd/sweep/jobs.h"

namespace m2sim::cmd {

using FigureValue = std::variant<std::int64_t, double>;

struct SweepFigure {
  std::string name;
  FigureValue value;
};

enum class JobState { kDone, kFailed, kMissing };
std::string_view state_name(JobState state);

struct SweepRow {
  Job job;
  JobState state = JobState::kMissing;
  std::string reason;  // of a failure
  std::vector<SweepFigure> figures;

  std::optional<double> figure(std::string_view name) const;
  // A sampled run ended before CPI was known as well as --error asked for.
  bool missed_error() const { return figure("sample.met") == 0; }
};

struct SweepResults {
  std::string revision;
  std::vector<std::string> axes;
  std::vector<std::string> settings;
  std::vector<SweepRow> rows;  // in the order of the plan

  std::size_t count(JobState state) const;
  std::vector<std::string> figure_names() const;  // of all rows, in the order in which they first stand
};

SweepResults results_of(const SweepFolder& folder, const JobList& list);

// Of a job: "timing", "100"; empty where it has none, as in emulation mode.
std::string value_of(const SweepRow& row, const SweepResults& results, const std::string& column);

std::string results_csv(const SweepResults& results);

// Writes results.db, results.csv and results.html into the folder. Throws UserError.
void write_results(const SweepFolder& folder, const SweepResults& results);

}  // namespace m2sim::cmd
