// One figure of a run, as reports and files show it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "timing/run/figures.h"
#include "timing/run/sampling.h"
#include "timing/stats.h"

namespace m2sim::cmd {

// Names are stable. What begins with "host." depends on the machine that ran the simulator; all other
// figures depend on guest, configuration and mode alone.
struct Stat {
  std::string_view name;
  std::string_view unit;
  std::string_view description;
  timing::StatValue value;
};

using Stats = std::vector<Stat>;

// A part of a run that is measured by itself.
struct RegionResult {
  std::string name;
  std::uint64_t times = 0;         // that the guest came to it
  std::uint64_t instructions = 0;  // that count
  bool open = false;               // the run ended inside
  Stats stats;                     // the model's; none in emulation mode
};

void append_run_stats(Stats& stats, const timing::RunFigures& figures);
void append_timing_stats(Stats& stats, const timing::TimingStats& figures);
// Of a sampled run: how the others were found, and how well each is known.
void append_sampled_stats(Stats& stats, const timing::SampledFigures& figures);
// The same of a run by simulation points.
void append_point_stats(Stats& stats, const timing::SampledFigures& figures);

// Null where a mode has no such figure.
const Stat* find_stat(const Stats& stats, std::string_view name);
double as_double(const timing::StatValue& value);

// For those that must be there: a name that no figure has is a mistake in the program, std::logic_error.
const Stat& stat_of(const Stats& stats, std::string_view name);
double stat_value(const Stats& stats, std::string_view name);

// Every figure there is, in every mode: the documentation.
Stats all_stats();

}  // namespace m2sim::cmd
