// Four small counts in one word, and the least of them at once: without a branch for each, which the host
// could not predict. M2SIM_PORTABLE selects the plain C++ version.
#pragma once

#include <cstdint>

#if defined(__SSE4_1__) && !defined(M2SIM_PORTABLE)
#include <immintrin.h>
#endif

namespace m2sim::timing {

using Lanes = std::uint64_t;  // of 16 bits each
inline constexpr unsigned kLaneCount = 4;

constexpr Lanes in_lane(unsigned lane, std::uint64_t value) { return value << (16 * lane); }
constexpr Lanes kWholeLane = 0xFFFF;

// The lowest of the lanes with the least count, of those that are not 0xFFFF in `excluded` and whose count is
// not `full`; kLaneCount where there is none. Counts are below 0xFFFF.
inline unsigned least_lane(Lanes counts, Lanes full, Lanes excluded) {
#if defined(__SSE4_1__) && !defined(M2SIM_PORTABLE)
  const __m128i at = _mm_cvtsi64_si128(static_cast<long long>(counts));
  const __m128i taken = _mm_cmpeq_epi16(at, _mm_cvtsi64_si128(static_cast<long long>(full)));
  const __m128i out = _mm_or_si128(taken, _mm_cvtsi64_si128(static_cast<long long>(excluded)));
  // The upper half, which is no lane, must not win: `taken` is all ones there.
  const auto least = static_cast<std::uint32_t>(_mm_cvtsi128_si32(_mm_minpos_epu16(_mm_or_si128(at, out))));
  return (least & kWholeLane) == kWholeLane ? kLaneCount : least >> 16U;
#else
  unsigned lane = kLaneCount;
  std::uint64_t least = kWholeLane;
  for (unsigned i = 0; i < kLaneCount; ++i) {
    const std::uint64_t count = counts >> (16 * i) & kWholeLane;
    const bool in = (excluded >> (16 * i) & kWholeLane) == 0 && count != (full >> (16 * i) & kWholeLane);
    if (!in || count >= least) continue;
    least = count;
    lane = i;
  }
  return lane;
#endif
}

}  // namespace m2sim::timing
