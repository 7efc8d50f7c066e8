// Miss status holding registers, as a calendar of how many are taken when. Times need not be monotonic:
// a miss takes the first span from its own time on in which one is free all along. (Remembering only
// when each register frees up would let a miss that is late in time block or admit earlier ones.)
//
// The calendar counts in steps of eight cycles, to which both ends of a span are rounded. A line that is
// on its way needs no register for further misses: those find its Cache::Line with its arrival time.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "timing/cycle.h"

namespace m2sim::timing {

class MshrFile {
 public:
  explicit MshrFile(std::uint32_t entries) : entries_(entries), taken_(kSteps) {
    assert(entries > 0 && entries <= UINT16_MAX);
  }

  // The cycle from which a miss of `now` has a register, which it keeps for `duration` cycles and until
  // `until`.
  Cycle allocate(Cycle now, Cycle duration, Cycle until = 0) {
    const Cycle wanted = round(now);
    Cycle first = wanted;
    if (first + kSteps <= end_) {
      return now;  // so long ago that nobody remembers
    }
    const Cycle least = std::clamp<Cycle>(round(now + duration) - first, 1, kSteps / 2);
    const Cycle until_step = std::min(round(until), first + kSteps / 2);
    Cycle end = std::max(first + least, until_step);
    reach(end);
    if (most_taken(first, end) >= entries_) {
      for (Cycle step = first; step < end; ++step) {
        if (taken(step) < entries_) continue;
        first = step + 1;
        end = std::max(first + least, until_step);
        reach(end);
      }
    }
    in_pieces(first, end, [](std::span<std::uint16_t> steps) {
      for (std::uint16_t& taken : steps) ++taken;
    });
    return first == wanted ? now : first << kStepShift;
  }

  // The first cycle from `now` on in which one is free.
  Cycle first_free(Cycle now) const {
    Cycle step = round(now);
    if (step >= end_ || step + kSteps <= end_ || taken_[step % kSteps] < entries_) return now;
    do {
      ++step;
    } while (step < end_ && taken_[step % kSteps] >= entries_);
    return step << kStepShift;
  }

  bool full(Cycle now) const {
    const Cycle step = round(now);
    return step < end_ && step + kSteps > end_ && taken_[step % kSteps] >= entries_;
  }

 private:
  static constexpr unsigned kStepShift = 3;
  static constexpr std::size_t kSteps = 8192;

  static Cycle round(Cycle cycle) { return (cycle + (1U << (kStepShift - 1))) >> kStepShift; }

  std::uint16_t& taken(Cycle step) { return taken_[step % kSteps]; }

  // Of the steps [first, end).
  std::uint16_t most_taken(Cycle first, Cycle end) {
    std::uint16_t most = 0;
    in_pieces(first, end, [&most](std::span<const std::uint16_t> steps) {
      for (const std::uint16_t taken : steps) most = std::max(most, taken);
    });
    return most;
  }

  // The steps [first, end) as they lie in the ring, so that the host can take many at once.
  template <class Piece>
  void in_pieces(Cycle first, Cycle end, Piece&& piece) {
    const std::size_t from = first % kSteps;
    const std::size_t count = end - first;
    const std::size_t straight = std::min(count, kSteps - from);
    piece(std::span(taken_).subspan(from, straight));
    if (count > straight) piece(std::span(taken_).first(count - straight));
  }

  // Opens the calendar up to `end`, over the oldest steps.
  void reach(Cycle end) {
    if (end >= end_ + kSteps) {
      std::fill(taken_.begin(), taken_.end(), std::uint16_t{0});
      end_ = end;
    }
    if (end <= end_) return;
    in_pieces(end_, end, [](std::span<std::uint16_t> steps) { std::ranges::fill(steps, std::uint16_t{0}); });
    end_ = end;
  }

  std::uint32_t entries_;
  Cycle end_ = 0;  // steps from here on are not in the calendar yet
  std::vector<std::uint16_t> taken_;
};

}  // namespace m2sim::timing
