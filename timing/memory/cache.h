// A set-associative, write-back, write-allocate cache with least-recently-used replacement: tags and
// arrival times, no data. Lines are named by their number (address / line size).
//
// A line that is on its way is present with a `ready` time in the future; that is how later misses of
// the same line merge. Replacement is true LRU: Apple's is not published.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>

#include "timing/config/config.h"
#include "timing/cycle.h"
#include "timing/way_match.h"
#include "timing/zeroed_array.h"

namespace m2sim::timing {

enum class MemLevel : std::uint8_t { kL1, kL2, kSlc, kDram };

class Cache {
 public:
  struct Line {
    Cycle ready = 0;                  // an access before this cycle waits for it
    MemLevel source = MemLevel::kL1;  // where it came from, for accesses that merge
    bool dirty = false;
    bool prefetched = false;   // brought in by a prefetch and not yet used
    std::uint8_t missing = 0;  // a bit for each part, as long as a line of the level above, without data

    template <class Learned>
    void learned(Learned& show) {
      show(source, dirty, prefetched, missing);
    }
  };
  struct Victim {
    std::uint64_t line;  // kNone: an empty way was taken, whose state is a fresh one
    Line state;
    std::uint32_t stamp;  // when it was used last, as stamp() counts
  };
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};

  explicit Cache(const CacheConfig& config);

  std::uint64_t line_of(std::uint64_t address) const { return address >> line_shift_; }

  std::uint32_t ways() const { return ways_; }
  std::uint64_t sets() const { return set_mask_ + 1; }

  std::uint64_t line_bytes() const { return std::uint64_t{1} << line_shift_; }

  // Of the line in which `address` lies.
  std::uint64_t first_byte(std::uint64_t address) const { return line_of(address) << line_shift_; }

  // True if `line` is the most recently used of its set: a hit that needs no bookkeeping. Lines that
  // arrived by prefetch do not count as used.
  bool is_most_recent(std::uint64_t line) const {
    const std::uint64_t set = line & set_mask_;
    return tags(set)[recent_[set]] == tag_of(line);
  }

  // The line for which is_most_recent is true.
  const Line& most_recent(std::uint64_t line) const {
    const std::uint64_t set = line & set_mask_;
    return lines(set)[recent_[set]];
  }
  Line& most_recent(std::uint64_t line) {
    return const_cast<Line&>(static_cast<const Cache*>(this)->most_recent(line));
  }

  // The latest arrival of any line so far: from then on, hits need not look at Line::ready.
  Cycle settled() const { return settled_; }

  // Lines used from now on have a later stamp.
  std::uint32_t stamp() const { return clock_; }

  // Null if absent. Marks the line as most recently used.
  Line* find(std::uint64_t line) {
    const std::uint64_t set = line & set_mask_;
    if (tags(set)[recent_[set]] == tag_of(line)) return &lines(set)[recent_[set]];
    return find_slow(line);
  }

  // As find, but leaves the order of use alone.
  Line* peek(std::uint64_t line) {
    const std::uint64_t set = line & set_mask_;
    const std::uint64_t way = way_of(line);
    return way == ways_ ? nullptr : &lines(set)[way];
  }
  bool contains(std::uint64_t line) const { return way_of(line) != ways_; }
  // The line that peek() has found is used: what find() does more.
  void use(std::uint64_t line, const Line& found) {
    const std::uint64_t set = line & set_mask_;
    const auto way = static_cast<std::uint64_t>(&found - lines(set));
    if (recent_[set] == way) return;
    stamps(set)[way] = next_stamp();
    recent_[set] = static_cast<std::uint8_t>(way);
  }

  struct Age {
    std::uint32_t stamp;  // when a line was used last
    std::uint32_t newer;  // lines of its set that have been used since
  };
  // Of a line that is here.
  Age age(std::uint64_t line, const Line& found) const;

  // Tells the host that somebody will look at the line's set.
  void foresee(std::uint64_t line) const;

  // Puts an absent line in the place of the least recently used of its set.
  [[gnu::always_inline]] Victim insert(std::uint64_t line, const Line& state) {
    assert(peek(line) == nullptr);
    const std::uint64_t set = line & set_mask_;
    std::uint32_t* const used = stamps(set);
    const std::uint64_t way = with_ways(
        [used](std::uint64_t ways) { return first_least(used, ways); });  // an empty place goes first
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

  // Another arrival for a line that is here.
  void refill(Line& line, Cycle ready, MemLevel source) {
    line.ready = ready;
    line.source = source;
    line.missing = 0;
    settled_ = std::max(settled_, ready);
  }

  // A line that is here, and its state, go elsewhere.
  Line take(std::uint64_t line, Line& state);
  template <class Learned>
  void learned(Learned& show) {
    for (std::uint64_t set = 0; set <= set_mask_; ++set) {
      for (std::uint32_t way = 0; way < ways_; ++way) show(tags(set)[way], lines(set)[way], stamps(set)[way]);
    }
    show(recent_, clock_);
  }

 private:
  // A set's tags, states and stamps lie together, so that a look at a set that the host keeps far away
  // finds them all: tags, and a tag of no line; states; stamps, by which the order of last use is known, from
  // 1 on, and 0 of an empty place.
  //
  // An empty place, kNone, has the tag 0: a cache begins as zeros (ZeroedArray).
  static constexpr std::uint64_t tag_of(std::uint64_t line) { return ~line; }
  static constexpr std::uint64_t line_of_tag(std::uint64_t tag) { return ~tag; }

  template <class T>
  T* in_set(std::uint64_t set, std::uint64_t offset) const {
    return reinterpret_cast<T*>(const_cast<std::byte*>(sets_.data()) + set * set_bytes_ + offset);
  }
  std::uint64_t* tags(std::uint64_t set) { return in_set<std::uint64_t>(set, 0); }
  const std::uint64_t* tags(std::uint64_t set) const { return in_set<std::uint64_t>(set, 0); }
  Line* lines(std::uint64_t set) { return in_set<Line>(set, lines_offset_); }
  const Line* lines(std::uint64_t set) const { return in_set<Line>(set, lines_offset_); }
  std::uint32_t* stamps(std::uint64_t set) { return in_set<std::uint32_t>(set, stamps_offset_); }
  const std::uint32_t* stamps(std::uint64_t set) const { return in_set<std::uint32_t>(set, stamps_offset_); }

  // `ways_`: the line is absent.
  std::uint64_t way_of(std::uint64_t line) const {
    const std::uint64_t* const set = tags(line & set_mask_);
    return with_ways([&](std::uint64_t ways) { return find_tag(set, ways, tag_of(line)); });
  }
  // search(ways_), with what most caches have as a constant: so few ways the host compares without a loop.
  template <class Search>
  std::uint64_t with_ways(Search&& search) const {
    return ways_ == 8 ? search(8) : ways_ == 16 ? search(16) : search(ways_);
  }

  Line* find_slow(std::uint64_t line);
  std::uint32_t next_stamp() {
    if (++clock_ == 0) [[unlikely]]
      forget_order();
    return clock_;
  }
  void forget_order();

  std::uint32_t line_shift_;
  std::uint32_t ways_;
  std::uint64_t set_mask_;
  std::uint32_t lines_offset_;   // bytes
  std::uint32_t stamps_offset_;  // the same
  std::uint32_t set_bytes_;
  ZeroedArray<std::byte> sets_;
  ZeroedArray<std::uint8_t> recent_;  // way used last, a set; `ways_`, where a tag of no line stands, if a
                                      // line has arrived by prefetch since
  std::uint32_t clock_ = 0;
  Cycle settled_ = 0;
};

}  // namespace m2sim::timing
