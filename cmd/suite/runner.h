// Runs the programs of the suite side by side, each as a process of its own.
#pragma once

#include <string>
#include <vector>

#include "cmd/suite/suite.h"

namespace m2sim::cmd {

struct SuiteRun {
  std::string executable;                // m2sim itself
  std::vector<std::string> run_options;  // of `m2sim run`: mode, core, settings
  unsigned jobs = 1;
  bool show_progress = true;
};

// Results in the order of `programs`. A program that fails, prints something else than it should or
// leaves no figures is a result that is not ok, not an error.
std::vector<SuiteResult> run_suite(const SuiteRun& run, const std::vector<SuiteProgram>& programs);

}  // namespace m2sim::cmd
