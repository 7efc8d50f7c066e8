// The place of the n-th of the bits that are set in a word, without a loop over those before it, which the
// host could not predict. M2SIM_PORTABLE selects the plain C++ version.
#pragma once

#include <bit>
#include <cstdint>

#if defined(__BMI2__) && !defined(M2SIM_PORTABLE)
#include <immintrin.h>
#endif

namespace m2sim::timing {

// n counts from 1; so many are set.
inline unsigned nth_bit(std::uint64_t word, unsigned n) {
#if defined(__BMI2__) && !defined(M2SIM_PORTABLE)
  word = _pdep_u64(std::uint64_t{1} << (n - 1), word);
#else
  for (; n != 1; --n) word &= word - 1;
#endif
  return static_cast<unsigned>(std::countr_zero(word));
}

}  // namespace m2sim::timing
