// m2sim phases: which intervals of a run stand for the whole.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "cmd/guest/options.h"
#include "cmd/guest/watch.h"
#include "timing/phases/phases.h"

namespace m2sim::cmd {

struct PhasesOptions {
  GuestOptions guest;
  std::optional<std::uint64_t> interval_size;
  timing::PhasePlan plan;
  std::string bb;      // file of vectors in place of a program; empty: none
  std::string output;  // what its files' names begin with; empty: none
  std::string json;    // file; empty: none
  WatchOptions watch;
  bool quiet = false;
};

CLI::App* add_phases_command(CLI::App& app, PhasesOptions& options);

// Returns the exit status of m2sim; throws UserError.
int phases(const PhasesOptions& options);

}  // namespace m2sim::cmd
