#include "timing/stats.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <string>
#include <utility>

namespace m2sim::timing {

namespace {

constexpr std::size_t kWordBytes = sizeof(std::uint64_t);
using Words = std::array<std::uint64_t, sizeof(TimingStats) / kWordBytes>;

// A member of one of the structs.
struct Member {
  std::string_view name;  // of a figure; empty: the stack, or a part
  std::string_view unit;
  std::string_view description;
  std::size_t word = 0;            // place in its struct
  std::size_t words = 1;           // counters here
  bool setting = false;            // a word that is no counter
  std::span<const Member> part{};  // members of the struct that stands here
};

template <class Struct>
struct Members;

#define STRUCT(type)     \
  template <>            \
  struct Members<type> { \
    using Struct = type; \
    static constexpr auto kAll = std::to_array<Member>({
#define END_STRUCT(type) \
  })                     \
  ;                      \
  }                      \
  ;
#define PLACE(member) offsetof(Struct, member) / kWordBytes
#define STAT(prefix, member, unit, description) {#prefix "." #member, unit, description, PLACE(member)},
#define PMU(member, name, unit, description) {"pmu." #name, unit, description, PLACE(member)},
#define SETTING(prefix, member, unit, description) \
  {#prefix "." #member, unit, description, PLACE(member), 0, true},
#define STACK(member, prefix, count, infos) {{}, {}, {}, PLACE(member), count},
#define PART(type, member) {{}, {}, {}, PLACE(member), 0, false, Members<type>::kAll},
#include "timing/stats.inc"
#undef STRUCT
#undef END_STRUCT
#undef PLACE
#undef STAT
#undef PMU
#undef SETTING
#undef STACK
#undef PART

template <class Visit>
constexpr void visit_members(std::span<const Member> members, std::size_t base, Visit&& visit) {
  for (const Member& member : members) {
    if (member.part.empty()) visit(member, base + member.word);
    visit_members(member.part, base + member.word, visit);
  }
}

// Every figure of the table and the stack, with its place in TimingStats.
template <class Visit>
constexpr void visit_all(Visit&& visit) {
  visit_members(Members<TimingStats>::kAll, 0, visit);
}

consteval std::size_t words_of_table() {
  std::size_t words = 0;
  visit_all(
      [&words](const Member& member, std::size_t) { words += member.words + (member.setting ? 1 : 0); });
  return words;
}
static_assert(words_of_table() * kWordBytes == sizeof(TimingStats),
              "TimingStats is made of 64-bit words alone");

double ratio(double part, double whole) { return whole == 0 ? 0 : part / whole; }

double per_kilo_instruction(std::uint64_t count, const TimingStats& stats) {
  return ratio(1000.0 * static_cast<double>(count), static_cast<double>(stats.core.insts));
}

constexpr StatInfo derived(std::string_view name, std::string_view unit, std::string_view description,
                           double (*computed)(const TimingStats&)) {
  return {name, unit, description, true, computed, 0};
}

constexpr StatInfo kDerived[] = {
    derived("core.cpi", "cycles/instruction", "cycles an instruction",
            [](const TimingStats& stats) {
              return ratio(static_cast<double>(stats.core.cycles), static_cast<double>(stats.core.insts));
            }),
    derived("core.ipc", "instructions/cycle", "instructions a cycle",
            [](const TimingStats& stats) {
              return ratio(static_cast<double>(stats.core.insts), static_cast<double>(stats.core.cycles));
            }),
    derived("branch.mpki", "1/kilo-instruction", "mispredicted branches",
            [](const TimingStats& stats) { return per_kilo_instruction(stats.branch.mispredicts, stats); }),
    derived("l1i.mpki", "1/kilo-instruction", "misses of the L1I",
            [](const TimingStats& stats) { return per_kilo_instruction(stats.memory.l1i.misses, stats); }),
    derived("l1d.mpki", "1/kilo-instruction", "misses of the L1D",
            [](const TimingStats& stats) { return per_kilo_instruction(stats.memory.l1d.misses, stats); }),
    derived("l2.mpki", "1/kilo-instruction", "misses of the L2",
            [](const TimingStats& stats) { return per_kilo_instruction(stats.memory.l2.misses, stats); }),
    derived("dtlb.mpki", "1/kilo-instruction", "misses of the L1 DTLB",
            [](const TimingStats& stats) { return per_kilo_instruction(stats.memory.dtlb.misses, stats); }),
    derived("dram.read_wait", "cycles/line", "that a read waited for the channel, on average",
            [](const TimingStats& stats) {
              const DramStats& dram = stats.memory.dram;
              return ratio(static_cast<double>(dram.read_wait_sum), static_cast<double>(dram.reads));
            }),
};

// Slots over slots a cycle: with a width that is a power of two, the parts are exact in a double and
// sum exactly to the cycles.
template <auto kSlots, std::size_t kPart>
double stack_part(const TimingStats& stats) {
  return ratio(static_cast<double>((stats.core.*kSlots)[kPart]),
               static_cast<double>(stats.core.slots_per_cycle));
}

template <auto kSlots, const auto& kInfos, std::size_t... kParts>
void append_stack(std::vector<StatInfo>& table, std::string_view prefix, std::index_sequence<kParts...>) {
  static const std::array<std::string, sizeof...(kParts)> names{
      (std::string(prefix) + std::string(kInfos[kParts].name))...};
  (table.push_back(derived(names[kParts], "cycles", kInfos[kParts].description, stack_part<kSlots, kParts>)),
   ...);
}

void append_stacks(std::vector<StatInfo>& table) {
#define STRUCT(type)
#define END_STRUCT(type)
#define STAT(prefix, member, unit, description)
#define PMU(member, name, unit, description)
#define SETTING(prefix, member, unit, description)
#define STACK(member, prefix, count, infos) \
  append_stack<&CoreStats::member, infos>(table, prefix, std::make_index_sequence<count>{});
#define PART(type, member)
#include "timing/stats.inc"
#undef STRUCT
#undef END_STRUCT
#undef STAT
#undef PMU
#undef SETTING
#undef STACK
#undef PART
}

std::string_view prefix_of(std::string_view name) { return name.substr(0, name.find('.')); }

// The figures that are counted; those of one prefix stand together, wherever their members are.
std::vector<StatInfo> make_counters() {
  std::vector<StatInfo> all;
  std::vector<std::string_view> prefixes;
  visit_all([&](const Member& member, std::size_t word) {
    if (member.name.empty()) return;
    all.push_back({member.name, member.unit, member.description, false, nullptr, word});
    const std::string_view prefix = prefix_of(member.name);
    if (std::ranges::find(prefixes, prefix) == prefixes.end()) prefixes.push_back(prefix);
  });
  std::ranges::stable_sort(all, {}, [&prefixes](const StatInfo& info) {
    return std::ranges::find(prefixes, prefix_of(info.name)) - prefixes.begin();
  });
  return all;
}

std::vector<StatInfo> make_table() {
  // The headline first, then everything in the order of the machine.
  constexpr std::ptrdiff_t kHeadline = 2;
  const std::vector<StatInfo> counters = make_counters();
  std::vector<StatInfo> table(counters.begin(), counters.begin() + kHeadline);
  table.insert(table.end(), std::begin(kDerived), std::end(kDerived));
  append_stacks(table);
  table.insert(table.end(), counters.begin() + kHeadline, counters.end());
  return table;
}

}  // namespace

TimingStats difference(const TimingStats& after, const TimingStats& before) {
  Words words = std::bit_cast<Words>(after);
  const Words earlier = std::bit_cast<Words>(before);
  visit_all([&](const Member& member, std::size_t word) {
    for (std::size_t i = word; i < word + member.words; ++i) words[i] -= earlier[i];
  });
  return std::bit_cast<TimingStats>(words);
}

void StatsEstimate::add(const TimingStats& part, double weight) {
  const Words words = std::bit_cast<Words>(part);
  for (std::size_t i = 0; i < words.size(); ++i) sums_[i] += weight * static_cast<double>(words[i]);
  settings_ = part;
}

void StatsEstimate::scale(double factor) {
  for (double& sum : sums_) sum *= factor;
}

TimingStats StatsEstimate::rounded() const {
  Words words = std::bit_cast<Words>(settings_);
  visit_all([&](const Member& member, std::size_t word) {
    for (std::size_t i = word; i < word + member.words; ++i)
      words[i] = static_cast<std::uint64_t>(std::llround(sums_[i]));
  });
  TimingStats stats = std::bit_cast<TimingStats>(words);
  // What is rounded off one part is the next one's.
  auto& slots = stats.core.slots;
  const auto sum = static_cast<double>(std::accumulate(slots.begin(), slots.end(), std::uint64_t{0}));
  const std::uint64_t all = stats.core.cycles * stats.core.slots_per_cycle;
  double so_far = 0;
  std::uint64_t given = 0;
  for (std::uint64_t& part : slots) {
    so_far += static_cast<double>(part);
    const auto until =
        static_cast<std::uint64_t>(std::llround(ratio(so_far, sum) * static_cast<double>(all)));
    part = until - std::exchange(given, until);
  }
  return stats;
}

StatValue StatInfo::value(const TimingStats& stats) const {
  if (derived) return computed(stats);
  return std::bit_cast<Words>(stats)[word];
}

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
