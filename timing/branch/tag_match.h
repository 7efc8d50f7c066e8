// Looks for the tags of a branch in the sets of all tables of TAGE at once. M2SIM_PORTABLE selects the plain
// C++ version.
#pragma once

#include <array>
#include <cstdint>

#if defined(__AVX2__) && !defined(M2SIM_PORTABLE)
#include <immintrin.h>
#endif

namespace m2sim::timing {

inline constexpr unsigned kTagTables = 6;
inline constexpr unsigned kMatchWays = 8;
// One element a table, filled up to the width of a host vector.
template <class T>
using TagLanes = std::array<T, 8>;

// Table t's set has kMatchWays tags from tags[places[t]] on, aligned to 16 bytes, where tag wants[t] is
// looked for. A byte a table, from the first on: a bit a way that has it.
inline std::uint64_t match_tags(const std::uint16_t* tags, const TagLanes<std::uint32_t>& places,
                                const TagLanes<std::uint32_t>& wants) {
#if defined(__AVX2__) && !defined(M2SIM_PORTABLE)
  const auto* const halves = reinterpret_cast<const __m128i*>(wants.data());
  const __m128i half[2] = {_mm_loadu_si128(halves), _mm_loadu_si128(halves + 1)};
  const auto equal = [&](unsigned t) {
    // The lower half of the wanted tag's lane eight times.
    const auto bytes = static_cast<short>(4 * (t % 4) | (4 * (t % 4) + 1) << 8);
    const __m128i want = _mm_shuffle_epi8(half[t / 4], _mm_set1_epi16(bytes));
    return _mm_cmpeq_epi16(_mm_load_si128(reinterpret_cast<const __m128i*>(tags + places[t])), want);
  };
  const auto two = [&](unsigned t) { return _mm_packs_epi16(equal(t), equal(t + 1)); };
  const auto four = static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_set_m128i(two(2), two(0))));
  return four | static_cast<std::uint64_t>(_mm_movemask_epi8(two(4))) << 32;
#else
  std::uint64_t hits = 0;
  for (unsigned bit = 0; bit < kTagTables * kMatchWays; ++bit) {
    const unsigned table = bit / kMatchWays;
    const bool equal = tags[places[table] + bit % kMatchWays] == static_cast<std::uint16_t>(wants[table]);
    hits |= std::uint64_t{equal} << bit;
  }
  return hits;
#endif
}

}  // namespace m2sim::timing
