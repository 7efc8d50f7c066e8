// Compares the ways of a set at once: the one place of the timing model that knows host vectors.
// M2SIM_PORTABLE selects the plain C++ version.
#pragma once

#include <cstdint>

#if defined(__SSE2__) && !defined(M2SIM_PORTABLE)
#include <emmintrin.h>
#endif

namespace m2sim::timing {

inline constexpr unsigned kMatchWays = 8;

// One bit a way for which (set[way] & mask) == want. `set` has kMatchWays elements and is aligned to 16
// bytes.
inline unsigned match_ways(const std::uint16_t* set, std::uint16_t mask, std::uint16_t want) {
#if defined(__SSE2__) && !defined(M2SIM_PORTABLE)
  const __m128i ways = _mm_load_si128(reinterpret_cast<const __m128i*>(set));
  const __m128i masked = _mm_and_si128(ways, _mm_set1_epi16(static_cast<short>(mask)));
  const __m128i equal = _mm_cmpeq_epi16(masked, _mm_set1_epi16(static_cast<short>(want)));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_packs_epi16(equal, _mm_setzero_si128())));
#else
  unsigned bits = 0;
  for (unsigned way = 0; way < kMatchWays; ++way) {
    bits |= static_cast<unsigned>((set[way] & mask) == want) << way;
  }
  return bits;
#endif
}

}  // namespace m2sim::timing
