// Random numbers that are the same in every run (Marsaglia's xorshift of 32 bits): for choices of which the
// hardware does not say what they are made from.
#pragma once

#include <cstdint>

namespace m2sim::timing {

class Xorshift {
 public:
  explicit constexpr Xorshift(std::uint32_t seed = 0x2545F491) : state_(seed) {}

  constexpr std::uint32_t next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 17;
    state_ ^= state_ << 5;
    return state_;
  }
  // Less than `count`, which is at most 65536.
  constexpr std::uint32_t below(std::uint32_t count) { return (next() >> 16) * count >> 16; }

 private:
  std::uint32_t state_;
};

}  // namespace m2sim::timing
