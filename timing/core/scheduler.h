// One scheduler: the uops that wait for their operands or for a port. Among the ready ones the oldest
// issues first. How a uop gets here (which scheduler, when) is dispatch's business.
//
// Reads SchedulerConfig.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "timing/config/bounds.h"
#include "timing/config/config.h"
#include "timing/cycle.h"

namespace m2sim::timing {

class Scheduler {
 public:
  explicit Scheduler(std::uint32_t entries = 0) : capacity_(entries) {}

  std::uint32_t waiting() const { return waiting_; }
  bool full() const { return waiting_ >= capacity_; }
  bool any_ready() const { return ready_ != 0; }
  std::uint32_t key(unsigned slot) const { return keys_[slot]; }  // of the uop there

  // The slot that the uop gets, which its user knows by a key. Slots are taken in a circle, so that they are
  // in order of age; when the next one is still taken, the waiting uops close up and `moved(key, slot)` tells
  // where each is now.
  template <class Moved>
  [[gnu::always_inline]] unsigned insert(std::uint32_t key, Moved&& moved) {
    if ((occupied_ & bit(end_)) != 0) [[unlikely]]
      close_gaps(moved);
    const unsigned slot = end_;
    end_ = (end_ + 1) % kMaxEntries;
    occupied_ |= bit(slot);
    keys_[slot] = key;
    ++waiting_;
    return slot;
  }
  void wake(unsigned slot) { ready_ |= bit(slot); }
  // In a cycle less than kReach after this one, which begins with wake_due(cycle).
  static constexpr Cycle kReach = 32;
  void wake_at(unsigned slot, Cycle cycle) { due_[cycle % kReach] |= bit(slot); }
  void wake_due(Cycle cycle) {
    ready_ |= due_[cycle % kReach];
    due_[cycle % kReach] = 0;
  }
  void sleep(unsigned slot) { ready_ &= ~bit(slot); }  // keeps its place
  void remove(unsigned slot) {
    occupied_ &= ~bit(slot);
    ready_ &= ~bit(slot);
    --waiting_;
  }

  // The ready uops by age: bit 0 is the slot from which the youngest is farthest. Until the next insert.
  std::uint64_t ready_by_age() const { return std::rotr(ready_, static_cast<int>(end_)); }
  // The slot of the oldest of some of those, which are not none.
  unsigned oldest(std::uint64_t candidates) const {
    return (static_cast<unsigned>(std::countr_zero(candidates)) + end_) % kMaxEntries;
  }

 private:
  // One more than can wait, so that a slot is free once the gaps are closed.
  static constexpr std::uint32_t kMaxEntries = 64;
  static_assert(Bounds<SchedulerConfig>::entries.max < kMaxEntries, "a word holds the slots");
  static constexpr std::uint64_t bit(unsigned slot) { return std::uint64_t{1} << slot; }

  // From the oldest on, which stays where it is.
  template <class Moved>
  [[gnu::noinline]] void close_gaps(Moved&& moved) {
    const unsigned begin = end_;
    std::array<std::uint8_t, kMaxEntries> now_in{};
    for (std::uint64_t rest = std::rotr(occupied_, static_cast<int>(begin)); rest != 0; rest &= rest - 1) {
      const unsigned from = (begin + static_cast<unsigned>(std::countr_zero(rest))) % kMaxEntries;
      now_in[from] = static_cast<std::uint8_t>(end_);
      keys_[end_] = keys_[from];
      moved(keys_[end_], end_);
      end_ = (end_ + 1) % kMaxEntries;
    }
    const auto move = [&now_in](std::uint64_t& slots) {
      std::uint64_t all = 0;
      for (; slots != 0; slots &= slots - 1)
        all |= bit(now_in[static_cast<unsigned>(std::countr_zero(slots))]);
      slots = all;
    };
    move(ready_);
    for (std::uint64_t& slots : due_) move(slots);
    occupied_ = std::rotl(bit(waiting_) - 1, static_cast<int>(begin));
  }

  std::uint32_t capacity_;
  // Two masks that change together are not neighbours: the compiler would handle them as one vector, which
  // the host cannot load soon after each has been written by itself.
  std::uint64_t occupied_ = 0;
  unsigned end_ = 0;  // the next slot to be taken
  std::uint32_t waiting_ = 0;
  std::uint64_t ready_ = 0;
  std::array<std::uint64_t, kReach> due_{};  // by the cycle, modulo kReach, from which on they are ready
  std::array<std::uint32_t, kMaxEntries> keys_{};
};

}  // namespace m2sim::timing
