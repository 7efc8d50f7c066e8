// Random contents of registers, full of the values at which arithmetic turns.
#pragma once

#include <array>
#include <cstdint>
#include <random>

#include "emu/cpu/cpu_state.h"
#include "emu/fp/fp.h"
#include "emu/fp/softfloat.h"

namespace m2sim::rows {

using Random = std::mt19937_64;

inline unsigned below(Random& random, unsigned n) { return static_cast<unsigned>(random() % n); }
inline bool one_in(Random& random, unsigned n) { return below(random, n) == 0; }

template <class T>
T random_element(Random& random) {
  using F = emu::softfloat::Format<T>;
  const T bits = static_cast<T>(random());
  const T fraction = static_cast<T>(bits & static_cast<T>(F::kMinNormal - 1));
  const T exponent_near_one =
      static_cast<T>(static_cast<std::uint64_t>(F::kBias) - 3 + (random() % (3 * sizeof(T) * sizeof(T))));
  const std::array<T, 13> specials = {T{0},
                                      static_cast<T>(~T{0}),
                                      F::kInfinity,
                                      F::kNan,
                                      static_cast<T>(F::kInfinity | fraction),
                                      F::kMinNormal,
                                      static_cast<T>(F::kMinNormal - 1),
                                      T{1},
                                      F::kMaxFinite,
                                      fraction,
                                      static_cast<T>(F::kBias) << F::kFraction,
                                      static_cast<T>(~T{0} >> 1U),
                                      static_cast<T>(random() % 16)};
  switch (random() % 6) {
    case 0:
      return bits;
    case 1:
    case 2:
      return static_cast<T>(specials[random() % specials.size()] | (bits & F::kSign));
    // Few significant bits: exact results and ties.
    case 3:
      return static_cast<T>(
          (exponent_near_one << F::kFraction | (fraction & (F::kMinNormal - (F::kMinNormal >> 3U)))) ^
          (bits & F::kSign));
    default:
      return static_cast<T>((exponent_near_one << F::kFraction | fraction) ^ (bits & F::kSign));
  }
}

// Small and extreme: shift amounts, table indices, saturation.
inline std::uint8_t small_byte(Random& random) {
  return static_cast<std::uint8_t>(one_in(random, 4) ? 0x80 : random() % 80 - 40);
}

inline emu::Vec random_vector(Random& random) {
  emu::Vec v;
  const auto kind = random() % 5;
  for (unsigned i = 0; i < 8; ++i) {
    if (kind == 0 && i < 2) v.set<std::uint64_t>(i, random());
    if (kind == 1 && i < 2) v.set<std::uint64_t>(i, random_element<std::uint64_t>(random));
    if (kind == 2 && i < 4) v.set<std::uint32_t>(i, random_element<std::uint32_t>(random));
    if (kind == 3) v.set<std::uint16_t>(i, random_element<std::uint16_t>(random));
    if (kind == 4) {
      v.set<std::uint8_t>(2 * i, small_byte(random));
      v.set<std::uint8_t>(2 * i + 1, small_byte(random));
    }
  }
  return v;
}

inline std::uint64_t random_general(Random& random) {
  switch (random() % 5) {
    case 0:
      return random();
    case 1:
      return random() % 64;
    case 2:
      return std::uint64_t{0} - random() % 64;
    case 3: {
      const std::uint64_t edge = std::uint64_t{1} << (one_in(random, 2) ? 31U : 63U);
      return edge - random() % 3 + 1;
    }
    default:
      return random() >> (random() % 64);
  }
}

// Half of it zero, the rest of what the modelled core has: AHP, DN, FZ, rounding mode, FZ16.
inline std::uint32_t random_fpcr(Random& random) {
  constexpr std::uint64_t kModes = 3U << 22U;
  switch (random() % 6) {
    case 0:
    case 1:
    case 2:
      return 0;
    case 3:
      return static_cast<std::uint32_t>(random() & kModes);
    case 4:
      return static_cast<std::uint32_t>(random() &
                                        (kModes | emu::softfloat::kFlush | emu::softfloat::kDefaultNan));
    default:
      return static_cast<std::uint32_t>(random() & 0x07C80000);
  }
}

}  // namespace m2sim::rows
