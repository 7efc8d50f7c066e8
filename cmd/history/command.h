// m2sim history: results of suites and profiles over time.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace m2sim::cmd {

struct HistoryOptions {
  std::string action;
  std::vector<std::string> arguments;
  std::string db = "m2sim-history.db";
  std::string note;
  std::string figures;
  std::string json;
  std::string html;
  std::vector<std::string> fail_if;
  bool all = false;
};

CLI::App* add_history_command(CLI::App& app, HistoryOptions& options);

// Returns 0, or 1 when a condition of --fail-if holds; throws UserError.
int history(const HistoryOptions& options);

}  // namespace m2sim::cmd
