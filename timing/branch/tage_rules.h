// What the entries of TAGE and its base table learn from a branch, as tables of all cases: there are few, and
// the host could predict none of the decisions in them.
#pragma once

#include <array>
#include <cstdint>

namespace m2sim::timing {

// Of an entry: a three-bit counter above a bit that says that the entry is useful.
using TageState = std::uint8_t;
inline constexpr unsigned kTageStates = 16;
inline constexpr unsigned kTageUseful = 1;
inline constexpr unsigned kTageCounterShift = 1;
// Of the base table: a two-bit counter.
inline constexpr unsigned kBaseStates = 4;

constexpr unsigned counter_of(unsigned state) { return state >> kTageCounterShift & 7; }
constexpr bool entry_says(unsigned state) { return counter_of(state) >= 4; }
constexpr bool base_says(unsigned state) { return state >= 2; }

enum TageLesson : std::uint8_t { kNoLesson, kNotTaken, kTaken };

constexpr unsigned train_entry(unsigned state, TageLesson lesson) {
  const unsigned one = 1U << kTageCounterShift;
  if (lesson == kTaken) return counter_of(state) < 7 ? state + one : state;
  if (lesson == kNotTaken) return counter_of(state) > 0 ? state - one : state;
  return state;
}
constexpr unsigned train_base(unsigned state, TageLesson lesson) {
  if (lesson == kTaken) return state < kBaseStates - 1 ? state + 1 : state;
  if (lesson == kNotTaken) return state > 0 ? state - 1 : state;
  return state;
}

// Where an entry provides the prediction.
struct TageOutcome {
  TageState state;  // of the entry from then on
  bool prediction;
  bool allocates;
  std::int8_t use_alternate;  // what is added to that
};
struct TageCase {
  unsigned state;  // of the entry
  bool alternate;  // what would be predicted without it
  bool taken;
  bool use_alternate;  // in place of a fresh entry
};
constexpr TageOutcome outcome_of(const TageCase& given) {
  const bool longest = entry_says(given.state);
  const bool weak = counter_of(given.state) == 3 || counter_of(given.state) == 4;
  const bool fresh = weak && (given.state & kTageUseful) == 0;
  const bool prediction = fresh && given.use_alternate ? given.alternate : longest;
  const bool differs = longest != given.alternate;
  unsigned state = train_entry(given.state, given.taken ? kTaken : kNotTaken);
  if (differs) state = longest == given.taken ? state | kTageUseful : state & ~kTageUseful;
  const int better = given.alternate == given.taken ? 1 : -1;
  return {.state = static_cast<TageState>(state),
          .prediction = prediction,
          // A fresh entry that was right is left to prove itself before a longer history is tried.
          .allocates = prediction != given.taken && !(fresh && longest == given.taken),
          .use_alternate = static_cast<std::int8_t>(fresh && differs ? better : 0)};
}

inline constexpr auto kTrainedEntries = [] {
  std::array<std::array<TageState, kTageStates>, 3> all{};
  for (const TageLesson lesson : {kNoLesson, kNotTaken, kTaken}) {
    for (unsigned s = 0; s < kTageStates; ++s)
      all[lesson][s] = static_cast<TageState>(train_entry(s, lesson));
  }
  return all;
}();
inline constexpr auto kTrainedBases = [] {
  std::array<std::array<std::uint8_t, kBaseStates>, 3> all{};
  for (const TageLesson lesson : {kNoLesson, kNotTaken, kTaken}) {
    for (unsigned s = 0; s < kBaseStates; ++s)
      all[lesson][s] = static_cast<std::uint8_t>(train_base(s, lesson));
  }
  return all;
}();

constexpr unsigned case_number(const TageCase& given) {
  return given.state | unsigned{given.alternate} << 4 | unsigned{given.taken} << 5 |
         unsigned{given.use_alternate} << 6;
}
inline constexpr auto kTageOutcomes = [] {
  std::array<TageOutcome, kTageStates * 8> all{};
  for (unsigned rest = 0; rest < 8; ++rest) {
    for (unsigned state = 0; state < kTageStates; ++state) {
      const TageCase given{state, (rest & 1) != 0, (rest & 2) != 0, (rest & 4) != 0};
      all[case_number(given)] = outcome_of(given);
    }
  }
  return all;
}();

}  // namespace m2sim::timing
