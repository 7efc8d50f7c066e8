// One scheduler: the uops that wait for their operands or for a port. Among the ready ones the oldest
// issues first. How a uop gets here (which scheduler, when) is dispatch's business.
//
// Reads SchedulerConfig.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "timing/config.h"

namespace m2sim::timing {

class Scheduler {
 public:
  explicit Scheduler(std::uint32_t entries = 0) : capacity_(std::min<std::uint32_t>(entries, kMaxEntries)) {}

  std::uint32_t waiting() const { return waiting_; }
  bool full() const { return waiting_ >= capacity_; }
  bool any_ready() const { return ready_ != 0; }
  std::uint64_t ready() const { return ready_; }
  std::uint64_t sequence(unsigned slot) const { return sequences_[slot]; }

  // The slot that the uop gets.
  unsigned insert(std::uint64_t sequence) {
    const auto slot = static_cast<unsigned>(std::countr_one(occupied_));
    occupied_ |= bit(slot);
    sequences_[slot] = sequence;
    ++waiting_;
    return slot;
  }
  void wake(unsigned slot) { ready_ |= bit(slot); }
  void sleep(unsigned slot) { ready_ &= ~bit(slot); }  // keeps its place
  void remove(unsigned slot) {
    occupied_ &= ~bit(slot);
    ready_ &= ~bit(slot);
    --waiting_;
  }

  // The slot of the oldest among `candidates`, which is not empty.
  unsigned oldest(std::uint64_t candidates) const {
    auto best = static_cast<unsigned>(std::countr_zero(candidates));
    for (candidates &= candidates - 1; candidates != 0; candidates &= candidates - 1) {
      const auto slot = static_cast<unsigned>(std::countr_zero(candidates));
      if (sequences_[slot] < sequences_[best]) best = slot;
    }
    return best;
  }

 private:
  static constexpr std::uint32_t kMaxEntries = 64;
  static constexpr std::uint64_t bit(unsigned slot) { return std::uint64_t{1} << slot; }

  std::uint32_t capacity_;
  std::uint32_t waiting_ = 0;
  std::uint64_t occupied_ = 0;
  std::uint64_t ready_ = 0;
  std::array<std::uint64_t, kMaxEntries> sequences_{};
};

}  // namespace m2sim::timing
