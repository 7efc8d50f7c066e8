#include "timing/branch/tage.h"

#include <algorithm>
#include <bit>
#include <cassert>

#include "timing/config/bounds.h"

namespace m2sim::timing {

namespace {

constexpr std::int32_t kUseAlternateLimit = 8;
constexpr std::uint32_t kFailedAllocationLimit = 1024;

// Odd constants without structure. The hash is 32 bits: an index above, a tag below it.
constexpr std::array<std::uint32_t, 4> kWordFactors{0x9e3779b1U, 0x85ebca77U, 0xc2b2ae3dU, 0x27d4eb2fU};
constexpr std::uint32_t kMixFactor = 0x2c1b3c6dU;
constexpr unsigned kIndexShift = 16;
constexpr unsigned kPlaceShift = kIndexShift - std::countr_zero(kMatchWays);

std::uint32_t hash_pc(std::uint64_t pc) {
  return static_cast<std::uint32_t>(((pc >> 2) * 0x9e3779b97f4a7c15U) >> 32);
}

}  // namespace

Tage::Tage(const BranchConfig& config)
    : base_(std::size_t{1} << config.base_index_bits, std::uint8_t{1}),
      base_mask_(base_.size() - 1),
      founds_(kFounds) {
  using Most = Bounds<TageTableConfig>;
  static_assert(Most::ways.max <= kMatchWays && Most::tag_bits.max <= kIndexShift &&
                Most::index_bits.max <= 32 - kIndexShift && Most::target_history.max <= kTargetHistoryBits &&
                Most::branch_history.max <= kBranchHistoryBits);
  std::uint32_t sets = 0;
  for (unsigned t = 0; t < kTageTableCount; ++t) {
    const TageTableConfig& table = config.tage[t];
    const HistoryMask mask = PathHistory::mask(table.target_history, table.branch_history);
    masks_[0][t] = static_cast<std::uint32_t>(mask.low);
    masks_[1][t] = static_cast<std::uint32_t>(mask.low >> 32);
    masks_[2][t] = static_cast<std::uint32_t>(mask.high);
    masks_[3][t] = static_cast<std::uint32_t>(mask.high >> 32);
    first_place_[t] = sets * kMatchWays;
    place_mask_[t] = ((1U << table.index_bits) - 1) * kMatchWays;
    tag_mask_[t] = (1U << table.tag_bits) - 1;
    way_mask_[t] = static_cast<std::uint8_t>((1U << table.ways) - 1);
    sets += 1U << table.index_bits;
  }
  std::fill(first_place_.begin() + kTageTableCount, first_place_.end(), kNoState);
  tags_ = ZeroedArray<std::uint16_t>(std::size_t{sets} * kMatchWays);
  states_ = ZeroedArray<State>(std::size_t{sets} * kMatchWays);
}

inline void Tage::hash_history(const PathHistory& history) {
  hashed_low_ = history.low();
  hashed_high_ = history.high();
  const std::array<std::uint32_t, 4> words{
      static_cast<std::uint32_t>(hashed_low_), static_cast<std::uint32_t>(hashed_low_ >> 32),
      static_cast<std::uint32_t>(hashed_high_), static_cast<std::uint32_t>(hashed_high_ >> 32)};
  for (unsigned t = 0; t < kLanes; ++t) {
    std::uint32_t hash =
        (words[0] & masks_[0][t]) * kWordFactors[0] ^ (words[1] & masks_[1][t]) * kWordFactors[1];
    hash ^= (words[2] & masks_[2][t]) * kWordFactors[2] ^ (words[3] & masks_[3][t]) * kWordFactors[3];
    hash = (hash ^ (hash >> 15)) * kMixFactor;
    hashes_[t] = hash ^ (hash >> 13);
  }
}

inline void Tage::look_up(std::uint64_t pc, const PathHistory& history, Lookup& lookup) {
  if (history.low() != hashed_low_ || history.high() != hashed_high_) {
    hash_history(history);
  }
  const std::uint32_t pc_hash = hash_pc(pc);
  for (unsigned t = 0; t < kLanes; ++t) {
    const std::uint32_t hash = hashes_[t] ^ pc_hash;
    const std::uint32_t tag = hash & tag_mask_[t];
    lookup.tag[t] = tag == 0 ? 1U : tag;
    // The index times kMatchWays.
    lookup.place[t] = first_place_[t] + ((hash >> kPlaceShift) & place_mask_[t]);
  }
  static_assert(kTageTableCount + 2 <= sizeof(lookup.hits));
  const std::uint64_t hits = match_tags(tags_.data(), lookup.place, lookup.tag) | kBaseHits;
  lookup.hits = hits;
  lookup.provider = place_of(lookup, hits);
  // All tables up to the provider's are out, whichever of their ways hit.
  const unsigned table = static_cast<unsigned>(std::countr_zero(hits)) / kMatchWays;
  lookup.alternate = place_of(lookup, hits & ~std::uint64_t{0xFF} << (table * kMatchWays));
}

// Of the first way that hits.
inline std::uint32_t Tage::place_of(const Lookup& lookup, std::uint64_t hits) {
  const auto bit = static_cast<unsigned>(std::countr_zero(hits));
  return lookup.place[bit / kMatchWays] + bit % kMatchWays;
}

void Tage::forget_found() {
  founds_.assign(kFounds, Found{});
  age_ = 0;
}

inline bool Tage::ask(std::uint32_t place, std::uint64_t pc, TageLesson lesson) {
  if (place == kNoState) {
    std::uint8_t& base = base_[(pc >> 2) & base_mask_];
    const bool says = base_says(base);
    base = kTrainedBases[lesson][base % kBaseStates];
    return says;
  }
  State& state = states_[place];
  const bool says = entry_says(state);
  state = kTrainedEntries[lesson][state % kTageStates];
  return says;
}

// Loops ask for the same again and again: so far nothing is called, which would cost the host registers.
bool Tage::observe(std::uint64_t pc, const PathHistory& history, bool taken) {
  if ((pause_ | pc >> kAddressBits) != 0) return look_up_and_learn(unkept_, pc, history, taken);
  const std::uint64_t hash = (history.low() ^ pc) * 0x9e3779b97f4a7c15U;
  Found& found = founds_[hash >> (64 - std::countr_zero(kFounds))];
  if (found.site != (pc | age_) || found.low != history.low() || found.high != history.high()) {
    return look_up_and_learn(found, pc, history, taken);
  }
  ++hits_;
  looked_up_ = false;
  return learn(found, pc, history, taken);
}

bool Tage::look_up_and_learn(Found& place, std::uint64_t pc, const PathHistory& history, bool taken) {
  look_up(pc, history, lookup_);
  looked_up_ = true;
  place = {history.low(), history.high(), pc | age_, lookup_.provider, lookup_.alternate};
  if (pause_ != 0) {
    --pause_;
  } else if (++misses_ == kTrial) {
    if (hits_ < kTrial) pause_ = kPause;
    misses_ = hits_ = 0;
  }
  return learn(place, pc, history, taken);
}

inline bool Tage::learn(const Found& found, std::uint64_t pc, const PathHistory& history, bool taken) {
  const TageLesson lesson = taken ? kTaken : kNotTaken;
  if (found.provider == kNoState) {
    return ask(kNoState, pc, lesson) == taken ? taken : allocate(pc, history, taken);
  }
  State& state = states_[found.provider];
  // While the entry has not proved useful, the one that would take its place keeps learning.
  const bool alternate = ask(found.alternate, pc, (state & kTageUseful) != 0 ? kNoLesson : lesson);
  const TageOutcome outcome =
      kTageOutcomes[case_number({state % kTageStates, alternate, taken, use_alternate_ >= 0})];
  state = outcome.state;
  if (outcome.use_alternate != 0) [[unlikely]] {
    use_alternate_ =
        std::clamp(use_alternate_ + outcome.use_alternate, -kUseAlternateLimit, kUseAlternateLimit - 1);
  }
  return outcome.allocates ? allocate(pc, history, taken) : outcome.prediction;
}

bool Tage::predict(std::uint64_t pc, const PathHistory& history) {
  Lookup lookup;
  look_up(pc, history, lookup);
  if (lookup.provider == kNoState) return says(kNoState, pc);
  const State state = states_[lookup.provider];
  // Whatever the branch will do.
  const bool alternate = says(lookup.alternate, pc);
  return kTageOutcomes[case_number({state % kTageStates, alternate, false, use_alternate_ >= 0})].prediction;
}

bool Tage::says(std::uint32_t place, std::uint64_t pc) const {
  return place == kNoState ? base_says(base_[(pc >> 2) & base_mask_]) : entry_says(states_[place]);
}

unsigned Tage::useless(const State* states) {
  unsigned ways = 0;
  for (unsigned way = 0; way < kMatchWays; ++way) {
    ways |= static_cast<unsigned>((states[way] & kTageUseful) == 0) << way;
  }
  return ways;
}

bool Tage::allocate(std::uint64_t pc, const PathHistory& history, bool taken) {
  if (!looked_up_) look_up(pc, history, lookup_);
  const Lookup& lookup = lookup_;
  const unsigned provider = static_cast<unsigned>(std::countr_zero(lookup.hits)) / kMatchWays;
  if (provider == 0) return !taken;
  // Mostly the next longer table, at times one beyond, so that branches that need a long history do
  // not have to climb through every table.
  const std::uint32_t bits = random_.next();
  const unsigned skip = (bits & 3) != 0 ? 0U : (bits & 4) != 0 ? 1U : 2U;
  const unsigned table = provider - 1 - std::min(skip, provider - 1);
  for (unsigned t = table + 1; t-- > 0;) {
    State* const states = &states_[lookup.place[t]];
    const unsigned free = useless(states) & way_mask_[t];
    if (free == 0) {
      ++failed_allocations_;
      continue;
    }
    // The first free way at or above a random one.
    const unsigned above = free & (~0U << ((bits >> 8) & 7));
    const auto way = static_cast<unsigned>(std::countr_zero(above != 0 ? above : free));
    const unsigned start = taken ? 4 : 3;
    tags_[lookup.place[t] + way] = static_cast<std::uint16_t>(lookup.tag[t]);
    states[way] = static_cast<State>(start << kTageCounterShift);
    failed_allocations_ -= failed_allocations_ > 0 ? 1 : 0;
    age_ += std::uint64_t{1} << kAddressBits;
    if (age_ == 0) forget_found();
    break;
  }
  if (failed_allocations_ >= kFailedAllocationLimit) forget_usefulness();
  return !taken;
}

void Tage::forget_usefulness() {
  failed_allocations_ = 0;
  for (State& state : states_) state = static_cast<State>(state & ~kTageUseful);
}

}  // namespace m2sim::timing
