// Guest floating point: exact results, NaNs and FPSR flags, in one place.
//
// Each operation has a fast half on the host's own arithmetic and a slow half in softfloat. The fast half
// is taken where it is provably the same: FPCR at its default (round to nearest, no flushing) and FPSR.IXC
// set already, so that the one flag that ordinary results raise need not be found out; the result then
// must be an ordinary number (no NaN, no infinity, and where it matters not so small that it may have been
// rounded as a denormal), which rules out every other flag. Between the two stands, for IXC still clear, the
// host's result proven exact (fp_exact.h): it raises no flag. The host's floating-point state is never
// changed or read: two runs agree whatever else the simulator computes between two instructions.
//
// Operands and results are bits: uint16_t, uint32_t and uint64_t name half, single and double precision.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "emu/cpu/cpu_state.h"
#include "emu/fp/exact.h"
#include "emu/fp/softfloat.h"

namespace m2sim::emu {

// FPCR and FPSR as the guest sees them. Always through these: they keep CpuState::fp_fast.
std::uint32_t read_fpcr(const CpuState& cpu);
std::uint32_t read_fpsr(const CpuState& cpu);
void write_fpcr(CpuState& cpu, std::uint32_t value);
void write_fpsr(CpuState& cpu, std::uint32_t value);

// For the slow halves: adds to FPSR.
void raise_fp_flags(CpuState& cpu, std::uint32_t flags);

using Rounding = softfloat::Round;

// The slow halves. `mode` is FPCR's where the instruction does not name one.
template <class T>
T fp_add_slow(CpuState& cpu, T a, T b);
template <class T>
T fp_sub_slow(CpuState& cpu, T a, T b);
template <class T>
T fp_mul_slow(CpuState& cpu, T a, T b);
template <class T>
T fp_div_slow(CpuState& cpu, T a, T b);
template <class T>
T fp_sqrt_slow(CpuState& cpu, T a);
template <class T>
T fp_muladd_slow(CpuState& cpu, T addend, T a, T b);  // addend + a * b, rounded once
enum class MinMax : std::uint8_t { kMax, kMin, kMaxNumber, kMinNumber };
template <class T>
T fp_minmax_slow(CpuState& cpu, T a, T b, MinMax which);
template <class T>
std::uint32_t fp_compare_slow(CpuState& cpu, T a, T b, bool quiet_invalid);  // NZCV
template <class T>
T fp_mulx(CpuState& cpu, T a, T b);  // 0 * infinity is 2
template <class T>
T fp_recip_step(CpuState& cpu, T a, T b);  // 2 - a * b
template <class T>
T fp_rsqrt_step(CpuState& cpu, T a, T b);  // (3 - a * b) / 2
template <class T>
T fp_recip_estimate(CpuState& cpu, T a);
template <class T>
T fp_rsqrt_estimate(CpuState& cpu, T a);
template <class T>
T fp_recip_exponent(CpuState& cpu, T a);
std::uint32_t recip_estimate(std::uint32_t a);  // of a fixed-point fraction in 0.5 .. 1 (urecpe)
std::uint32_t rsqrt_estimate(std::uint32_t a);  // in 0.25 .. 1 (ursqrte)

// Conversions. To: the other format. Int: the result's type; out of range saturates, NaN gives 0.
template <class To, class From>
To fp_convert_slow(CpuState& cpu, From a);
std::uint32_t fp_convert_odd(CpuState& cpu, std::uint64_t a);  // double to single, rounded to odd
std::uint16_t fp_to_bfloat(CpuState& cpu, std::uint32_t a);
std::uint32_t fp_widen_half(const CpuState& cpu, std::uint16_t a);  // exact; NaNs keep their kind
// sum + a.low * b.low + a.high * b.high of two bfloats each: with a rounding and a treatment of denormals and
// NaNs of its own, whatever FPCR says, and without flags.
std::uint32_t fp_bfloat_dot(std::uint32_t sum, std::uint32_t a, std::uint32_t b);
template <class Int, class T>
Int fp_to_int_slow(CpuState& cpu, T a, Rounding mode, unsigned fraction_bits);
template <class T, class Int>
T fp_from_int_slow(CpuState& cpu, Int a, unsigned fraction_bits);
// `exact` raises inexact; int_bits 32 or 64: frint32, frint64 (results beyond it become the most negative).
template <class T>
T fp_round_to_int_slow(CpuState& cpu, T a, Rounding mode, bool exact);
template <class T>
T fp_round_to_size(CpuState& cpu, T a, Rounding mode, unsigned int_bits);
// fjcvtzs: bit 32 of the result is the Z flag.
std::uint64_t fp_to_javascript_int(CpuState& cpu, std::uint64_t a);

inline Rounding fp_mode(const CpuState& cpu) { return softfloat::Env{cpu.fpcr, 0}.round(); }

// The host's type of a format that has fast halves.
template <class T>
using Host = std::conditional_t<sizeof(T) == 4, float, double>;
template <class T>
inline constexpr bool kHasHost = sizeof(T) >= 4;
template <class T>
Host<T> host(T bits) {
  return std::bit_cast<Host<T>>(bits);
}
template <class T>
T bits_of(Host<T> value) {
  return std::bit_cast<T>(value);
}

template <class T>
bool is_finite(T bits) {
  return softfloat::magnitude(bits) < softfloat::Format<T>::kInfinity;
}
// Finite and above the least normal number: certainly not rounded as a denormal.
template <class T>
bool is_ordinary(T bits) {
  using F = softfloat::Format<T>;
  return static_cast<T>(softfloat::magnitude(bits) - F::kMinNormal - 1) <
         static_cast<T>(F::kInfinity - F::kMinNormal - 1);
}
// No operand of comparisons, minima and the like is changed by FZ.
inline bool keeps_denormals(const CpuState& cpu) { return (cpu.fpcr & softfloat::kFlush) == 0; }

// FPCR asks for round to nearest and keeps denormals, as the host's arithmetic does.
inline bool rounds_as_host(const CpuState& cpu) {
  return (cpu.fpcr & (softfloat::kRoundMask | softfloat::kFlush)) == 0;
}

template <class T>
T fp_neg(T a) {
  return static_cast<T>(a ^ softfloat::Format<T>::kSign);
}

// The result may stand as it is: the fast half of its operation is done.
template <class T>
bool lies_in(const FpRange<T>& range, T result) {
  return static_cast<T>(softfloat::magnitude(result) - range.least) < range.count;
}
template <class T>
const FpRange<T>& finite_range(const CpuState& cpu) {
  if constexpr (sizeof(T) == 4) return cpu.finite_singles;
  if constexpr (sizeof(T) == 8) return cpu.finite_doubles;
}
template <class T>
const FpRange<T>& ordinary_range(const CpuState& cpu) {
  if constexpr (sizeof(T) == 4) return cpu.ordinary_singles;
  if constexpr (sizeof(T) == 8) return cpu.ordinary_doubles;
}

// The fast halves: false where the result is not certain to be right and free of new flags. Sums are exact
// where they are tiny, so any finite one will do.
template <class T>
bool fp_try_add(const CpuState& cpu, T a, T b, T& r) {
  r = bits_of<T>(host(a) + host(b));
  return lies_in(finite_range<T>(cpu), r);
}
template <class T>
bool fp_try_sub(const CpuState& cpu, T a, T b, T& r) {
  r = bits_of<T>(host(a) - host(b));
  return lies_in(finite_range<T>(cpu), r);
}
template <class T>
bool fp_try_mul(const CpuState& cpu, T a, T b, T& r) {
  r = bits_of<T>(host(a) * host(b));
  return lies_in(ordinary_range<T>(cpu), r);
}
template <class T>
bool fp_try_div(const CpuState& cpu, T a, T b, T& r) {
  r = bits_of<T>(host(a) / host(b));
  return lies_in(ordinary_range<T>(cpu), r);
}
// The sign test keeps the host's library, which may set errno, out of the fast half.
template <class T>
bool fp_try_sqrt(const CpuState& cpu, T a, T& r) {
  if (!cpu.fp_fast || softfloat::is_negative(a) || !is_finite(a)) return false;
  r = bits_of<T>(std::sqrt(host(a)));
  return true;
}
template <class T>
bool fp_try_muladd(const CpuState& cpu, T addend, T a, T b, T& r) {
  r = bits_of<T>(std::fma(host(a), host(b), host(addend)));
  return lies_in(ordinary_range<T>(cpu), r);
}

// Whether the host's result `r` is exact: while IXC is clear, then, it may stand too. Not part of the fast
// halves, whose handlers it would slow down.
template <class T>
bool fp_sum_is_exact(const CpuState& cpu, T a, T b, T r) {
  return rounds_as_host(cpu) && is_finite(r) && sum_is_exact(host(a), host(b), host(r));
}
template <class T>
bool fp_product_is_exact(const CpuState& cpu, T a, T b, T r) {
  if (!rounds_as_host(cpu) || !is_finite(r)) return false;
  return host(a) == 0 || host(b) == 0 || residual_is_zero(std::fma(host(a), host(b), -host(r)), host(r));
}
template <class T>
bool fp_quotient_is_exact(const CpuState& cpu, T a, T b, T r) {
  return rounds_as_host(cpu) && is_ordinary(r) &&
         residual_is_zero(std::fma(-host(r), host(b), host(a)), host(a));
}
template <class T>
bool fp_muladd_is_exact(const CpuState& cpu, T addend, T a, T b, T r) {
  if (!rounds_as_host(cpu) || !is_finite(r)) return false;
  if (host(a) == 0 || host(b) == 0) return true;
  const Host<T> product = host(a) * host(b);
  const Host<T> residual = std::fma(host(a), host(b), -product);
  return muladd_is_exact(host(addend), product, residual, host(r));
}

template <class T>
T fp_add(CpuState& cpu, T a, T b) {
  if constexpr (kHasHost<T>) {
    if (T r; fp_try_add(cpu, a, b, r) || fp_sum_is_exact(cpu, a, b, r)) [[likely]]
      return r;
  }
  return fp_add_slow(cpu, a, b);
}
template <class T>
T fp_sub(CpuState& cpu, T a, T b) {
  if constexpr (kHasHost<T>) {
    if (T r; fp_try_sub(cpu, a, b, r) || fp_sum_is_exact(cpu, a, fp_neg(b), r)) [[likely]]
      return r;
  }
  return fp_sub_slow(cpu, a, b);
}
template <class T>
T fp_mul(CpuState& cpu, T a, T b) {
  if constexpr (kHasHost<T>) {
    if (T r; fp_try_mul(cpu, a, b, r) || fp_product_is_exact(cpu, a, b, r)) [[likely]]
      return r;
  }
  return fp_mul_slow(cpu, a, b);
}
template <class T>
T fp_div(CpuState& cpu, T a, T b) {
  if constexpr (kHasHost<T>) {
    if (T r; fp_try_div(cpu, a, b, r) || fp_quotient_is_exact(cpu, a, b, r)) [[likely]]
      return r;
  }
  return fp_div_slow(cpu, a, b);
}
template <class T>
T fp_sqrt(CpuState& cpu, T a) {
  if constexpr (kHasHost<T>) {
    if (T r; fp_try_sqrt(cpu, a, r)) [[likely]]
      return r;
  }
  return fp_sqrt_slow(cpu, a);
}
template <class T>
T fp_muladd(CpuState& cpu, T addend, T a, T b) {
  if constexpr (kHasHost<T>) {
    if (T r; fp_try_muladd(cpu, addend, a, b, r) || fp_muladd_is_exact(cpu, addend, a, b, r)) [[likely]]
      return r;
  }
  return fp_muladd_slow(cpu, addend, a, b);
}
template <class T>
T fp_abs(T a) {
  return softfloat::magnitude(a);
}

// NZCV: equal 0110, less 1000, greater 0010, unordered 0011.
template <class T>
bool fp_try_compare(const CpuState& cpu, T a, T b, std::uint32_t& nzcv) {
  const Host<T> x = host(a);
  const Host<T> y = host(b);
  nzcv = x == y ? 6U : x < y ? 8U : 2U;
  return keeps_denormals(cpu) && !std::isunordered(x, y);
}
template <class T>
std::uint32_t fp_compare(CpuState& cpu, T a, T b, bool quiet_invalid) {
  if constexpr (kHasHost<T>) {
    if (std::uint32_t nzcv; fp_try_compare(cpu, a, b, nzcv)) [[likely]]
      return nzcv;
  }
  return fp_compare_slow(cpu, a, b, quiet_invalid);
}

// Zeros of both signs compare equal; and/or of their bits then gives the right one.
template <class T>
bool fp_try_minmax(const CpuState& cpu, T a, T b, MinMax which, T& r) {
  const Host<T> x = host(a);
  const Host<T> y = host(b);
  const bool max = which == MinMax::kMax || which == MinMax::kMaxNumber;
  const T of_equals = max ? a & b : a | b;
  r = x == y ? of_equals : (x > y) == max ? a : b;
  return keeps_denormals(cpu) && !std::isunordered(x, y);
}
template <class T>
T fp_minmax(CpuState& cpu, T a, T b, MinMax which) {
  if constexpr (kHasHost<T>) {
    if (T r; fp_try_minmax(cpu, a, b, which, r)) [[likely]]
      return r;
  }
  return fp_minmax_slow(cpu, a, b, which);
}

template <class To, class From>
To fp_convert(CpuState& cpu, From a) {
  if constexpr (sizeof(From) == 4 && sizeof(To) == 8) {
    if (keeps_denormals(cpu) && is_finite(a)) [[likely]]
      return bits_of<To>(Host<To>{host(a)});
  } else if constexpr (sizeof(From) == 8 && sizeof(To) == 4) {
    const To r = bits_of<To>(static_cast<Host<To>>(host(a)));
    const bool exact = rounds_as_host(cpu) && static_cast<Host<From>>(host(r)) == host(a);
    if ((cpu.fp_fast || exact) && is_ordinary(r)) [[likely]]
      return r;
  }
  return fp_convert_slow<To, From>(cpu, a);
}

// Rounded to an integral value; no flags for an operand that is no NaN.
template <Rounding kMode, class T>
Host<T> host_round(Host<T> value) {
  if constexpr (kMode == Rounding::kNearest) return std::nearbyint(value);
  if constexpr (kMode == Rounding::kPlus) return std::ceil(value);
  if constexpr (kMode == Rounding::kMinus) return std::floor(value);
  if constexpr (kMode == Rounding::kAway) return std::round(value);
  return std::trunc(value);
}
template <Rounding kMode, class T>
T fp_round_to_int(CpuState& cpu, T a) {
  if constexpr (kHasHost<T>) {
    if (keeps_denormals(cpu) && is_finite(a)) [[likely]]
      return bits_of<T>(host_round<kMode, T>(host(a)));
  }
  return fp_round_to_int_slow(cpu, a, kMode, false);
}

template <class Int, Rounding kMode, class T>
Int fp_to_int(CpuState& cpu, T a) {
  if constexpr (kHasHost<T>) {
    // 2^31 or 2^63 leave room on both sides for every Int after rounding; unsigned ones start at 0.
    constexpr auto kLimit = static_cast<Host<T>>(sizeof(Int) == 4 ? 0x1p31 : 0x1p63);
    const Host<T> value = host_round<kMode, T>(host(a));
    const bool in_range =
        std::is_signed_v<Int> ? value < kLimit && value > -kLimit : value < kLimit && value >= 0;
    if ((cpu.fp_fast || (keeps_denormals(cpu) && value == host(a))) && in_range) [[likely]]
      return static_cast<Int>(value);
  }
  return fp_to_int_slow<Int, T>(cpu, a, kMode, 0);
}
// Whether so many bits hold an integer's value: its conversion is exact then, whatever the rounding.
template <class Int>
bool has_significant_bits(Int a, int most) {
  using Unsigned = std::make_unsigned_t<Int>;
  const auto bits = static_cast<Unsigned>(a);
  const Unsigned magnitude = a < 0 ? Unsigned{0} - bits : bits;
  const int unused = std::countl_zero(magnitude) + std::countr_zero(magnitude);
  return std::numeric_limits<Unsigned>::digits - unused <= most;
}
template <class T, class Int>
T fp_from_int(CpuState& cpu, Int a) {
  if constexpr (kHasHost<T>) {
    constexpr bool kAlwaysExact = sizeof(T) == 8 && sizeof(Int) == 4;
    if (kAlwaysExact || cpu.fp_fast || has_significant_bits<Int>(a, softfloat::Format<T>::kFraction + 1))
        [[likely]]
      return bits_of<T>(static_cast<Host<T>>(a));
  }
  return fp_from_int_slow<T, Int>(cpu, a, 0);
}

}  // namespace m2sim::emu
