// Counts of a calendar's steps, kBlockSteps at once: spans are of any length, and a loop over their steps
// ends where the host does not expect it. M2SIM_PORTABLE selects the plain C++ version.
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__AVX2__) && !defined(M2SIM_PORTABLE)
#include <immintrin.h>
#endif

namespace m2sim::timing {

// Both functions may touch so many counts, of which only the first `count` matter. A count, and what it is
// compared with, is below 2^15.
inline constexpr std::size_t kBlockSteps = 16;

#if defined(__AVX2__) && !defined(M2SIM_PORTABLE)
// All ones in those that matter.
inline __m256i first_of_block(std::size_t count) {
  const __m256i numbers = _mm256_setr_epi16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  return _mm256_cmpgt_epi16(_mm256_set1_epi16(static_cast<short>(count)), numbers);
}
#endif

// One more in each.
inline void count_block(std::uint16_t* steps, std::size_t count) {
#if defined(__AVX2__) && !defined(M2SIM_PORTABLE)
  auto* const block = reinterpret_cast<__m256i*>(steps);
  _mm256_storeu_si256(block, _mm256_sub_epi16(_mm256_loadu_si256(block), first_of_block(count)));
#else
  for (std::size_t i = 0; i < kBlockSteps && i < count; ++i) ++steps[i];
#endif
}

// A bit for each that has reached `most`, which is at least 1.
inline std::uint32_t reached(const std::uint16_t* steps, std::size_t count, std::uint16_t most) {
#if defined(__AVX2__) && !defined(M2SIM_PORTABLE)
  const __m256i block = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(steps));
  const __m256i reached = _mm256_cmpgt_epi16(block, _mm256_set1_epi16(static_cast<short>(most - 1)));
  const __m256i matter = _mm256_and_si256(reached, first_of_block(count));
  const __m128i bytes = _mm_packs_epi16(_mm256_castsi256_si128(matter), _mm256_extracti128_si256(matter, 1));
  return static_cast<std::uint32_t>(_mm_movemask_epi8(bytes));
#else
  std::uint32_t bits = 0;
  for (unsigned i = 0; i < kBlockSteps && i < count; ++i) bits |= std::uint32_t{steps[i] >= most} << i;
  return bits;
#endif
}

}  // namespace m2sim::timing
