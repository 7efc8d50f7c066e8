#include "timing/memory/cache.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <utility>

#include "timing/config/bounds.h"

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
  const auto first = [set](std::uint32_t bytes) {
    for (std::uint32_t at = 0; at < bytes; at += kHostLine) __builtin_prefetch(set + at, 1);
  };
  constexpr std::uint32_t kUsual = 8 * kHostLine;  // of 16 ways: without a loop
  if (set_bytes_ == kUsual) return first(kUsual);
  first(set_bytes_);
}

Cache::Line* Cache::find_slow(std::uint64_t line) {
  const std::uint64_t way = way_of(line);
  if (way == ways_) return nullptr;
  const std::uint64_t set = line & set_mask_;
  stamps(set)[way] = next_stamp();
  recent_[set] = static_cast<std::uint8_t>(way);
  return &lines(set)[way];
}

Cache::Line Cache::take(std::uint64_t line, Line& state) {
  const std::uint64_t set = line & set_mask_;
  const auto way = static_cast<std::uint64_t>(&state - lines(set));
  assert(way < ways_ && tags(set)[way] == tag_of(line));
  tags(set)[way] = tag_of(kNone);
  stamps(set)[way] = 0;
  return std::exchange(state, Line{});
}

// Once in four billion changes of order: forgets the order, keeps the lines.
void Cache::forget_order() {
  for (std::uint64_t set = 0; set <= set_mask_; ++set) {
    for (std::uint32_t way = 0; way < ways_; ++way) {
      stamps(set)[way] = tags(set)[way] == tag_of(kNone) ? 0 : 1;
    }
  }
  clock_ = 2;
}

}  // namespace m2sim::timing
