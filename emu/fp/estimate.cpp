// Reciprocal and reciprocal square root estimates: the architecture defines every bit of them.

#include "emu/fp/fp.h"

namespace m2sim::emu {

using softfloat::Env;
using softfloat::Format;

namespace {

template <class Operation>
auto in_env(CpuState& cpu, Operation operation) {
  Env env{cpu.fpcr, 0};
  const auto result = operation(env);
  raise_fp_flags(cpu, env.flags);
  return result;
}

// a: 256..511 for 0.5 .. 1; the result likewise 256..511 for 1 .. 2.
std::uint32_t recip_of(std::uint32_t a) {
  const std::uint32_t b = (1U << 19U) / (a * 2 + 1);
  return (b + 1) / 2;
}
// a: 128..511 for 0.25 .. 1; the result 256..511 for 1 .. 2.
std::uint32_t rsqrt_of(std::uint32_t a) {
  a = a < 256 ? a * 2 + 1 : (a | 1U) * 2;
  std::uint32_t b = 512;
  while (std::uint64_t{a} * (b + 1) * (b + 1) < (1U << 28U)) ++b;
  return (b + 1) / 2;
}

// Exponent field and fraction, the fraction at the top of 64 bits, with a denormal's leading zeros taken
// out: its exponent goes below zero.
struct Fields {
  int exponent;
  std::uint64_t fraction;
};
template <class T>
Fields fields_of(T a) {
  using F = Format<T>;
  const T size = softfloat::magnitude(a);
  Fields f{static_cast<int>(size >> F::kFraction), std::uint64_t{size} << (64 - F::kFraction)};
  if (f.exponent == 0) {
    const int zeros = std::countl_zero(f.fraction);
    f.exponent = -zeros;
    f.fraction <<= zeros + 1;
  }
  return f;
}

template <class T>
T pack_estimate(bool negative, int exponent, std::uint64_t fraction) {
  using F = Format<T>;
  return softfloat::with_sign(static_cast<T>((static_cast<std::uint64_t>(exponent) << F::kFraction) |
                                             fraction >> (64 - F::kFraction)),
                              negative);
}

template <class T>
T recip(Env& env, T a) {
  using F = Format<T>;
  a = softfloat::flush_input(env, a);
  T nan;
  if (softfloat::pick_nan(env, nan, a)) return nan;
  const bool negative = softfloat::is_negative(a);
  if (softfloat::is_infinite(a)) return softfloat::with_sign(T{0}, negative);
  const T size = softfloat::magnitude(a);
  if (size == 0) {
    env.flags |= softfloat::kDivideByZero;
    return softfloat::with_sign(F::kInfinity, negative);
  }
  // Below a quarter of the least normal number the reciprocal overflows.
  if (size < F::kMinNormal / 4) return softfloat::overflowed<F>(env, negative, env.round());
  const Fields f = fields_of(a);
  if (env.flushes<T>() && f.exponent >= 2 * F::kBias - 1) {
    env.flags |= softfloat::kUnderflow;
    return softfloat::with_sign(T{0}, negative);
  }
  const std::uint32_t estimate = recip_of(256U | static_cast<std::uint32_t>(f.fraction >> 56U));
  std::uint64_t fraction = std::uint64_t{estimate & 255U} << 56U;
  int exponent = 2 * F::kBias - 1 - f.exponent;
  if (exponent <= 0) {  // denormal: the leading one becomes part of the fraction
    fraction = (fraction >> 1U | std::uint64_t{1} << 63U) >> -exponent;
    exponent = 0;
  }
  return pack_estimate<T>(negative, exponent, fraction);
}

template <class T>
T rsqrt(Env& env, T a) {
  using F = Format<T>;
  a = softfloat::flush_input(env, a);
  T nan;
  if (softfloat::pick_nan(env, nan, a)) return nan;
  const bool negative = softfloat::is_negative(a);
  if (softfloat::magnitude(a) == 0) {
    env.flags |= softfloat::kDivideByZero;
    return softfloat::with_sign(F::kInfinity, negative);
  }
  if (negative) return softfloat::invalid<T>(env);
  if (softfloat::is_infinite(a)) return 0;
  const Fields f = fields_of(a);
  const bool even = f.exponent % 2 == 0;
  const auto scaled = even ? 256U | static_cast<std::uint32_t>(f.fraction >> 56U)
                           : 128U | static_cast<std::uint32_t>(f.fraction >> 57U);
  const std::uint32_t estimate = rsqrt_of(scaled);
  // floor((3 * bias - 1 - exponent) / 2), for exponents of either sign.
  const int exponent = (3 * F::kBias - 1 - f.exponent) >> 1;
  return pack_estimate<T>(false, exponent, std::uint64_t{estimate & 255U} << 56U);
}

template <class T>
T exponent_estimate(Env& env, T a) {
  using F = Format<T>;
  T nan;
  if (softfloat::pick_nan(env, nan, a)) return nan;
  const T field = static_cast<T>(a & F::kInfinity);
  const T inverted =
      field == 0 ? static_cast<T>(F::kInfinity - F::kMinNormal) : static_cast<T>(field ^ F::kInfinity);
  return softfloat::with_sign(inverted, softfloat::is_negative(a));
}

}  // namespace

std::uint32_t recip_estimate(std::uint32_t a) {
  return (a >> 31U) == 0 ? UINT32_MAX : recip_of(a >> 23U) << 23U;
}
std::uint32_t rsqrt_estimate(std::uint32_t a) {
  return (a >> 30U) == 0 ? UINT32_MAX : rsqrt_of(a >> 23U) << 23U;
}

template <class T>
T fp_recip_estimate(CpuState& cpu, T a) {
  return in_env(cpu, [&](Env& env) { return recip(env, a); });
}
template <class T>
T fp_rsqrt_estimate(CpuState& cpu, T a) {
  return in_env(cpu, [&](Env& env) { return rsqrt(env, a); });
}
template <class T>
T fp_recip_exponent(CpuState& cpu, T a) {
  return in_env(cpu, [&](Env& env) { return exponent_estimate(env, softfloat::flush_input(env, a)); });
}

template std::uint16_t fp_recip_estimate(CpuState&, std::uint16_t);
template std::uint32_t fp_recip_estimate(CpuState&, std::uint32_t);
template std::uint64_t fp_recip_estimate(CpuState&, std::uint64_t);
template std::uint16_t fp_rsqrt_estimate(CpuState&, std::uint16_t);
template std::uint32_t fp_rsqrt_estimate(CpuState&, std::uint32_t);
template std::uint64_t fp_rsqrt_estimate(CpuState&, std::uint64_t);
template std::uint16_t fp_recip_exponent(CpuState&, std::uint16_t);
template std::uint32_t fp_recip_exponent(CpuState&, std::uint32_t);
template std::uint64_t fp_recip_exponent(CpuState&, std::uint64_t);

}  // namespace m2sim::emu
