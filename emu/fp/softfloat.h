// Arm floating point from the definition: unpacking, NaN rules, rounding and exception flags for every
// format and rounding mode. The slow half of fp.h, and what the fast half must agree with.
//
// A format is named by the unsigned integer that holds its bits: uint16_t, uint32_t, uint64_t.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>

namespace m2sim::emu::softfloat {

using u128 = unsigned __int128;

// The first four as in FPCR.RMode. kOddOrInfinity: to odd, but beyond the largest number to infinity.
enum class Round : std::uint8_t { kNearest, kPlus, kMinus, kZero, kAway, kOdd, kOddOrInfinity };

// FPSR's cumulative exception bits.
enum Flag : std::uint32_t {
  kInvalid = 1U << 0U,
  kDivideByZero = 1U << 1U,
  kOverflow = 1U << 2U,
  kUnderflow = 1U << 3U,
  kInexact = 1U << 4U,
  kInputDenormal = 1U << 7U,
};

// FPCR's bits.
enum Control : std::uint32_t {
  kFlushHalf = 1U << 19U,        // FZ16
  kRoundMask = 3U << 22U,        // RMode
  kFlush = 1U << 24U,            // FZ
  kDefaultNan = 1U << 25U,       // DN
  kAlternativeHalf = 1U << 26U,  // AHP
};

// One operation's surroundings: FPCR in, flags out.
struct Env {
  std::uint32_t control = 0;
  std::uint32_t flags = 0;
  bool odd_or_infinity = false;  // in place of FPCR's rounding mode

  Round round() const {
    return odd_or_infinity ? Round::kOddOrInfinity : static_cast<Round>((control & kRoundMask) >> 22U);
  }
  bool default_nan() const { return (control & kDefaultNan) != 0; }
  template <class T>
  bool flushes() const {
    return (control & (sizeof(T) == 2 ? kFlushHalf : kFlush)) != 0;
  }
};

template <class T>
struct Format {
  using Bits = T;
  using FlushesAs = T;
  static constexpr int kBits = std::numeric_limits<T>::digits;
  static constexpr int kExponentBits = kBits == 16 ? 5 : kBits == 32 ? 8 : 11;
  static constexpr int kFraction = kBits - 1 - kExponentBits;
  static constexpr int kBias = (1 << (kExponentBits - 1)) - 1;
  static constexpr int kMinExponent = 1 - kBias;  // of normal numbers
  static constexpr int kMaxExponent = kBias;
  static constexpr T kSign = static_cast<T>(T{1} << (kBits - 1));
  static constexpr T kQuiet = static_cast<T>(T{1} << (kFraction - 1));
  static constexpr T kInfinity = static_cast<T>(((T{1} << kExponentBits) - 1) << kFraction);
  static constexpr T kNan = static_cast<T>(kInfinity | kQuiet);
  static constexpr T kMinNormal = static_cast<T>(T{1} << kFraction);
  static constexpr T kMaxFinite = static_cast<T>(kInfinity - 1);
};

// The format of 8 exponent and 7 fraction bits, the upper half of a single. Not to be found by its bits,
// which are those of a half.
struct Bfloat {
  using Bits = std::uint16_t;
  using FlushesAs = std::uint32_t;
  static constexpr int kFraction = 7;
  static constexpr int kBias = 127;
  static constexpr int kMinExponent = 1 - kBias;
  static constexpr int kMaxExponent = kBias;
  static constexpr Bits kSign = 0x8000;
  static constexpr Bits kQuiet = 0x0040;
  static constexpr Bits kInfinity = 0x7F80;
  static constexpr Bits kNan = kInfinity | kQuiet;
  static constexpr Bits kMaxFinite = kInfinity - 1;
};

template <class T>
constexpr T magnitude(T bits) {
  return static_cast<T>(bits & static_cast<T>(~Format<T>::kSign));
}
template <class T>
constexpr bool is_negative(T bits) {
  return (bits & Format<T>::kSign) != 0;
}
template <class T>
constexpr bool is_nan(T bits) {
  return magnitude(bits) > Format<T>::kInfinity;
}
template <class T>
constexpr bool is_signalling(T bits) {
  return is_nan(bits) && (bits & Format<T>::kQuiet) == 0;
}
template <class T>
constexpr bool is_infinite(T bits) {
  return magnitude(bits) == Format<T>::kInfinity;
}
template <class T>
constexpr T with_sign(T magnitude_bits, bool negative) {
  return static_cast<T>(negative ? magnitude_bits | Format<T>::kSign : magnitude_bits);
}

// A number: (-1)^negative * significand * 2^exponent. NaN operands are dealt with before unpacking.
struct Number {
  bool negative = false;
  bool infinite = false;
  int exponent = 0;
  u128 significand = 0;

  bool zero() const { return significand == 0 && !infinite; }
};

inline int top_bit(u128 value) {
  const auto high = static_cast<std::uint64_t>(value >> 64U);
  return high != 0 ? 127 - std::countl_zero(high) : 63 - std::countl_zero(static_cast<std::uint64_t>(value));
}

// A denormal operand that FZ makes zero raises IDC (half precision's FZ16 does not).
template <class T>
T flush_input(Env& env, T bits) {
  const T size = magnitude(bits);
  if (size == 0 || size >= Format<T>::kMinNormal || !env.flushes<T>()) return bits;
  if constexpr (sizeof(T) != 2) env.flags |= kInputDenormal;
  return static_cast<T>(bits & Format<T>::kSign);
}

template <class T>
Number unpack(T bits) {
  using F = Format<T>;
  Number number;
  number.negative = is_negative(bits);
  number.infinite = is_infinite(bits);
  if (number.infinite) return number;
  const int field = static_cast<int>(magnitude(bits) >> F::kFraction);
  const T fraction = static_cast<T>(bits & static_cast<T>(F::kMinNormal - 1));
  number.significand = field == 0 ? fraction : fraction | F::kMinNormal;
  number.exponent = (field == 0 ? F::kMinExponent : field - F::kBias) - F::kFraction;
  return number;
}

// The default NaN where DN is set or an operation was invalid.
template <class T>
T invalid(Env& env) {
  env.flags |= kInvalid;
  return Format<T>::kNan;
}
template <class T>
T quieted(Env& env, T nan) {
  if (is_signalling(nan)) env.flags |= kInvalid;
  return env.default_nan() ? Format<T>::kNan : static_cast<T>(nan | Format<T>::kQuiet);
}

// The NaN that wins among operands, in order: the first signalling, else the first quiet one. Returns
// false where none is a NaN.
template <class T, class... Rest>
bool pick_nan(Env& env, T& result, Rest... operands) {
  bool found = false;
  const auto look = [&](T bits, bool signalling) {
    if (!found && is_nan(bits) && (!signalling || is_signalling(bits))) {
      result = quieted(env, bits);
      found = true;
    }
  };
  (look(operands, true), ...);
  (look(operands, false), ...);
  return found;
}

// Whether a discarded part (half: the weight of its top bit, rest: the others) rounds the magnitude up.
inline bool rounds_up(Round round, bool negative, bool odd, bool half, bool rest) {
  switch (round) {
    case Round::kNearest:
      return half && (rest || odd);
    case Round::kPlus:
      return !negative && (half || rest);
    case Round::kMinus:
      return negative && (half || rest);
    case Round::kAway:
      return half;
    case Round::kOdd:
    case Round::kOddOrInfinity:
      return !odd && (half || rest);
    default:
      return false;
  }
}

template <class F>
typename F::Bits overflowed(Env& env, bool negative, Round round) {
  env.flags |= kOverflow | kInexact;
  const bool to_infinity = round == Round::kNearest || round == Round::kAway ||
                           round == Round::kOddOrInfinity || (round == Round::kPlus && !negative) ||
                           (round == Round::kMinus && negative);
  const typename F::Bits bits = to_infinity ? F::kInfinity : F::kMaxFinite;
  return static_cast<typename F::Bits>(negative ? bits | F::kSign : bits);
}

// Rounds significand * 2^exponent (significand not zero; its lowest bit may stand for all below it, when
// the value is much longer than the format F). Tininess is detected before rounding, as Arm does.
template <class F>
typename F::Bits round_to_format(Env& env, bool negative, int exponent, u128 significand, Round round,
                                 bool flush) {
  using T = typename F::Bits;
  const T sign = negative ? F::kSign : T{0};
  const int top = exponent + top_bit(significand);
  const bool tiny = top < F::kMinExponent;
  if (tiny && flush && env.flushes<typename F::FlushesAs>()) {
    env.flags |= kUnderflow;
    return sign;
  }
  const int last = (tiny ? F::kMinExponent : top) - F::kFraction;  // exponent of the last bit kept
  const int drop = last - exponent;
  u128 kept = 0;
  bool half = false;
  bool rest = false;
  if (drop <= 0) {
    kept = significand << -drop;
  } else if (drop > 127) {
    rest = true;
    half = false;
  } else {
    kept = significand >> drop;
    half = (significand >> (drop - 1) & 1U) != 0;
    rest = (significand & ((u128{1} << (drop - 1)) - 1)) != 0;
  }
  if (half || rest) {
    env.flags |= tiny ? kInexact | kUnderflow : kInexact;
    if (rounds_up(round, negative, (kept & 1U) != 0, half, rest)) ++kept;
  }
  // A carry out of the fraction runs into the exponent field, which is what it should do.
  const int field = tiny ? 0 : top + F::kBias - 1;
  const auto magnitude_bits = (static_cast<u128>(field) << F::kFraction) + kept;
  if (field >= F::kMaxExponent + F::kBias || magnitude_bits >= F::kInfinity) {
    return overflowed<F>(env, negative, round);
  }
  return static_cast<T>(static_cast<T>(magnitude_bits) | sign);
}
template <class T>
T round_pack(Env& env, bool negative, int exponent, u128 significand, Round round, bool flush = true) {
  return round_to_format<Format<T>>(env, negative, exponent, significand, round, flush);
}
template <class T>
T round_pack(Env& env, bool negative, int exponent, u128 significand) {
  return round_pack<T>(env, negative, exponent, significand, env.round());
}

}  // namespace m2sim::emu::softfloat
