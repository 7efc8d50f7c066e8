// The suite's results as a table, as JSON and as CSV.
#pragma once

#include <string>
#include <vector>

#include "cmd/results/manifest.h"
#include "cmd/suite/suite.h"

namespace m2sim::cmd {

struct SuiteSummary {
  Mode mode = Mode::kTiming;
  std::string core;
  std::string cpu;  // the guests' processor
  std::string config_sha256;
  std::string host;  // that ran it
  std::vector<SuiteProgram> programs;
  std::vector<SuiteResult> results;  // index by index

  unsigned failed() const;
};

// Over the programs that have the figure; 0 without any.
double geometric_mean(const SuiteSummary& summary, const std::string& stat);
// Mean of the absolute differences to the hardware, over those of the grades given; nothing without any.
std::optional<double> mean_difference(const SuiteSummary& summary, const std::string& grades);

std::string suite_table(const SuiteSummary& summary, bool color);
std::string suite_json(const SuiteSummary& summary);
std::string suite_csv(const SuiteSummary& summary);

}  // namespace m2sim::cmd
