// A SIMD register in the host's own vector type, for the fast halves of floating-point vectors.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <type_traits>

#include "emu/cpu/cpu_state.h"
#include "emu/fp/fp.h"

#if defined(__x86_64__) && defined(__FMA__) && !defined(M2SIM_PORTABLE)
#include <immintrin.h>
#define M2SIM_HOST_FMA 1
#else
#define M2SIM_HOST_FMA 0
#endif

namespace m2sim::emu {

using HostSingles = float __attribute__((vector_size(16)));
using HostDoubles = double __attribute__((vector_size(16)));
template <class T>
using HostLanes = std::conditional_t<sizeof(T) == 4, HostSingles, HostDoubles>;

using HostInt32s = std::int32_t __attribute__((vector_size(16)));
using HostInt64s = std::int64_t __attribute__((vector_size(16)));
template <class T>
using HostInts = std::conditional_t<sizeof(T) == 4, HostInt32s, HostInt64s>;

// The other way: the bits of an element.
template <class V>
using BitsOf = std::conditional_t<std::is_same_v<V, HostSingles>, std::uint32_t, std::uint64_t>;

template <class T>
HostLanes<T> host_lanes(const Vec& v) {
  return std::bit_cast<HostLanes<T>>(v);
}
template <class T>
Vec vec_from_host(HostLanes<T> lanes) {
  return std::bit_cast<Vec>(lanes);
}

// A scalar result: the rest of the register becomes zero. Made in a register of the host, so that what reads
// the whole finds it in one store.
template <class T>
Vec vec_of_scalar(T bits) {
  return vec_from_host<T>(HostLanes<T>{host(bits)});
}

template <class T>
HostLanes<T> fused_muladd(HostLanes<T> a, HostLanes<T> b, HostLanes<T> addend) {
#if M2SIM_HOST_FMA
  if constexpr (sizeof(T) == 4) {
    return _mm_fmadd_ps(a, b, addend);
  } else {
    return _mm_fmadd_pd(a, b, addend);
  }
#else
  HostLanes<T> result{};
  for (unsigned i = 0; i < 16 / sizeof(T); ++i) result[i] = std::fma(a[i], b[i], addend[i]);
  return result;
#endif
}

// Lanes are all ones or zero, of any size.
template <bool kQ, class Mask>
bool all_lanes(Mask mask) {
  const auto lanes = std::bit_cast<HostInt64s>(mask);
#if M2SIM_HOST_FMA
  const int signs = _mm_movemask_epi8(std::bit_cast<__m128i>(lanes));
  return kQ ? signs == 0xFFFF : (signs & 0xFF) == 0xFF;
#else
  return (kQ ? lanes[0] & lanes[1] : lanes[0]) == -1;
#endif
}

// A mask of the lanes that are ordinary numbers, or with kTinyIsExact any finite ones.
template <class T, bool kTinyIsExact>
HostInts<T> certain_lanes(HostLanes<T> lanes) {
  using Signed = std::make_signed_t<T>;
  using Ints = HostInts<T>;
  using F = softfloat::Format<T>;
  const Ints size = std::bit_cast<Ints>(lanes) & static_cast<Signed>(~F::kSign);
  const Ints least = Ints{} + static_cast<Signed>(F::kMinNormal);
  const Ints most = Ints{} + static_cast<Signed>(F::kInfinity);
  return kTinyIsExact ? size < most : (size > least) & (size < most);
}

// Kept in a register of the host: a store in two halves would stall a load of the whole.
template <bool kQ>
Vec low_lanes(Vec v) {
  if constexpr (kQ) return v;
  return std::bit_cast<Vec>(std::bit_cast<HostInt64s>(v) & HostInt64s{-1, 0});
}

}  // namespace m2sim::emu
