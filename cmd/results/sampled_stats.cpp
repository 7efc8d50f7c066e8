#include <string>

#include "cmd/results/stat.h"

namespace m2sim::cmd {
namespace {

using Value = std::optional<timing::StatValue>;
using Figures = timing::SampledFigures;

enum class Of : std::uint8_t { kAny, kSamples, kPoints };

struct SampledStatInfo {
  Of of;
  std::string_view name;
  std::string_view unit;
  std::string_view description;
  Value (*value)(const Figures& figures);
};

double cpi_of(const timing::TimingStats& stats) {
  return stats.core.insts == 0
             ? 0
             : static_cast<double>(stats.core.cycles) / static_cast<double>(stats.core.insts);
}

constexpr SampledStatInfo kSampledStats[] = {
    {Of::kSamples, "windows", "windows", "that were timed, the first instructions not among them",
     [](const Figures& f) -> Value { return f.windows; }},
    {Of::kPoints, "points", "intervals", "that were timed",
     [](const Figures& f) -> Value { return f.windows; }},
    {Of::kPoints, "strata", "strata", "phases that they are of, or parts of phases",
     [](const Figures& f) -> Value { return f.strata; }},
    {Of::kPoints, "missed", "intervals", "that were to be timed and are behind the run's end",
     [](const Figures& f) -> Value { return f.missed; }},
    {Of::kAny, "measured_insts", "instructions", "timed, and all other figures are made from them",
     [](const Figures& f) -> Value { return f.measured; }},
    {Of::kAny, "detailed_insts", "instructions",
     "timed ahead of windows; they fill the pipe and do not count",
     [](const Figures& f) -> Value { return f.detailed; }},
    {Of::kAny, "warmed_insts", "instructions", "from which caches and predictors learned, untimed",
     [](const Figures& f) -> Value { return f.warmed; }},
    {Of::kAny, "error", "of CPI", "half the width of CPI's interval of 95 % confidence",
     [](const Figures& f) -> Value { return f.error ? Value(*f.error) : std::nullopt; }},
    {Of::kSamples, "met", "0 or 1", "whether that is at most what --error asked for",
     [](const Figures& f) -> Value { return std::uint64_t{f.met ? 1U : 0U}; }},
    {Of::kAny, "unwarmed", "of the cycles", "that longer warming might have saved",
     [](const Figures& f) -> Value { return f.unwarmed; }},
    {Of::kAny, "whole_cpi", "cycles/instruction",
     "of the whole run, timed beside it (--sample-check, --simpoints-check)",
     [](const Figures& f) -> Value { return f.whole ? Value(cpi_of(*f.whole)) : std::nullopt; }},
};

// A Stat names what lives on.
struct Names {
  explicit Names(const std::string& prefix) {
    for (const SampledStatInfo& info : kSampledStats) own.push_back(prefix + std::string(info.name));
    for (const timing::StatInfo& info : timing::stat_table()) {
      half_widths.push_back(prefix + "half_width." + std::string(info.name));
      descriptions.push_back("half the width of the interval of 95 % confidence of " +
                             std::string(info.name));
    }
  }
  std::vector<std::string> own;          // as kSampledStats
  std::vector<std::string> half_widths;  // as stat_table()
  std::vector<std::string> descriptions;
};

void append(Stats& stats, const Figures& figures, Of of, const Names& names) {
  std::size_t next = 0;
  for (const SampledStatInfo& info : kSampledStats) {
    const std::string& name = names.own[next++];
    if (info.of != of && info.of != Of::kAny) continue;
    if (const Value value = info.value(figures)) stats.push_back({name, info.unit, info.description, *value});
  }
  const auto table = timing::stat_table();
  for (std::size_t i = 0; i < figures.half_widths.size(); ++i) {
    if (!figures.half_widths[i]) continue;
    stats.push_back({names.half_widths[i], table[i].unit, names.descriptions[i], *figures.half_widths[i]});
  }
}

}  // namespace

void append_sampled_stats(Stats& stats, const timing::SampledFigures& figures) {
  static const Names names("sample.");
  append(stats, figures, Of::kSamples, names);
}

void append_point_stats(Stats& stats, const timing::SampledFigures& figures) {
  static const Names names("simpoints.");
  append(stats, figures, Of::kPoints, names);
}

}  // namespace m2sim::cmd
