#include "timing/memory/cache.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <utility>

#include "timing/config/bounds.h"
#include "timing/way_match.h"

namespace m2sim::timing {

Cache::Cache(const CacheConfig& config)
    : line_shift_(static_cast<std::uint32_t>(std::countr_zero(config.line_bytes))), ways_(config.ways) {
  const std::uint64_t lines = std::uint64_t{config.kib} * 1024 / config.line_bytes;
  static_assert(Bounds<CacheConfig>::ways.max <= UINT8_MAX, "a way in recent_");
  assert(std::has_single_bit(config.line_bytes) && lines % ways_ == 0);
  const std::uint64_t sets = lines / ways_;
  assert(std::has_single_bit(sets));
  set_mask_ = sets - 1;
  tags_ = ZeroedArray<std::uint64_t>(lines + 1);
  lines_ = ZeroedArray<Line>(lines);
  recent_ = ZeroedArray<std::uint8_t>(sets);
}

Cache::Line* Cache::peek(std::uint64_t line) {
  const std::uint64_t first = (line & set_mask_) * ways_;
  const std::uint64_t way = find_tag(&tags_[first], ways_, tag_of(line));
  return way == ways_ ? nullptr : &lines_[first + way];
}

Cache::Line* Cache::find_slow(std::uint64_t line, std::uint64_t set) {
  Line* const found = peek(line);
  if (found != nullptr) {
    found->stamp = next_stamp();
    recent_[set] = static_cast<std::uint8_t>(found - &lines_[set * ways_]);
  }
  return found;
}

Cache::Victim Cache::insert(std::uint64_t line, const Line& state) {
  const std::uint64_t set = line & set_mask_;
  const std::uint64_t first = set * ways_;
  std::uint64_t place = first;
  for (std::uint64_t way = first; way < first + ways_; ++way) {
    assert(tags_[way] != tag_of(line));
    // Stamps start at 1, so an empty way, stamp 0, goes first.
    place = lines_[way].stamp < lines_[place].stamp ? way : place;
  }
  const Victim victim{line_of_tag(tags_[place]), lines_[place]};
  tags_[place] = tag_of(line);
  lines_[place] = state;
  lines_[place].stamp = next_stamp();
  // A prefetched line must not pass for one in use, or its first use would go unnoticed; and the line used
  // last is no longer the newest of its set, so that its next use has to be looked at too.
  recent_[set] = static_cast<std::uint8_t>(state.prefetched ? ways_ : place - first);
  settled_ = std::max(settled_, state.ready);
  return victim;
}

Cache::Line Cache::take(std::uint64_t line, Line& state) {
  const Line taken = std::exchange(state, Line{});
  tags_[static_cast<std::size_t>(&state - lines_.data())] = tag_of(kNone);
  assert(peek(line) == nullptr);
  static_cast<void>(line);
  return taken;
}

std::uint32_t Cache::next_stamp() {
  if (++clock_ == 0) {
    // Once in four billion changes of order: forget the order, keep the lines.
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      lines_[i].stamp = tags_[i] == tag_of(kNone) ? 0 : 1;
    }
    clock_ = 2;
  }
  return clock_;
}

}  // namespace m2sim::timing
