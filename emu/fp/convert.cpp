// The slow halves of conversions: between formats, to and from integers, to integral values.

#include <type_traits>

#include "emu/cpu/lanes.h"
#include "emu/fp/fp.h"

namespace m2sim::emu {

using softfloat::Env;
using softfloat::Format;
using softfloat::Number;
using softfloat::Round;
using softfloat::u128;

namespace {

template <class Operation>
auto in_env(CpuState& cpu, Operation operation) {
  Env env{cpu.fpcr, 0};
  const auto result = operation(env);
  raise_fp_flags(cpu, env.flags);
  return result;
}

// A NaN of another format keeps sign and the top of its payload, quieted.
template <class To, class From>
To convert_nan(Env& env, From a) {
  const From quiet = softfloat::quieted(env, a);
  const auto fraction = static_cast<std::uint64_t>(quiet & static_cast<From>(Format<From>::kMinNormal - 1));
  const int shift = Format<To>::kFraction - Format<From>::kFraction;
  const std::uint64_t payload = shift >= 0 ? fraction << shift : fraction >> -shift;
  return softfloat::with_sign(static_cast<To>(Format<To>::kInfinity | static_cast<To>(payload)),
                              softfloat::is_negative(quiet));
}

// The alternative half-precision format has no infinities and no NaNs: its largest exponent is a number.
std::uint64_t widen_alternative_half(std::uint16_t a) {
  const std::uint64_t exponent = std::uint64_t{16} + 1023;
  return std::uint64_t{softfloat::is_negative(a)} << 63U | exponent << 52U |
         static_cast<std::uint64_t>(a & 0x3FFU) << 42U;
}
constexpr std::uint16_t kAlternativeMax = 0x7FFF;

template <class From>
std::uint16_t narrow_alternative_half(Env& env, From a) {
  if (softfloat::is_nan(a)) {
    env.flags |= softfloat::kInvalid;
    return softfloat::with_sign(std::uint16_t{0}, softfloat::is_negative(a));
  }
  const Number n = softfloat::unpack(a);
  if (n.infinite) {
    env.flags |= softfloat::kInvalid;
    return softfloat::with_sign(kAlternativeMax, n.negative);
  }
  if (n.zero()) return softfloat::with_sign(std::uint16_t{0}, n.negative);
  const int top = n.exponent + softfloat::top_bit(n.significand);
  if (top >= 16) {
    // Rounded as if the exponent had one bit more, one step down to stay inside the format.
    Env scaled{env.control, 0};
    const std::uint16_t rounded = softfloat::round_pack<std::uint16_t>(scaled, n.negative, n.exponent - 1,
                                                                       n.significand, env.round(), false);
    if (top > 16 || softfloat::is_infinite(rounded)) {
      env.flags |= softfloat::kInvalid;
      return softfloat::with_sign(kAlternativeMax, n.negative);
    }
    env.flags |= scaled.flags;
    return static_cast<std::uint16_t>(rounded + Format<std::uint16_t>::kMinNormal);
  }
  Env tried{env.control, 0};
  const auto result =
      softfloat::round_pack<std::uint16_t>(tried, n.negative, n.exponent, n.significand, env.round(), false);
  env.flags |= tried.flags & ~std::uint32_t{softfloat::kOverflow};
  if ((tried.flags & softfloat::kOverflow) != 0)
    return softfloat::with_sign(Format<std::uint16_t>::kInfinity, n.negative);
  return result;
}

// FZ16 has no say in conversions; FZ flushes single and double, on either side.
template <class From>
From flush_operand(Env& env, From a) {
  if constexpr (sizeof(From) == 2) {
    return a;
  } else {
    return softfloat::flush_input(env, a);
  }
}

template <class To, class From>
To convert(Env& env, From a, Round round) {
  const bool alternative = (env.control & softfloat::kAlternativeHalf) != 0;
  if constexpr (sizeof(From) == 2) {
    if (alternative && softfloat::magnitude(a) >= Format<From>::kInfinity) {
      return convert<To, std::uint64_t>(env, widen_alternative_half(a), round);
    }
  }
  a = flush_operand(env, a);
  if constexpr (sizeof(To) == 2) {
    if (alternative) return narrow_alternative_half(env, a);
  }
  if (softfloat::is_nan(a)) return convert_nan<To>(env, a);
  const Number n = softfloat::unpack(a);
  if (n.infinite) return softfloat::with_sign(Format<To>::kInfinity, n.negative);
  if (n.zero()) return softfloat::with_sign(To{0}, n.negative);
  return softfloat::round_pack<To>(env, n.negative, n.exponent, n.significand, round, sizeof(To) != 2);
}

// |a| * 2^fraction_bits rounded to an integer below 2^127; larger ones only need to be recognised.
struct Integral {
  u128 magnitude = 0;
  bool inexact = false;
};
Integral integral(const Number& n, int scale, Round round) {
  constexpr u128 kHuge = u128{1} << 120U;
  const int exponent = n.exponent + scale;
  if (n.infinite || (!n.zero() && exponent + softfloat::top_bit(n.significand) >= 120)) return {kHuge, false};
  if (exponent >= 0) return {n.significand << exponent, false};
  const int drop = -exponent;
  Integral result;
  bool half = false;
  bool rest = !n.zero();
  if (drop <= 127) {
    result.magnitude = n.significand >> drop;
    half = (n.significand >> (drop - 1) & 1U) != 0;
    rest = (n.significand & ((u128{1} << (drop - 1)) - 1)) != 0;
  }
  result.inexact = half || rest;
  if (softfloat::rounds_up(round, n.negative, (result.magnitude & 1U) != 0, half, rest)) ++result.magnitude;
  return result;
}

template <class Int, class T>
Int to_int(Env& env, T a, Round round, unsigned fraction_bits) {
  a = softfloat::flush_input(env, a);
  if (softfloat::is_nan(a)) {
    env.flags |= softfloat::kInvalid;
    return 0;
  }
  const Number n = softfloat::unpack(a);
  const Integral value = integral(n, static_cast<int>(fraction_bits), round);
  const auto high = static_cast<u128>(std::numeric_limits<Int>::max());
  const u128 limit = !n.negative ? high : std::is_signed_v<Int> ? high + 1 : 0;
  if (value.magnitude > limit) {
    env.flags |= softfloat::kInvalid;
    return n.negative ? std::numeric_limits<Int>::min() : std::numeric_limits<Int>::max();
  }
  if (value.inexact) env.flags |= softfloat::kInexact;
  const auto bits = static_cast<std::make_unsigned_t<Int>>(value.magnitude);
  return static_cast<Int>(n.negative ? std::make_unsigned_t<Int>{0} - bits : bits);
}

template <class T>
T from_integral(Env& env, bool negative, u128 value, unsigned fraction_bits) {
  if (value == 0) return 0;
  return softfloat::round_pack<T>(env, negative, -static_cast<int>(fraction_bits), value, env.round());
}

template <class T>
T round_to_int(Env& env, T a, Round round, bool exact) {
  a = softfloat::flush_input(env, a);
  if (softfloat::is_nan(a)) return softfloat::quieted(env, a);
  const Number n = softfloat::unpack(a);
  if (n.infinite || n.zero() || n.exponent >= 0) return a;
  const Integral value = integral(n, 0, round);
  if (exact && value.inexact) env.flags |= softfloat::kInexact;
  if (value.magnitude == 0) return softfloat::with_sign(T{0}, n.negative);
  Env unflagged{env.control, 0};
  return softfloat::round_pack<T>(unflagged, n.negative, 0, value.magnitude, Round::kNearest, false);
}

}  // namespace

template <class To, class From>
To fp_convert_slow(CpuState& cpu, From a) {
  return in_env(cpu, [&](Env& env) { return convert<To>(env, a, env.round()); });
}
std::uint16_t fp_to_bfloat(CpuState& cpu, std::uint32_t a) {
  using F = softfloat::Bfloat;
  return in_env(cpu, [&](Env& env) -> std::uint16_t {
    a = softfloat::flush_input(env, a);
    const auto sign = static_cast<F::Bits>(softfloat::is_negative(a) ? F::kSign : 0);
    // Same exponents, so that a NaN keeps the upper half of its payload.
    if (softfloat::is_nan(a)) return static_cast<F::Bits>(softfloat::quieted(env, a) >> 16U);
    const Number n = softfloat::unpack(a);
    if (n.infinite) return sign | F::kInfinity;
    if (n.zero()) return sign;
    return softfloat::round_to_format<F>(env, n.negative, n.exponent, n.significand, env.round(), true);
  });
}
std::uint32_t fp_widen_half(const CpuState& cpu, std::uint16_t a) {
  using Half = Format<std::uint16_t>;
  using Single = Format<std::uint32_t>;
  constexpr int kShift = Single::kFraction - Half::kFraction;
  Env env{cpu.fpcr, 0};
  a = softfloat::flush_input(env, a);
  const bool negative = softfloat::is_negative(a);
  const auto fraction = static_cast<std::uint32_t>(a & (Half::kMinNormal - 1U));
  if (softfloat::magnitude(a) >= Half::kInfinity)
    return softfloat::with_sign(Single::kInfinity | fraction << kShift, negative);
  const Number n = softfloat::unpack(a);
  if (n.zero()) return softfloat::with_sign(std::uint32_t{0}, negative);
  return softfloat::round_pack<std::uint32_t>(env, negative, n.exponent, n.significand, Round::kNearest,
                                              false);
}
std::uint32_t fp_convert_odd(CpuState& cpu, std::uint64_t a) {
  return in_env(cpu, [&](Env& env) { return convert<std::uint32_t>(env, a, Round::kOdd); });
}

template <class Int, class T>
Int fp_to_int_slow(CpuState& cpu, T a, Rounding mode, unsigned fraction_bits) {
  return in_env(cpu, [&](Env& env) { return to_int<Int>(env, a, mode, fraction_bits); });
}

template <class T, class Int>
T fp_from_int_slow(CpuState& cpu, Int a, unsigned fraction_bits) {
  return in_env(cpu, [&](Env& env) {
    const bool negative = a < 0;
    const auto value = static_cast<std::make_unsigned_t<Int>>(a);
    const auto absolute =
        static_cast<std::make_unsigned_t<Int>>(negative ? std::make_unsigned_t<Int>{0} - value : value);
    return from_integral<T>(env, negative, absolute, fraction_bits);
  });
}

template <class T>
T fp_round_to_int_slow(CpuState& cpu, T a, Rounding mode, bool exact) {
  return in_env(cpu, [&](Env& env) { return round_to_int(env, a, mode, exact); });
}

template <class T>
T fp_round_to_size(CpuState& cpu, T a, Rounding mode, unsigned int_bits) {
  return in_env(cpu, [&](Env& env) -> T {
    const T operand = softfloat::flush_input(env, a);
    const Number n = softfloat::unpack(operand);
    const bool nan = softfloat::is_nan(operand);
    const Integral value = nan ? Integral{} : integral(n, 0, mode);
    const u128 limit = (u128{1} << (int_bits - 1)) - (n.negative ? 0 : 1);
    if (nan || value.magnitude > limit) {
      env.flags |= softfloat::kInvalid;
      Env unflagged{env.control, 0};
      return softfloat::round_pack<T>(unflagged, true, static_cast<int>(int_bits) - 1, 1, Round::kNearest,
                                      false);
    }
    return round_to_int(env, operand, mode, true);
  });
}

std::uint64_t fp_to_javascript_int(CpuState& cpu, std::uint64_t a) {
  return in_env(cpu, [&](Env& env) -> std::uint64_t {
    constexpr std::uint64_t kZ = std::uint64_t{1} << 32U;
    a = softfloat::flush_input(env, a);
    const bool negative_zero = a == Format<std::uint64_t>::kSign;
    if (softfloat::is_nan(a) || softfloat::is_infinite(a)) {
      env.flags |= softfloat::kInvalid;
      return 0;
    }
    const Number n = softfloat::unpack(a);
    // Modulo 2^32, truncated: bits far above are dropped, not saturated.
    std::uint64_t low = 0;
    bool inexact = false;
    if (n.exponent >= 0) {
      low = n.exponent < 32 ? static_cast<std::uint64_t>(n.significand) << n.exponent : 0;
    } else {
      const Integral value = integral(n, 0, Round::kZero);
      low = static_cast<std::uint64_t>(value.magnitude);
      inexact = value.inexact;
    }
    const bool fits = n.exponent < 0 && low <= (n.negative ? 0x80000000U : 0x7FFFFFFFU);
    const bool fits_left =
        n.exponent >= 0 &&
        (n.zero() || (n.exponent < 32 && softfloat::top_bit(n.significand) + n.exponent < 31));
    if (n.negative) low = std::uint64_t{0} - low;
    const bool in_range = fits || fits_left;
    if (!in_range)
      env.flags |= softfloat::kInvalid;
    else if (inexact)
      env.flags |= softfloat::kInexact;
    const bool z = in_range && !inexact && !negative_zero;
    return static_cast<std::uint32_t>(low) | (z ? kZ : 0);
  });
}

template u32 fp_convert_slow(CpuState&, u64);
template u32 fp_convert_slow(CpuState&, u16);
template u64 fp_convert_slow(CpuState&, u32);
template u64 fp_convert_slow(CpuState&, u16);
template u16 fp_convert_slow(CpuState&, u32);
template u16 fp_convert_slow(CpuState&, u64);

template s16 fp_to_int_slow(CpuState&, u16, Rounding, unsigned);
template u16 fp_to_int_slow(CpuState&, u16, Rounding, unsigned);
template s32 fp_to_int_slow(CpuState&, u16, Rounding, unsigned);
template u32 fp_to_int_slow(CpuState&, u16, Rounding, unsigned);
template s64 fp_to_int_slow(CpuState&, u16, Rounding, unsigned);
template u64 fp_to_int_slow(CpuState&, u16, Rounding, unsigned);
template s32 fp_to_int_slow(CpuState&, u32, Rounding, unsigned);
template u32 fp_to_int_slow(CpuState&, u32, Rounding, unsigned);
template s64 fp_to_int_slow(CpuState&, u32, Rounding, unsigned);
template u64 fp_to_int_slow(CpuState&, u32, Rounding, unsigned);
template s32 fp_to_int_slow(CpuState&, u64, Rounding, unsigned);
template u32 fp_to_int_slow(CpuState&, u64, Rounding, unsigned);
template s64 fp_to_int_slow(CpuState&, u64, Rounding, unsigned);
template u64 fp_to_int_slow(CpuState&, u64, Rounding, unsigned);

template u16 fp_from_int_slow(CpuState&, s16, unsigned);
template u16 fp_from_int_slow(CpuState&, u16, unsigned);
template u16 fp_from_int_slow(CpuState&, s32, unsigned);
template u16 fp_from_int_slow(CpuState&, u32, unsigned);
template u16 fp_from_int_slow(CpuState&, s64, unsigned);
template u16 fp_from_int_slow(CpuState&, u64, unsigned);
template u32 fp_from_int_slow(CpuState&, s32, unsigned);
template u32 fp_from_int_slow(CpuState&, u32, unsigned);
template u32 fp_from_int_slow(CpuState&, s64, unsigned);
template u32 fp_from_int_slow(CpuState&, u64, unsigned);
template u64 fp_from_int_slow(CpuState&, s32, unsigned);
template u64 fp_from_int_slow(CpuState&, u32, unsigned);
template u64 fp_from_int_slow(CpuState&, s64, unsigned);
template u64 fp_from_int_slow(CpuState&, u64, unsigned);

template u16 fp_round_to_int_slow(CpuState&, u16, Rounding, bool);
template u32 fp_round_to_int_slow(CpuState&, u32, Rounding, bool);
template u64 fp_round_to_int_slow(CpuState&, u64, Rounding, bool);
template u32 fp_round_to_size(CpuState&, u32, Rounding, unsigned);
template u64 fp_round_to_size(CpuState&, u64, Rounding, unsigned);

}  // namespace m2sim::emu
