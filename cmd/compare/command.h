// m2sim compare: two runs, and what became of the cycles.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace m2sim::cmd {

struct CompareOptions {
  std::string before;
  std::string after;
  unsigned functions = 10;
  std::string json;  // file; empty: none
  std::vector<std::string> fail_if;
  bool quiet = false;
};

CLI::App* add_compare_command(CLI::App& app, CompareOptions& options);

// 0, or 1 where a condition of --fail-if holds; throws UserError.
int compare(const CompareOptions& options);

}  // namespace m2sim::cmd
