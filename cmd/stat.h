// One figure of a run, as reports and files show it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

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

// What m2sim knows about a run whatever its mode.
struct RunFigures {
  std::uint64_t instructions = 0;
  std::uint64_t blocks_decoded = 0;
  std::uint64_t block_lookups = 0;
  std::uint64_t cache_clears = 0;
  std::uint64_t system_calls = 0;
  double seconds = 0;
  double cpu_seconds = 0;
};

void append_run_stats(Stats& stats, const RunFigures& figures);
void append_timing_stats(Stats& stats, const timing::TimingStats& figures);

// Null where a mode has no such figure.
const Stat* find_stat(const Stats& stats, std::string_view name);
double as_double(const timing::StatValue& value);
// 0 where a mode has no such figure.
double stat_value(const Stats& stats, std::string_view name);

// Every figure there is, in every mode: the documentation.
Stats all_stats();

}  // namespace m2sim::cmd
