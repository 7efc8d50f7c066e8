// How many uops are in each dispatch queue, for a model that knows when a uop will leave as it enters: the
// counts of all queues in one word, and what each of the coming cycles takes off it.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "timing/config/bounds.h"
#include "timing/config/config.h"
#include "timing/cycle.h"

namespace m2sim::timing {

class QueueExits {
 public:
  // To `now`, which does not go back: who leaves by then has left.
  [[gnu::always_inline]] void advance(Cycle now) {
    if (now == now_) [[likely]]
      return;
    if (now != now_ + 1) return jump(now);
    now_ = now;
    pass();
    if (far_count_ != 0) [[unlikely]]
      bring();
  }

  unsigned queued(unsigned queue) const { return counts_ >> shift(queue) & kMost; }

  // A uop is in the queue until `leaves`.
  [[gnu::always_inline]] void enter(unsigned queue, Cycle leaves) {
    if (leaves - now_ - 1 >= kReach - 1) [[unlikely]]
      return enter_far(queue, leaves);
    const Counts one = Counts{1} << shift(queue);
    counts_ += one;
    leaving_[leaves % kReach] += one;
  }

  // When the first uop leaves one of the queues of a mask, or kNever.
  [[gnu::noinline]] Cycle next_leave(unsigned queues) const {
    Counts asked = 0;
    for (unsigned rest = queues; rest != 0; rest &= rest - 1) {
      asked |= Counts{kMost} << shift(static_cast<unsigned>(std::countr_zero(rest)));
    }
    if ((counts_ & asked) == 0) return kNever;
    for (Cycle cycle = now_ + 1; cycle - now_ < kReach; ++cycle) {
      if ((leaving_[cycle % kReach] & asked) != 0) return cycle;
    }
    Cycle first = kNever;
    for (unsigned i = 0; i < far_count_; ++i) {
      if ((queues >> far_[i].queue & 1U) != 0) first = std::min(first, far_[i].leaves);
    }
    return first;
  }

 private:
  using Counts = std::uint64_t;  // a byte a queue
  static constexpr unsigned kMost = 0xFF;
  static_assert(kMaxDispatchQueues <= 8 && Bounds<DispatchQueueConfig>::entries.max <= kMost);
  static constexpr Cycle kReach = 1024;  // cycles from now on that have a place each
  struct Far {
    Cycle leaves;
    unsigned queue;
  };

  static constexpr unsigned shift(unsigned queue) { return 8 * queue; }

  void pass() {
    Counts& leaving = leaving_[now_ % kReach];
    counts_ -= leaving;
    leaving = 0;
  }
  [[gnu::noinline]] void enter_far(unsigned queue, Cycle leaves) {
    if (leaves <= now_) return;
    counts_ += Counts{1} << shift(queue);
    far_[far_count_++] = {leaves, queue};
  }

  [[gnu::noinline]] void jump(Cycle now) {
    const Cycle last = std::min(now, now_ + kReach);
    while (now_ < last && counts_ != 0) {
      ++now_;
      pass();
    }
    now_ = now;
    if (far_count_ != 0) bring();
  }

  // Those that were out of reach and are not any more.
  [[gnu::noinline]] void bring() {
    unsigned kept = 0;
    for (unsigned i = 0; i < far_count_; ++i) {
      const Far far = far_[i];
      if (far.leaves <= now_) {
        counts_ -= Counts{1} << shift(far.queue);
      } else if (far.leaves - now_ < kReach) {
        leaving_[far.leaves % kReach] += Counts{1} << shift(far.queue);
      } else {
        far_[kept++] = far;
      }
    }
    far_count_ = kept;
  }

  Cycle now_ = 0;
  Counts counts_ = 0;
  unsigned far_count_ = 0;
  std::array<Counts, kReach> leaving_{};
  std::array<Far, std::size_t{kMaxDispatchQueues} * Bounds<DispatchQueueConfig>::entries.max> far_{};
};

}  // namespace m2sim::timing
