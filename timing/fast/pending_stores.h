// Retired stores that have not written the L1D yet. The instruction-driven model knows when a store retires
// before it comes to the loads behind it, and those may execute earlier: they reach the memory first. So a
// store's write waits here until somebody is later in time, or needs to know when its queue entry is free.
#pragma once

#include <array>
#include <cstdint>

#include "timing/config/bounds.h"
#include "timing/config/config.h"
#include "timing/cycle.h"
#include "timing/pipe/load_store_unit.h"

namespace m2sim::timing {

class PendingStores {
 public:
  // The next store in program order has been given the cycle in which it retires.
  void retire(std::uint64_t number, Cycle retired) {
    retired_[number % retired_.size()] = retired;
    last_ = number;
    if (next_ == number) due_ = retired;
  }

  // Those write that have retired by `now`.
  void write_until(Cycle now, LoadStoreUnit& load_store) {
    while (due_ <= now) write(load_store);
  }
  // When the queue entry is free of a store whose group has been given its time; 0: so long ago that nobody
  // remembers.
  [[gnu::always_inline]] Cycle freed(std::uint64_t number, LoadStoreUnit& load_store) {
    while (next_ <= number) write(load_store);
    const StoreRecord& store = load_store.store(number);
    return store.sequence == number ? store.freed : 0;
  }

 private:
  [[gnu::noinline]] void write(LoadStoreUnit& load_store) {
    load_store.commit(next_, due_);
    ++next_;
    due_ = next_ <= last_ ? retired_[next_ % retired_.size()] : kNever;
  }

  std::array<Cycle, ring_size(Bounds<RobConfig>::groups.max + Bounds<LsqConfig>::store_entries.max)>
      retired_{};           // by number
  std::uint64_t next_ = 1;  // number of the oldest that has not written
  std::uint64_t last_ = 0;  // of the latest that has retired
  Cycle due_ = kNever;      // when `next_` retires; kNever: not known yet
};

}  // namespace m2sim::timing
