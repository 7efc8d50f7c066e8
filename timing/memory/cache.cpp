#include "timing/memory/cache.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <utility>

#include "timing/config/bounds.h"
#include "timing/way_match.h"

namespace m2sim::timing {
namespace {

constexpr std::uint32_t kHostLine = 64;  // bytes

}  // namespace

Cache::Cache(const CacheConfig& config)
    : line_shift_(static_cast<std::uint32_t>(std::countr_zero(config.line_bytes))), ways_(config.ways) {
  const std::uint64_t lines = std::uint64_t{config.kib} * 1024 / config.line_bytes;
  static_assert(Bounds<CacheConfig>::ways.max <= UINT8_MAX, "a way in recent_");
  assert(std::has_single_bit(config.line_bytes) && lines % ways_ == 0);
  const std::uint64_t sets = lines / ways_;
  assert(std::has_single_bit(sets));
  set_mask_ = sets - 1;
  static_assert(sizeof(Line) == 16 && alignof(Line) == 8);
  lines_offset_ = (ways_ + 1) * std::uint32_t{sizeof(std::uint64_t)};
  stamps_offset_ = lines_offset_ + ways_ * std::uint32_t{sizeof(Line)};
  const std::uint32_t bytes = stamps_offset_ + ways_ * std::uint32_t{sizeof(std::uint32_t)};
  set_bytes_ = (bytes + kHostLine - 1) / kHostLine * kHostLine;
  sets_ = ZeroedArray<std::byte>(sets * set_bytes_);
  recent_ = ZeroedArray<std::uint8_t>(sets);
}

Cache::Line* Cache::peek(std::uint64_t line) {
  const std::uint64_t set = line & set_mask_;
  const std::uint64_t way = find_tag(tags(set), ways_, tag_of(line));
  return way == ways_ ? nullptr : &lines(set)[way];
}

bool Cache::contains(std::uint64_t line) const {
  return find_tag(tags(line & set_mask_), ways_, tag_of(line)) != ways_;
}

Cache::Age Cache::age(std::uint64_t line, const Line& found) const {
  const std::uint64_t set = line & set_mask_;
  const std::uint32_t* const used = stamps(set);
  const std::uint32_t stamp = used[&found - lines(set)];
  const auto newer =
      std::count_if(used, used + ways_, [stamp](std::uint32_t other) { return other > stamp; });
  return {stamp, static_cast<std::uint32_t>(newer)};
}

void Cache::foresee(std::uint64_t line) const {
  const auto* const set = in_set<const char>(line & set_mask_, 0);
  for (std::uint32_t at = 0; at < set_bytes_; at += kHostLine) __builtin_prefetch(set + at, 1);
}

Cache::Line* Cache::find_slow(std::uint64_t line) {
  Line* const found = peek(line);
  if (found != nullptr) use(line, *found);
  return found;
}

Cache::Victim Cache::insert(std::uint64_t line, const Line& state) {
  assert(peek(line) == nullptr);
  const std::uint64_t set = line & set_mask_;
  std::uint32_t* const used = stamps(set);
  const std::uint64_t way = first_least(used, ways_);  // an empty place goes first
  std::uint64_t& tag = tags(set)[way];
  Line& place = lines(set)[way];
  const Victim victim{line_of_tag(tag), place, used[way]};
  tag = tag_of(line);
  place = state;
  used[way] = next_stamp();
  // A prefetched line must not pass for one in use, or its first use would go unnoticed; and the line used
  // last is no longer the newest of its set, so that its next use has to be looked at too.
  recent_[set] = static_cast<std::uint8_t>(state.prefetched ? ways_ : way);
  settled_ = std::max(settled_, state.ready);
  return victim;
}

Cache::Line Cache::take(std::uint64_t line, Line& state) {
  const std::uint64_t set = line & set_mask_;
  const auto way = static_cast<std::uint64_t>(&state - lines(set));
  assert(way < ways_ && tags(set)[way] == tag_of(line));
  tags(set)[way] = tag_of(kNone);
  stamps(set)[way] = 0;
  return std::exchange(state, Line{});
}

std::uint32_t Cache::next_stamp() {
  if (++clock_ == 0) {
    // Once in four billion changes of order: forget the order, keep the lines.
    for (std::uint64_t set = 0; set <= set_mask_; ++set) {
      for (std::uint32_t way = 0; way < ways_; ++way) {
        stamps(set)[way] = tags(set)[way] == tag_of(kNone) ? 0 : 1;
      }
    }
    clock_ = 2;
  }
  return clock_;
}

}  // namespace m2sim::timing
