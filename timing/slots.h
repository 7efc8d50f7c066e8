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

  // Ends the current cycle and all up to `cycle`: their free slots were lost for `reason`.
  void advance(Cycle cycle, StallReason reason) {
    lost(reason) += left_ + (cycle - cycle_ - 1) * width_;
    cycle_ = cycle;
    left_ = width_;
  }

  // Uses n slots, in the next cycles too if this one has fewer; now() is then the cycle of the last one.
  void use(std::uint32_t n) {
    lost(StallReason::kBase) += n;
    while (n > left_) {
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

 private:
  std::uint64_t& lost(StallReason reason) { return slots_[static_cast<std::size_t>(reason)]; }

  std::uint32_t width_;
  std::uint32_t left_;
  Cycle cycle_ = 0;
  std::array<std::uint64_t, kStallReasonCount> slots_{};
};

}  // namespace m2sim::timing
