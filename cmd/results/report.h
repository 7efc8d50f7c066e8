// A run for human eyes.
#pragma once

#include <span>
#include <string>

#include "cmd/results/manifest.h"
#include "cmd/results/stat.h"

namespace m2sim::cmd {

// Instructions, cycles, CPI, where the cycles went, branches, caches, and the simulator's own speed. In
// emulation mode only what has no time in it. Ends in a line break. `stats` holds all figures of the mode.
std::string run_report(const Manifest& manifest, const Stats& stats, bool color);

// A line each; `stats` of the run are those of the time in any of them.
std::string regions_report(std::span<const RegionResult> regions, bool color);

std::string grouped(std::uint64_t value);  // 1,234,567

// As much of a bar of `width` columns as `fraction` is, to the nearest column: nothing for a tiny one.
std::string bar_of(double fraction, unsigned width);

}  // namespace m2sim::cmd
