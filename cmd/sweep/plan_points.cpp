// Values of settings: lists, ranges, and Latin hypercubes.
#include <numeric>
#include <random>

#include "cmd/sweep/plan_toml.h"

namespace m2sim::cmd {
namespace {

constexpr std::int64_t kLargestSetting = UINT32_MAX;
constexpr std::int64_t kMostSamples = 100'000;
constexpr std::size_t kMostPoints = 1'000'000;

// The values that a setting may take: those of a list, or all from one number to another.
struct SettingValues {
  std::string path;
  Words list;             // empty: a range
  std::int64_t from = 0;  // both inclusive
  std::int64_t to = 0;

  std::uint64_t count() const {
    return list.empty() ? static_cast<std::uint64_t>(to - from) + 1 : list.size();
  }
  std::string at(std::uint64_t place) const {
    return list.empty() ? std::to_string(from + static_cast<std::int64_t>(place)) : list[place];
  }
};

bool is_range(const toml::table& table) { return table.contains("from") || table.contains("to"); }

// {from, to, step} adds, {from, to, times} multiplies.
SettingValues range_of(const PlanText& text, const std::string& path, const toml::table& table,
                       bool sampled) {
  text.require_keys(table, "a range", {"from", "to", "step", "times"});
  const auto number = [&](const char* key, std::int64_t least) {
    const toml::node* node = table.get(key);
    if (node == nullptr) throw failure("{}: the range of {} lacks '{}'", text.where(table), path, key);
    return text.whole(*node, fmt::format("'{}' of {}", key, path), least, kLargestSetting);
  };
  SettingValues values{.path = path, .list = {}, .from = number("from", 0), .to = number("to", 0)};
  if (values.to < values.from)
    throw failure("{}: the range of {} ends below its beginning", text.where(table), path);
  const bool by_step = table.contains("step");
  const bool by_times = table.contains("times");
  if (by_step && by_times)
    throw failure("{}: the range of {} has both 'step' and 'times'", text.where(table), path);
  if (!by_step && !by_times) {
    if (sampled) return values;
    throw failure("{}: the range of {} lacks 'step', which is added, or 'times', which multiplies",
                  text.where(table), path);
  }
  if (by_times && values.from == 0)
    throw failure("{}: the range of {} multiplies from 0 and gets nowhere", text.where(table), path);
  const std::int64_t step = by_times ? number("times", 2) : number("step", 1);
  for (std::int64_t value = values.from; value <= values.to; value = by_times ? value * step : value + step) {
    values.list.push_back(std::to_string(value));
    if (values.list.size() > kMostPoints)
      throw failure("{}: the range of {} has more than {} values", text.where(table), path, kMostPoints);
  }
  return values;
}

// A list; in it, a list is one value of several words.
SettingValues list_of(const PlanText& text, const std::string& path, const toml::node& node) {
  SettingValues values{.path = path, .list = {}};
  if (const toml::array* list = node.as_array()) {
    for (const toml::node& element : *list)
      values.list.push_back(fmt::format("{}", fmt::join(text.words(element, path), ",")));
  } else {
    values.list.push_back(text.word(node, path));
  }
  if (values.list.empty()) throw failure("{}: {} has no values", text.where(node), path);
  for (const std::string& value : values.list) {
    if (std::ranges::count(values.list, value) > 1)
      throw failure("{}: {} has the value {} twice", text.where(node), path, value);
  }
  return values;
}

void add_settings(const PlanText& text, const toml::table& table, const std::string& prefix, bool sampled,
                  SweepPlan& plan, std::vector<SettingValues>& found) {
  for (const auto& [key, node] : in_order(table)) {
    const std::string path = prefix + key;
    const toml::table* inner = node->as_table();
    if (inner != nullptr && !is_range(*inner)) {
      add_settings(text, *inner, path + ".", sampled, plan, found);
      continue;
    }
    const std::string where = text.where(*node);
    if (const auto [before, is_new] = plan.setting_lines.try_emplace(path, where); !is_new)
      throw failure("{}: {} is varied twice, there and in {}", where, path, before->second);
    found.push_back(inner != nullptr ? range_of(text, path, *inner, sampled) : list_of(text, path, *node));
  }
}

std::vector<Settings> grid_of(const PlanText& text, const std::vector<SettingValues>& settings) {
  std::vector<Settings> points{{}};
  for (const SettingValues& setting : settings) {
    if (points.size() * setting.count() > kMostPoints)
      throw failure("{}: [settings] has more than {} points", text.file_name(), kMostPoints);
    std::vector<Settings> longer;
    for (const Settings& point : points) {
      for (std::uint64_t i = 0; i < setting.count(); ++i) {
        longer.push_back(point);
        longer.back().emplace_back(setting.path, setting.at(i));
      }
    }
    points = std::move(longer);
  }
  return points;
}

// The same everywhere from a seed: what the standard library's distributions give is its own affair.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t below(std::uint64_t end) {
    return static_cast<std::uint64_t>((static_cast<unsigned __int128>(engine_()) * end) >> 64U);
  }

 private:
  std::mt19937_64 engine_;
};

// Of each setting every one of `samples` equal parts of its range is in one sample, and which one is drawn.
std::vector<Settings> latin_hypercube(const std::vector<SettingValues>& settings, std::size_t samples,
                                      std::uint64_t seed) {
  Dice dice(seed);
  std::vector<Settings> points(samples);
  std::vector<std::uint64_t> parts(samples);
  constexpr std::uint64_t kWithin = std::uint64_t{1} << 20U;  // places in a part
  for (const SettingValues& setting : settings) {
    std::iota(parts.begin(), parts.end(), std::uint64_t{0});
    for (std::size_t i = samples; i > 1; --i) std::swap(parts[i - 1], parts[dice.below(i)]);
    for (std::size_t i = 0; i < samples; ++i) {
      const unsigned __int128 place = parts[i] * kWithin + dice.below(kWithin);
      const auto value = static_cast<std::uint64_t>(place * setting.count() / (samples * kWithin));
      points[i].emplace_back(setting.path, setting.at(value));
    }
  }
  return points;
}

std::vector<Settings> latin_of(const PlanText& text, const toml::table& table, SweepPlan& plan) {
  text.require_keys(table, "[latin]", {"samples", "seed", "settings"});
  for (const char* key : {"samples", "settings"}) {
    if (!table.contains(key)) throw failure("{}: [latin] lacks '{}'", text.where(table), key);
  }
  const std::int64_t samples = text.whole(*table.get("samples"), "samples", 1, kMostSamples);
  const toml::node* seed = table.get("seed");
  std::vector<SettingValues> settings;
  add_settings(text, text.table(*table.get("settings"), "[latin.settings]"), "", true, plan, settings);
  if (settings.empty()) throw failure("{}: [latin.settings] varies nothing", text.where(table));
  return latin_hypercube(
      settings, static_cast<std::size_t>(samples),
      seed == nullptr ? 1 : static_cast<std::uint64_t>(text.whole(*seed, "seed", 0, INT64_MAX)));
}

}  // namespace

std::vector<Settings> read_points(const PlanText& text, const toml::table& root, SweepPlan& plan) {
  std::vector<SettingValues> settings;
  if (const toml::node* node = root.get("settings"))
    add_settings(text, text.table(*node, "[settings]"), "", false, plan, settings);
  std::vector<Settings> points = grid_of(text, settings);
  const toml::node* latin = root.get("latin");
  if (latin == nullptr) return points;
  const std::vector<Settings> samples = latin_of(text, text.table(*latin, "[latin]"), plan);
  std::vector<Settings> all;
  for (const Settings& point : points) {
    for (const Settings& sample : samples) {
      all.push_back(point);
      all.back().insert(all.back().end(), sample.begin(), sample.end());
    }
  }
  return all;
}

}  // namespace m2sim::cmd
