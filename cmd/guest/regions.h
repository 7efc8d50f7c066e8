// Which parts of a run are measured: the options, and what they mean in a program.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cmd/guest/library_regions.h"
#include "emu/machine.h"
#include "timing/run/regions.h"

namespace m2sim::cmd {

struct RegionOptions {
  std::vector<std::string> symbols;
  std::vector<std::string> spans;  // "A:B"
  bool markers = false;
  bool sniper = false;
  std::optional<std::uint64_t> repeat;

  bool any() const { return !symbols.empty() || !spans.empty() || markers || sniper; }
};

void add_region_options(CLI::App& command, RegionOptions& options);

// As a command line has them.
std::vector<std::string> words_of(const RegionOptions& options);
RegionOptions regions_from(const std::vector<std::string>& words);

// Without a warm-up. Throws UserError for what the program does not have, and what cannot be meant.
// Functions that are not the program's are left to `libraries`, which the plan looks to.
timing::RegionPlan region_plan(const RegionOptions& options, emu::Machine& machine,
                               LibraryRegions& libraries);

// What was asked for and never came, a line each, with why where that is known: of markers, all together.
std::vector<std::string> unreached(const timing::RegionPlan& plan,
                                   const std::vector<timing::RegionFigures>& regions,
                                   const LibraryRegions& libraries);

}  // namespace m2sim::cmd
