#include "cmd/sweep/effects.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

namespace m2sim::cmd {
namespace {

constexpr std::size_t kMostLevels = 10;  // more values than these are put together
constexpr std::size_t kBins = 6;

struct Observed {
  std::string value;
  std::optional<double> number;
  double log_ratio;
};

std::optional<double> number_of(const std::string& text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

// A job is compared with those that differ from it in what is a matter of the core, and in `name`.
std::string block_of(const SweepRow& row, const SweepResults& results, const std::string& name) {
  std::string key = row.job.program + '\n' + row.job.input;
  if (name != "mode") key += '\n' + row.job.mode;
  for (std::size_t i = 0; i < results.axes.size(); ++i) {
    if (results.axes[i] != name) key += '\n' + row.job.choices[i];
  }
  return key;
}

std::vector<Observed> observed(const SweepResults& results, const std::string& name) {
  struct Sum {
    double logs = 0;
    double count = 0;
  };
  std::map<std::string, Sum> blocks;
  std::vector<std::pair<const SweepRow*, double>> rows;
  for (const SweepRow& row : results.rows) {
    const std::optional<double> cpi = row.figure("core.cpi");
    if (!cpi || !(*cpi > 0)) continue;
    rows.emplace_back(&row, std::log(*cpi));
    Sum& block = blocks[block_of(row, results, name)];
    block.logs += rows.back().second;
    ++block.count;
  }
  std::vector<Observed> all;
  for (const auto& [row, log_cpi] : rows) {
    const Sum& block = blocks[block_of(*row, results, name)];
    const std::string value = value_of(*row, results, name);
    all.push_back({value, number_of(value), log_cpi - block.logs / block.count});
  }
  return all;
}

// Numbers in their order, names in the plan's; many numbers in parts of nearly equal size.
std::vector<EffectLevel> levels_of(std::vector<Observed>& all, bool numeric) {
  std::vector<std::string> values;
  if (numeric) std::ranges::stable_sort(all, {}, [](const Observed& one) { return *one.number; });
  for (const Observed& one : all) {
    if (std::ranges::find(values, one.value) == values.end()) values.push_back(one.value);
  }
  const std::size_t parts = numeric && values.size() > kMostLevels ? kBins : values.size();
  std::vector<EffectLevel> levels;
  for (std::size_t part = 0; part < parts; ++part) {
    const std::size_t begin = part * values.size() / parts;
    const std::size_t end = (part + 1) * values.size() / parts;
    EffectLevel level;
    level.value = end - begin == 1 ? values[begin] : fmt::format("{}..{}", values[begin], values[end - 1]);
    double logs = 0;
    for (const Observed& one : all) {
      const auto place = std::ranges::find(values, one.value) - values.begin();
      if (place < static_cast<std::ptrdiff_t>(begin) || place >= static_cast<std::ptrdiff_t>(end)) continue;
      logs += one.log_ratio;
      ++level.jobs;
    }
    level.ratio = std::exp(logs / static_cast<double>(level.jobs));
    levels.push_back(level);
  }
  return levels;
}

// Of log CPI over x: its slope, and the share of the variance that it explains.
struct Line {
  double slope = 0;
  double explained = 0;
};

Line fitted(const std::vector<std::pair<double, double>>& points) {
  double x_mean = 0, y_mean = 0;
  for (const auto& [x, y] : points) {
    x_mean += x / static_cast<double>(points.size());
    y_mean += y / static_cast<double>(points.size());
  }
  double xx = 0, xy = 0, yy = 0;
  for (const auto& [x, y] : points) {
    xx += (x - x_mean) * (x - x_mean);
    xy += (x - x_mean) * (y - y_mean);
    yy += (y - y_mean) * (y - y_mean);
  }
  if (xx == 0) return {};
  return {xy / xx, yy == 0 ? 0 : xy * xy / (xx * yy)};
}

double explained_by_levels(const std::vector<Observed>& all, const std::vector<EffectLevel>& levels) {
  double total = 0, between = 0;
  for (const Observed& one : all) {
    total += one.log_ratio * one.log_ratio;
    const auto level = std::ranges::find(levels, one.value, &EffectLevel::value);
    if (level != levels.end()) between += std::log(level->ratio) * std::log(level->ratio);
  }
  return total == 0 ? 0 : between / total;
}

std::optional<Effect> effect_of(const SweepResults& results, const std::string& name) {
  std::vector<Observed> all = observed(results, name);
  const bool numeric =
      !all.empty() && std::ranges::all_of(all, [](const Observed& one) { return one.number.has_value(); });
  Effect effect{.name = name, .levels = levels_of(all, numeric), .elasticity = {}};
  if (effect.levels.size() < 2) return std::nullopt;
  effect.change = effect.levels.back().ratio / effect.levels.front().ratio - 1;
  const bool positive = numeric && *all.front().number > 0;
  if (!positive) {
    effect.explained = explained_by_levels(all, effect.levels);
    return effect;
  }
  std::vector<std::pair<double, double>> points;
  for (const Observed& one : all) points.emplace_back(std::log(*one.number), one.log_ratio);
  const Line line = fitted(points);
  effect.elasticity = line.slope;
  effect.explained = line.explained;
  return effect;
}

}  // namespace

std::vector<Effect> effects_of(const SweepResults& results) {
  std::vector<std::string> names{"mode", "core"};
  names.insert(names.end(), results.axes.begin(), results.axes.end());
  names.insert(names.end(), results.settings.begin(), results.settings.end());
  std::vector<Effect> effects;
  for (const std::string& name : names) {
    if (std::optional<Effect> effect = effect_of(results, name)) effects.push_back(std::move(*effect));
  }
  return effects;
}

}  // namespace m2sim::cmd
