// What the timing models count. The structs are made from the one table, stats.inc, which names and explains
// every counter; figures that are derived from them are a table in stats.cpp.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "timing/stall.h"

namespace m2sim::timing {

#define STRUCT(type) struct type {
#define END_STRUCT(type) \
  }                      \
  ;
#define STAT(prefix, member, unit, description) std::uint64_t member;
#define PMU(member, name, unit, description) std::uint64_t member;
#define SETTING(prefix, member, unit, description) std::uint64_t member;
#define STACK(member, prefix, count, infos) std::array<std::uint64_t, count> member;
#define PART(type, member) type member;
#include "timing/stats.inc"
#undef STRUCT
#undef END_STRUCT
#undef STAT
#undef PMU
#undef SETTING
#undef STACK
#undef PART

// What was counted between two points of one run.
TimingStats difference(const TimingStats& after, const TimingStats& before);

// Parts of a run that stand for more than themselves, added up.
class StatsEstimate {
 public:
  // `part` as often as `weight` says.
  void add(const TimingStats& part, double weight);
  void scale(double factor);
  // To whole counts; the stack's slots sum exactly, as a run's do.
  TimingStats rounded() const;

 private:
  std::array<double, sizeof(TimingStats) / sizeof(std::uint64_t)> sums_{};
  TimingStats settings_{};
};

using StatValue = std::variant<std::uint64_t, double>;

struct StatInfo {
  std::string_view name;  // dotted, stable: "core.cycles"
  std::string_view unit;  // "cycles", "1/kilo-instruction", …
  std::string_view description;
  bool derived;                                  // computed from counters, not one itself
  double (*computed)(const TimingStats& stats);  // of a derived one
  std::size_t word;                              // place of a counter in TimingStats

  StatValue value(const TimingStats& stats) const;
};

// In the order in which reports print them.
std::span<const StatInfo> stat_table();

// stat_table() projected, index by index.
std::vector<StatValue> values(const TimingStats& stats);

}  // namespace m2sim::timing
