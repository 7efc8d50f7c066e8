// Random numbers that are the same in every run: SplitMix64 (Steele and others 2014).
#pragma once

#include <cstdint>

namespace m2sim::timing {

class Random {
 public:
  explicit constexpr Random(std::uint64_t seed) : state_(seed) {}

  constexpr std::uint64_t next() { return mixed(state_ += kStep); }
  // From 0 on, below 1.
  constexpr double real() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  constexpr std::uint64_t below(std::uint64_t count) {
    return static_cast<std::uint64_t>((static_cast<unsigned __int128>(next()) * count) >> 64);
  }

 private:
  static constexpr std::uint64_t kStep = 0x9E3779B97F4A7C15;
  static constexpr std::uint64_t mixed(std::uint64_t value) {
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9;
    value = (value ^ value >> 27) * 0x94D049BB133111EB;
    return value ^ value >> 31;
  }

  std::uint64_t state_;
};

}  // namespace m2sim::timing
