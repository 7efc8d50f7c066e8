// Miss status holding registers, as a calendar of how many are taken when. Times need not be monotonic:
// a miss takes the first span from its own time on in which one is free all along. (Remembering only
// when each register frees up would let a miss that is late in time block or admit earlier ones.)
//
// The calendar counts in steps of eight cycles, to which both ends of a span are rounded. A line that is
// on its way needs no register for further misses: those find its Cache::Line with its arrival time.
#pragma once

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "timing/cycle.h"
#include "timing/memory/step_blocks.h"

namespace m2sim::timing {

class MshrFile {
 public:
  explicit MshrFile(std::uint32_t entries)
      : entries_(static_cast<std::uint16_t>(entries)), taken_(kRing + kBlockSteps) {
    assert(entries > 0 && entries <= INT16_MAX);
  }

  // The cycle from which a miss of `now` has a register, which it keeps for `duration` cycles and until
  // `until`.
  Cycle allocate(Cycle now, Cycle duration, Cycle until = 0) {
    const Cycle first = round(now);
    if (first + kSteps <= end_) {
      return now;  // so long ago that nobody remembers
    }
    const Cycle least = std::clamp<Cycle>(round(now + duration) - first, 1, kSteps / 2);
    const Cycle until_step = std::min(round(until), first + kSteps / 2);
    const Cycle end = std::max(first + least, until_step);
    reach(end);
    // Most spans are in one block, which does not go beyond the ring's end, and have a register free.
    const std::size_t from = first % kRing;
    const std::size_t count = end - first;
    if (count > kBlockSteps || from > kRing - kBlockSteps || reached(&taken_[from], count, entries_) != 0) {
      return allocate_slow(now, least, until_step);
    }
    count_block(&taken_[from], count);
    return now;
  }

  // The first cycle from `now` on in which one is free.
  Cycle first_free(Cycle now) const {
    Cycle step = round(now);
    if (step >= end_ || step + kSteps <= end_ || taken_[step % kRing] < entries_) return now;
    do {
      ++step;
    } while (step < end_ && taken_[step % kRing] >= entries_);
    return step << kStepShift;
  }

  bool full(Cycle now) const {
    const Cycle step = round(now);
    return step < end_ && step + kSteps > end_ && taken_[step % kRing] >= entries_;
  }

 private:
  static constexpr unsigned kStepShift = 3;
  static constexpr std::size_t kSteps = 8192;         // that are remembered
  static constexpr std::size_t kRing = 2 * kSteps;    // so that steps can be cleared ahead,
  static constexpr std::size_t kAhead = kSteps / 32;  // so many at once

  static Cycle round(Cycle cycle) { return (cycle + (1U << (kStepShift - 1))) >> kStepShift; }

  [[gnu::noinline]] Cycle allocate_slow(Cycle now, Cycle least, Cycle until_step) {
    const Cycle wanted = round(now);
    Cycle first = wanted;
    Cycle looked_at = first;
    Cycle end = std::max(first + least, until_step);
    while (const Cycle free = behind_full(looked_at, end)) {
      first = free;
      looked_at = end;
      end = std::max(first + least, until_step);
      reach(end);
    }
    in_pieces(first, end, [this](std::size_t from, std::size_t count) {
      for (std::size_t at = 0; at < count; at += kBlockSteps) count_block(&taken_[from + at], count - at);
    });
    return first == wanted ? now : first << kStepShift;
  }

  // The step behind the last of [first, end) in which no register is free; 0: there is none.
  Cycle behind_full(Cycle first, Cycle end) const {
    Cycle behind = 0;
    in_pieces(first, end, [&](std::size_t from, std::size_t count) {
      for (std::size_t at = 0; at < count; at += kBlockSteps) {
        const std::uint32_t full = reached(&taken_[from + at], count - at, entries_);
        if (full != 0) behind = first + at + static_cast<unsigned>(std::bit_width(full));
      }
      first += count;
    });
    return behind;
  }

  // The steps [first, end) as they lie in the ring: from which place, and how many.
  template <class Piece>
  static void in_pieces(Cycle first, Cycle end, Piece&& piece) {
    const std::size_t from = first % kRing;
    const std::size_t count = end - first;
    const std::size_t straight = std::min(count, kRing - from);
    piece(from, straight);
    if (count > straight) piece(std::size_t{0}, count - straight);
  }

  // Opens the calendar up to `end`, over the oldest steps.
  void reach(Cycle end) {
    if (end <= end_) return;
    end_ = end;
    if (end > cleared_) clear(end + kAhead);
  }
  [[gnu::noinline]] void clear(Cycle end) {
    if (end >= cleared_ + kRing) {
      std::fill(taken_.begin(), taken_.end(), std::uint16_t{0});
    } else {
      in_pieces(cleared_, end, [this](std::size_t from, std::size_t count) {
        std::fill_n(&taken_[from], count, std::uint16_t{0});
      });
    }
    cleared_ = end;
  }

  std::uint16_t entries_;
  Cycle end_ = 0;                     // steps from here on are not in the calendar yet
  Cycle cleared_ = 0;                 // from here on they are not clear, either
  std::vector<std::uint16_t> taken_;  // a ring, and what a block beyond its end touches
};

}  // namespace m2sim::timing
