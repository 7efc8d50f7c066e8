// A dispatch queue of the cycle-driven model: uops between rename and their scheduler, a line for each that
// they can be bound to. It knows from when on a look at it can find something to do: most cycles pass
// without.
//
// Reads DispatchQueueConfig (through QueueLane).
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "timing/config/bounds.h"
#include "timing/config/config.h"
#include "timing/cycle.h"
#include "timing/least_lane.h"
#include "timing/pipe/steering.h"

namespace m2sim::timing {

struct QueuedUop {
  Cycle earliest;      // in a scheduler; not before that of an older one
  std::uint32_t key;   // by which the queue's user knows it
  std::uint8_t bound;  // to a scheduler; kLaneCount: to none
  std::uint8_t ports;  // behind the queue that can execute it
};

class DispatchQueue {
 public:
  unsigned size() const { return static_cast<unsigned>(std::popcount(occupied_)); }

  [[gnu::always_inline]] void push(const QueuedUop& uop) {
    if ((occupied_ & bit(end_)) != 0) [[unlikely]]
      close_gaps();
    const unsigned slot = end_;
    std::uint64_t& line = in_line_[uop.bound % kLaneCount];
    // Without a branch, here and in room_in(): which scheduler a uop is bound to is random, and the host
    // could not predict it.
    look_ = std::min(look_, line == 0 ? uop.earliest : kNever);
    line |= bit(slot);
    occupied_ |= bit(slot);
    uops_[slot] = uop;
    end_ = (slot + 1) % kSlots;
  }

  // The cycle from which leave() can find something to do.
  Cycle next_look() const { return look_; }
  // A uop has left a scheduler behind the queue.
  void room_in(unsigned scheduler) {
    const unsigned moves = stopped_ & (1U << scheduler | anywhere_);
    stopped_ &= ~moves;
    anywhere_ &= ~moves;
    look_ = moves != 0 ? 0 : look_;
  }

  // One cycle: enter(uop, scheduler) of those that find room in a scheduler, of which so many uops wait in
  // each. One that finds none is overtaken by those that are bound elsewhere. The older is asked first: else
  // a younger one, free to go anywhere, might take the last place of a scheduler and wait there for one that
  // needs it.
  template <class Enter>
  [[gnu::always_inline]] void leave(Cycle now, const QueueLane& lane, Lanes waiting, Enter&& enter) {
    if (now >= bound_until_) {
      bound_until_ = kNever;
      stopped_ = 0;
    }
    look_ = kNever;
    std::uint32_t left = lane.per_cycle;
    for (std::uint64_t open = by_age(unstopped()); open != 0;) {
      const unsigned slot = oldest(open);
      const QueuedUop& uop = uops_[slot];
      if (uop.earliest > now) {  // and the others are younger
        look_ = uop.earliest;
        break;
      }
      const bool bound = lane.bound_at(now, uop.earliest);
      const unsigned chosen =
          bound ? lane.if_room(uop.bound, waiting) : lane.choose_scheduler(uop.ports, waiting);
      const unsigned line = uop.bound % kLaneCount;
      if (chosen == kLaneCount) {
        open &= ~by_age(in_line_[line]);
        stop(line, bound ? uop.earliest + lane.bound_cycles : kNever);
        continue;
      }
      waiting += in_lane(chosen, 1);
      enter(uop, chosen);
      open &= open - 1;
      occupied_ &= ~bit(slot);
      in_line_[line] &= ~bit(slot);
      if (--left != 0) continue;
      if (open != 0) look_ = now + 1;
      break;
    }
    look_ = std::min(look_, bound_until_);
  }

 private:
  // The line's oldest uop has found no room. Until then it waits for its scheduler, whose number is the
  // line's, and else for any.
  void stop(unsigned line, Cycle bound_until) {
    stopped_ |= 1U << line;
    anywhere_ = (anywhere_ & ~(1U << line)) | unsigned{bound_until == kNever} << line;
    bound_until_ = std::min(bound_until_, bound_until);
  }
  // Of the lines whose oldest uop does not wait for room.
  std::uint64_t unstopped() const {
    std::uint64_t slots = occupied_;
    for (unsigned rest = stopped_; rest != 0; rest &= rest - 1)
      slots &= ~in_line_[static_cast<unsigned>(std::countr_zero(rest))];
    return slots;
  }

  // Slots are taken in a circle, so that they are in order of age; there are more than uops, and when the
  // next one is still taken, all close up.
  static constexpr unsigned kSlots = 64;
  static_assert(Bounds<DispatchQueueConfig>::entries.max < kSlots, "a word holds the slots");
  static constexpr std::uint64_t bit(unsigned slot) { return std::uint64_t{1} << slot; }
  // A mask of slots with the oldest first, and the slot of its first.
  std::uint64_t by_age(std::uint64_t slots) const { return std::rotr(slots, static_cast<int>(end_)); }
  unsigned oldest(std::uint64_t slots_by_age) const {
    return (static_cast<unsigned>(std::countr_zero(slots_by_age)) + end_) % kSlots;
  }
  [[gnu::noinline]] void close_gaps() {
    const std::uint64_t all = by_age(occupied_);
    const unsigned begin = end_;
    in_line_ = {};
    for (std::uint64_t rest = all; rest != 0; rest &= rest - 1) {
      uops_[end_] = uops_[(static_cast<unsigned>(std::countr_zero(rest)) + begin) % kSlots];
      in_line_[uops_[end_].bound % kLaneCount] |= bit(end_);
      end_ = (end_ + 1) % kSlots;
    }
    occupied_ = std::rotl(bit(size()) - 1, static_cast<int>(begin));
  }

  Cycle look_ = kNever;         // see next_look()
  Cycle bound_until_ = kNever;  // when the first uop that waits for its own scheduler may go elsewhere
  // Masks of lines: those whose oldest uop waits for room in a scheduler; those of them where any will do
  // (see Scheduler for why they are not neighbours).
  unsigned stopped_ = 0;
  unsigned end_ = 0;  // the next slot to be taken
  unsigned anywhere_ = 0;
  std::uint64_t occupied_ = 0;
  // Slots by the scheduler that their uops are bound to; those bound to none are in the first line.
  std::array<std::uint64_t, kLaneCount> in_line_{};
  std::array<QueuedUop, kSlots> uops_{};
};

}  // namespace m2sim::timing
