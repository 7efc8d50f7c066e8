#include "timing/stats.h"

#include <string>
#include <utility>

namespace m2sim::timing {

namespace {

double ratio(double part, double whole) { return whole == 0 ? 0 : part / whole; }

double per_kilo_instruction(std::uint64_t count, const TimingStats& stats) {
  return ratio(1000.0 * static_cast<double>(count), static_cast<double>(stats.core.insts));
}

constexpr StatInfo kCounters[] = {
#define STAT(name, member, unit, description) \
  {name, unit, description, false, [](const TimingStats& stats) -> StatValue { return stats.member; }},
#include "timing/stats.inc"
#undef STAT
};

// All counters have the same size, so none is missing. (A test sets each to a value of its own, so none
// is there twice.)
static_assert((std::size(kCounters) + kStallReasonCount) * sizeof(std::uint64_t) == sizeof(TimingStats),
              "a counter of TimingStats is missing in timing/stats.inc");

constexpr StatInfo kDerived[] = {
    {"core.cpi", "cycles/instruction", "cycles an instruction", true,
     [](const TimingStats& stats) -> StatValue {
       return ratio(static_cast<double>(stats.core.cycles), static_cast<double>(stats.core.insts));
     }},
    {"core.ipc", "instructions/cycle", "instructions a cycle", true,
     [](const TimingStats& stats) -> StatValue {
       return ratio(static_cast<double>(stats.core.insts), static_cast<double>(stats.core.cycles));
     }},
    {"branch.mpki", "1/kilo-instruction", "mispredicted branches", true,
     [](const TimingStats& stats) -> StatValue {
       return per_kilo_instruction(stats.branch.mispredicts, stats);
     }},
    {"l1i.mpki", "1/kilo-instruction", "misses of the L1I", true,
     [](const TimingStats& stats) -> StatValue {
       return per_kilo_instruction(stats.memory.l1i.misses, stats);
     }},
    {"l1d.mpki", "1/kilo-instruction", "misses of the L1D", true,
     [](const TimingStats& stats) -> StatValue {
       return per_kilo_instruction(stats.memory.l1d.misses, stats);
     }},
    {"l2.mpki", "1/kilo-instruction", "misses of the L2", true,
     [](const TimingStats& stats) -> StatValue {
       return per_kilo_instruction(stats.memory.l2.misses, stats);
     }},
    {"dtlb.mpki", "1/kilo-instruction", "misses of the L1 DTLB", true,
     [](const TimingStats& stats) -> StatValue {
       return per_kilo_instruction(stats.memory.dtlb.misses, stats);
     }},
};

// Slots over slots a cycle: with a width that is a power of two, the parts are exact in a double and
// sum exactly to the cycles.
template <std::size_t kReason>
StatValue stack_part(const TimingStats& stats) {
  return ratio(static_cast<double>(stats.core.slots[kReason]),
               static_cast<double>(stats.core.slots_per_cycle));
}

template <std::size_t... kReasons>
void append_stack(std::vector<StatInfo>& table, std::index_sequence<kReasons...>) {
  static const std::array<std::string, kStallReasonCount> names{
      ("core.cpi_stack." + std::string(kStallInfo[kReasons].name))...};
  (table.push_back({names[kReasons], "cycles", kStallInfo[kReasons].description, true, stack_part<kReasons>}),
   ...);
}

std::vector<StatInfo> make_table() {
  // The headline first, then everything in the order of the machine.
  constexpr std::size_t kHeadline = 2;
  std::vector<StatInfo> table(std::begin(kCounters), std::begin(kCounters) + kHeadline);
  table.insert(table.end(), std::begin(kDerived), std::end(kDerived));
  append_stack(table, std::make_index_sequence<kStallReasonCount>{});
  table.insert(table.end(), std::begin(kCounters) + kHeadline, std::end(kCounters));
  return table;
}

}  // namespace

std::span<const StatInfo> stat_table() {
  static const std::vector<StatInfo> table = make_table();
  return table;
}

std::vector<StatValue> values(const TimingStats& stats) {
  std::vector<StatValue> all;
  all.reserve(stat_table().size());
  for (const StatInfo& info : stat_table()) {
    all.push_back(info.value(stats));
  }
  return all;
}

}  // namespace m2sim::timing
