// Looks through the ways of a set at once. M2SIM_PORTABLE selects the plain C++ version.
#pragma once

#include <bit>
#include <cstdint>

#if defined(__AVX2__) && !defined(M2SIM_PORTABLE)
#include <immintrin.h>
#endif

namespace m2sim::timing {

// The first way whose tag is `want`; `ways` if there is none.
inline std::uint64_t find_tag(const std::uint64_t* set, std::uint64_t ways, std::uint64_t want) {
  std::uint64_t way = 0;
#if defined(__AVX2__) && !defined(M2SIM_PORTABLE)
  // Without a branch for each way: which way hits is hard to predict for the host.
  const __m256i wanted = _mm256_set1_epi64x(static_cast<long long>(want));
  const auto four = [set, wanted](std::uint64_t at) {
    const __m256i tags = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(set + at));
    return static_cast<unsigned>(_mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpeq_epi64(tags, wanted))));
  };
  const auto hit = [](std::uint64_t at, unsigned hits) {
    return at + static_cast<unsigned>(std::countr_zero(hits));
  };
  for (; way + 8 <= ways; way += 8) {
    if (const unsigned hits = four(way) | four(way + 4) << 4; hits != 0) return hit(way, hits);
  }
  if (way + 4 <= ways) {
    if (const unsigned hits = four(way); hits != 0) return hit(way, hits);
    way += 4;
  }
#endif
  while (way < ways && set[way] != want) {
    ++way;
  }
  return way;
}

// The first way with the least value; of at least one.
inline std::uint64_t first_least(const std::uint32_t* set, std::uint64_t ways) {
  std::uint64_t way = 0;
  std::uint64_t place = 0;
#if defined(__AVX2__) && !defined(M2SIM_PORTABLE)
  if (ways >= 4 && ways <= 64) {
    const auto four = [set](std::uint64_t at) {
      return _mm_loadu_si128(reinterpret_cast<const __m128i*>(set + at));
    };
    __m128i least = four(0);
    for (way = 4; way + 4 <= ways; way += 4) least = _mm_min_epu32(least, four(way));
    least = _mm_min_epu32(least, _mm_shuffle_epi32(least, 0x4e));
    least = _mm_min_epu32(least, _mm_shuffle_epi32(least, 0xb1));
    std::uint64_t equal = 0;
    for (std::uint64_t at = 0; at < way; at += 4) {
      const int mask = _mm_movemask_ps(_mm_castsi128_ps(_mm_cmpeq_epi32(four(at), least)));
      equal |= static_cast<std::uint64_t>(mask) << at;
    }
    place = static_cast<std::uint64_t>(std::countr_zero(equal));
  }
#endif
  for (; way < ways; ++way) {
    if (set[way] < set[place]) place = way;
  }
  return place;
}

}  // namespace m2sim::timing
