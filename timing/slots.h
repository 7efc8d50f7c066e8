// The books of rename: every slot of every cycle goes to one reason.
#pragma once

#include <array>
#include <cstdint>

#include "timing/cycle.h"
#include "timing/stall.h"

namespace m2sim::timing {

class SlotLedger {
 public:
  explicit SlotLedger(std::uint32_t width) : width_(width), left_(width) {}

  Cycle now() const { return cycle_; }
  std::uint32_t left() const { return left_; }
  std::uint32_t width() const { return width_; }

  // The slots that advance(cycle) loses.
  std::uint64_t free_until(Cycle cycle) const { return left_ + (cycle - cycle_ - 1) * width_; }

  // Ends the current cycle and all up to `cycle`: their free slots were lost for `reason`.
  void advance(Cycle cycle, StallReason reason) { lose(cycle, reason, free_until(cycle)); }
  // The same behind a full structure.
  void advance(Cycle cycle, StallReason reason, Structure full) {
    const std::uint64_t slots = free_until(cycle);
    full_[static_cast<std::size_t>(full)] += slots;
    held_cycles_ += cycle - cycle_;
    lose(cycle, reason, slots);
  }

  // There is a free slot: in the next cycle, if this one is used up.
  void find_slot() {
    if (left_ != 0) [[likely]]
      return;
    ++cycle_;
    left_ = width_;
  }
  // Uses the slot that find_slot() has found.
  void use_found() {
    ++lost(StallReason::kBase);
    --left_;
  }
  // Uses n slots, in the next cycles too if this one has fewer; now() is then the cycle of the last one.
  void use(std::uint32_t n) {
    lost(StallReason::kBase) += n;
    while (n > left_) [[unlikely]] {
        n -= left_;
        ++cycle_;
        left_ = width_;
      }
    left_ -= n;
  }

  // Of whole cycles: what the current one has used so far is left out, so that the sum is width() x now().
  std::array<std::uint64_t, kStallReasonCount> slots() const {
    auto whole = slots_;
    whole[static_cast<std::size_t>(StallReason::kBase)] -= width_ - left_;
    return whole;
  }
  // Slots lost behind each structure; they are among those above.
  const std::array<std::uint64_t, kStructureCount>& full() const { return full_; }
  // Cycles in which nothing at all renamed: because nothing had come, and behind a misprediction.
  std::uint64_t bubble_cycles() const { return idle_[kBubble]; }
  std::uint64_t recovery_cycles() const { return idle_[kRecovery]; }
  // Cycles in which a full structure held rename, whatever had renamed before it did.
  std::uint64_t held_cycles() const { return held_cycles_; }

 private:
  enum IdleKind : std::uint8_t { kBubble, kRecovery, kOther };
  static constexpr auto kIdleKind = [] {
    std::array<IdleKind, kStallReasonCount> kinds{};
    for (std::size_t r = 0; r < kStallReasonCount; ++r) {
      const auto reason = static_cast<StallReason>(r);
      kinds[r] = is_mispredict(reason) ? kRecovery : is_front_end(reason) ? kBubble : kOther;
    }
    return kinds;
  }();

  void lose(Cycle cycle, StallReason reason, std::uint64_t slots) {
    lost(reason) += slots;
    idle_[kIdleKind[static_cast<std::size_t>(reason)]] += cycle - cycle_ - (left_ == width_ ? 0 : 1);
    cycle_ = cycle;
    left_ = width_;
  }
  std::uint64_t& lost(StallReason reason) { return slots_[static_cast<std::size_t>(reason)]; }

  std::uint32_t width_;
  std::uint32_t left_;
  Cycle cycle_ = 0;
  std::array<std::uint64_t, kStallReasonCount> slots_{};
  std::array<std::uint64_t, 3> idle_{};  // by IdleKind
  std::array<std::uint64_t, kStructureCount> full_{};
  std::uint64_t held_cycles_ = 0;
};

}  // namespace m2sim::timing
