// A comparison for human eyes, and as JSON.
#pragma once

#include <string>

#include "cmd/compare/difference.h"
#include "cmd/results/run_file.h"

namespace m2sim::cmd {

struct CompareReportOptions {
  unsigned functions = 10;  // shown at most, and instructions of each
  bool color = false;
};

std::string compare_report(const RunFile& before, const RunFile& after, const RunComparison& comparison,
                           const CompareReportOptions& options);

// {schema_version, before, after, cycles, insts, cpi_stack, functions, settings, stats}.
std::string compare_json(const RunFile& before, const RunFile& after, const RunComparison& comparison);

}  // namespace m2sim::cmd
