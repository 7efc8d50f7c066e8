// Entries to wake at a known cycle: one intrusive list a cycle, for the next kCycles cycles.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "timing/core/inflight.h"
#include "timing/cycle.h"

namespace m2sim::timing {

class WakeWheel {
 public:
  // `cycle` is later than the last one that was drained; later ones than the wheel reaches come back
  // when the wheel has turned once (drain() hands them out early and the caller adds them again).
  void add(InFlightRing& ring, std::uint32_t index, Cycle now, Cycle cycle) {
    const auto slot =
        static_cast<std::size_t>(cycle - now < kCycles ? cycle % kCycles : (now + kCycles - 1) % kCycles);
    ring.at_index(index).next_woken() = heads_[slot];
    heads_[slot] = index + 1;
    occupied_[slot / 64] |= std::uint64_t{1} << (slot % 64);
    ++entries_;
  }

  template <class Wake>
  void drain(InFlightRing& ring, Cycle now, Wake&& wake) {
    const auto slot = static_cast<std::size_t>(now % kCycles);
    std::uint32_t head = heads_[slot];
    if (head == 0) return;
    heads_[slot] = 0;
    occupied_[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
    while (head != 0) {
      const std::uint32_t index = head - 1;
      head = ring.at_index(index).next_woken();
      --entries_;
      wake(index);
    }
  }

  // The next cycle after `now` with something to wake, or kNever.
  Cycle next(Cycle now) const {
    if (entries_ == 0) return kNever;  // as most often
    const auto start = static_cast<std::size_t>((now + 1) % kCycles);
    for (std::size_t step = 0; step <= kWords; ++step) {
      const std::size_t word = (start / 64 + step) % kWords;
      std::uint64_t bits = occupied_[word];
      if (step == 0) bits = bits >> (start % 64) << (start % 64);
      if (step == kWords) bits &= (std::uint64_t{1} << (start % 64)) - 1;
      if (bits == 0) continue;
      const std::size_t slot = word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
      return now + 1 + (slot + kCycles - start) % kCycles;
    }
    return kNever;
  }

 private:
  static constexpr std::size_t kCycles = 1024;
  static constexpr std::size_t kWords = kCycles / 64;

  std::uint32_t entries_ = 0;
  std::array<std::uint32_t, kCycles> heads_{};  // index + 1
  std::array<std::uint64_t, kWords> occupied_{};
};

}  // namespace m2sim::timing
