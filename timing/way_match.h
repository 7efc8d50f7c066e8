// Compares the ways of a set at once: the one place of the timing model that knows host vectors.
// M2SIM_PORTABLE selects the plain C++ version.
#pragma once

#include <bit>
#include <cstdint>

#if defined(__AVX2__) && !defined(M2SIM_PORTABLE)
#include <immintrin.h>
#endif

namespace m2sim::timing {

inline constexpr unsigned kMatchWays = 8;

// Two sets with a tag each: one bit a way that has it, bits 0 to 7 for the first set, 8 to 15 for the second.
// The sets have kMatchWays elements and are aligned to 16 bytes.
inline unsigned match_ways(const std::uint16_t* first, const std::uint16_t* second, std::uint16_t want_first,
                           std::uint16_t want_second) {
#if defined(__AVX2__) && !defined(M2SIM_PORTABLE)
  const __m128i a = _mm_load_si128(reinterpret_cast<const __m128i*>(first));
  const __m128i b = _mm_load_si128(reinterpret_cast<const __m128i*>(second));
  const __m128i equal_a = _mm_cmpeq_epi16(a, _mm_set1_epi16(static_cast<short>(want_first)));
  const __m128i equal_b = _mm_cmpeq_epi16(b, _mm_set1_epi16(static_cast<short>(want_second)));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_packs_epi16(equal_a, equal_b)));
#else
  unsigned bits = 0;
  for (unsigned way = 0; way < kMatchWays; ++way) {
    bits |= static_cast<unsigned>(first[way] == want_first) << way;
    bits |= static_cast<unsigned>(second[way] == want_second) << (kMatchWays + way);
  }
  return bits;
#endif
}

// The first way whose tag is `want`; `ways` if there is none.
inline std::uint64_t find_tag(const std::uint64_t* set, std::uint64_t ways, std::uint64_t want) {
  std::uint64_t way = 0;
#if defined(__AVX2__) && !defined(M2SIM_PORTABLE)
  // Without a branch for each way: which way hits is hard to predict for the host.
  const __m256i wanted = _mm256_set1_epi64x(static_cast<long long>(want));
  for (; way + 8 <= ways; way += 8) {
    const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(set + way));
    const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(set + way + 4));
    const int low_hits = _mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpeq_epi64(low, wanted)));
    const int high_hits = _mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpeq_epi64(high, wanted)));
    const unsigned hits = static_cast<unsigned>(low_hits | high_hits << 4);
    if (hits != 0) {
      return way + static_cast<unsigned>(std::countr_zero(hits));
    }
  }
#endif
  while (way < ways && set[way] != want) {
    ++way;
  }
  return way;
}

}  // namespace m2sim::timing
