#include <string>

#include "cmd/results/stat.h"

namespace m2sim::cmd {
namespace {

struct SampledStatInfo {
  std::string_view name;
  std::string_view unit;
  std::string_view description;
  std::optional<timing::StatValue> (*value)(const timing::SampledFigures& figures);
};

using Value = std::optional<timing::StatValue>;

double cpi_of(const timing::TimingStats& stats) {
  return stats.core.insts == 0
             ? 0
             : static_cast<double>(stats.core.cycles) / static_cast<double>(stats.core.insts);
}

constexpr SampledStatInfo kSampledStats[] = {
    {"sample.windows", "windows", "that were timed, the first instructions not among them",
     [](const timing::SampledFigures& f) -> Value { return f.windows; }},
    {"sample.measured_insts", "instructions", "timed, and all other figures are made from them",
     [](const timing::SampledFigures& f) -> Value { return f.measured; }},
    {"sample.detailed_insts", "instructions", "timed ahead of windows; they fill the pipe and do not count",
     [](const timing::SampledFigures& f) -> Value { return f.detailed; }},
    {"sample.warmed_insts", "instructions", "from which caches and predictors learned, untimed",
     [](const timing::SampledFigures& f) -> Value { return f.warmed; }},
    {"sample.error", "of CPI", "half the width of CPI's interval of 95 % confidence",
     [](const timing::SampledFigures& f) -> Value { return f.error ? Value(*f.error) : std::nullopt; }},
    {"sample.met", "0 or 1", "whether that is at most what --error asked for",
     [](const timing::SampledFigures& f) -> Value { return std::uint64_t{f.met ? 1U : 0U}; }},
    {"sample.unwarmed", "of the cycles", "that longer warming might have saved",
     [](const timing::SampledFigures& f) -> Value { return f.unwarmed; }},
    {"sample.whole_cpi", "cycles/instruction", "of the whole run, timed beside it (--sample-check)",
     [](const timing::SampledFigures& f) -> Value {
       return f.whole ? Value(cpi_of(*f.whole)) : std::nullopt;
     }},
};

struct HalfWidthName {
  std::string name;
  std::string description;
};

// As stat_table() has them; a Stat names what lives on.
const std::vector<HalfWidthName>& half_width_names() {
  static const std::vector<HalfWidthName> names = [] {
    std::vector<HalfWidthName> all;
    for (const timing::StatInfo& info : timing::stat_table()) {
      all.push_back({"sample.half_width." + std::string(info.name),
                     "half the width of the interval of 95 % confidence of " + std::string(info.name)});
    }
    return all;
  }();
  return names;
}

}  // namespace

void append_sampled_stats(Stats& stats, const timing::SampledFigures& figures) {
  for (const SampledStatInfo& info : kSampledStats) {
    if (const Value value = info.value(figures)) {
      stats.push_back({info.name, info.unit, info.description, *value});
    }
  }
  const auto table = timing::stat_table();
  for (std::size_t i = 0; i < figures.half_widths.size(); ++i) {
    if (!figures.half_widths[i]) continue;
    const HalfWidthName& name = half_width_names()[i];
    stats.push_back({name.name, table[i].unit, name.description, *figures.half_widths[i]});
  }
}

}  // namespace m2sim::cmd
