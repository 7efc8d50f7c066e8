#include "cmd/results/stat.h"

#include <stdexcept>
#include <string>

namespace m2sim::cmd {
namespace {

struct RunStatInfo {
  std::string_view name;
  std::string_view unit;
  std::string_view description;
  timing::StatValue (*value)(const timing::RunFigures& figures);
};

timing::StatValue mips(const timing::RunFigures& f) {
  return f.seconds > 0 ? static_cast<double>(f.instructions) / f.seconds / 1e6 : 0.0;
}

constexpr RunStatInfo kRunStats[] = {
    {"emulation.insts", "instructions",
     "instructions the guest executed, skipped ones and those of the warm-up included",
     [](const timing::RunFigures& f) -> timing::StatValue { return f.instructions; }},
    {"emulation.blocks_decoded", "blocks", "basic blocks decoded into the block cache",
     [](const timing::RunFigures& f) -> timing::StatValue { return f.blocks_decoded; }},
    {"emulation.block_lookups", "lookups", "times the run loop had to look for the next block",
     [](const timing::RunFigures& f) -> timing::StatValue { return f.block_lookups; }},
    {"emulation.cache_clears", "clears", "times the block cache was full and emptied",
     [](const timing::RunFigures& f) -> timing::StatValue { return f.cache_clears; }},
    {"emulation.system_calls", "calls", "system calls the guest made",
     [](const timing::RunFigures& f) -> timing::StatValue { return f.system_calls; }},
    {"host.seconds", "s", "wall-clock time of the run, loading excluded",
     [](const timing::RunFigures& f) -> timing::StatValue { return f.seconds; }},
    {"host.cpu_seconds", "s", "processor time of the run; less than host.seconds on a busy machine",
     [](const timing::RunFigures& f) -> timing::StatValue { return f.cpu_seconds; }},
    {"host.mips", "10^6 instructions/s", "simulated instructions a second", mips},
};

}  // namespace

void append_run_stats(Stats& stats, const timing::RunFigures& figures) {
  for (const RunStatInfo& info : kRunStats) {
    stats.push_back({info.name, info.unit, info.description, info.value(figures)});
  }
}

void append_timing_stats(Stats& stats, const timing::TimingStats& figures) {
  for (const timing::StatInfo& info : timing::stat_table()) {
    stats.push_back({info.name, info.unit, info.description, info.value(figures)});
  }
}

const Stat* find_stat(const Stats& stats, std::string_view name) {
  for (const Stat& stat : stats) {
    if (stat.name == name) return &stat;
  }
  return nullptr;
}

double as_double(const timing::StatValue& value) {
  return std::visit([](auto number) { return static_cast<double>(number); }, value);
}

const Stat& stat_of(const Stats& stats, std::string_view name) {
  const Stat* stat = find_stat(stats, name);
  if (stat == nullptr) throw std::logic_error("there is no figure " + std::string(name));
  return *stat;
}

double stat_value(const Stats& stats, std::string_view name) { return as_double(stat_of(stats, name).value); }

Stats all_stats() {
  Stats stats;
  append_timing_stats(stats, timing::TimingStats{});
  timing::SampledFigures sampled;
  sampled.half_widths.assign(timing::stat_table().size(), 0.0);
  sampled.error = 0;
  sampled.whole.emplace();
  append_sampled_stats(stats, sampled);
  append_point_stats(stats, sampled);
  append_run_stats(stats, timing::RunFigures{});
  return stats;
}

}  // namespace m2sim::cmd
