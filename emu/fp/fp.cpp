// FPCR and FPSR, and the slow halves of arithmetic and comparison.

#include "emu/fp/fp.h"

#include <utility>

namespace m2sim::emu {

using softfloat::Env;
using softfloat::Format;
using softfloat::Number;
using softfloat::u128;

namespace {

// Bits that exist on a core with half precision: AHP, DN, FZ, RMode, FZ16; QC and the flags.
constexpr std::uint32_t kFpcrBits = 0x07C80000;
constexpr std::uint32_t kFpsrBits = 0x0800009F;

template <class T>
void set_ranges(bool fast, FpRange<T>& finite, FpRange<T>& ordinary) {
  using F = Format<T>;
  finite = {0, fast ? F::kInfinity : T{0}};
  // Above the least normal number: certainly not rounded as a denormal.
  ordinary = {F::kMinNormal + 1, fast ? static_cast<T>(F::kInfinity - F::kMinNormal - 1) : T{0}};
}

void update_fast(CpuState& cpu) {
  cpu.fp_fast = rounds_as_host(cpu) && (cpu.fpsr & softfloat::kInexact) != 0;
  set_ranges(cpu.fp_fast, cpu.finite_singles, cpu.ordinary_singles);
  set_ranges(cpu.fp_fast, cpu.finite_doubles, cpu.ordinary_doubles);
}

// A magnitude with its top bit at kTop, so that two can be aligned with bits to spare on both sides.
constexpr int kTop = 125;
Number normalized(Number n) {
  const int shift = kTop - softfloat::top_bit(n.significand);
  n.significand = shift >= 0 ? n.significand << shift : n.significand >> -shift;
  n.exponent -= shift;
  return n;
}

// Shifted right; bits lost are remembered in the lowest one.
u128 shift_right_sticky(u128 value, int amount) {
  if (amount == 0) return value;
  if (amount > 127) return 1;
  const bool lost = (value & ((u128{1} << amount) - 1)) != 0;
  return value >> amount | (lost ? 1U : 0U);
}

bool zero_sum_is_negative(const Env& env, bool a_negative, bool b_negative) {
  return a_negative == b_negative ? a_negative : env.round() == softfloat::Round::kMinus;
}

// Of two finite numbers. Operands have at least 19 clear low bits once normalized, so that an alignment
// that loses bits differs by enough for the sum to keep its top bits.
template <class T>
T add_numbers(Env& env, Number a, Number b) {
  if (a.zero() && b.zero())
    return softfloat::with_sign(T{0}, zero_sum_is_negative(env, a.negative, b.negative));
  if (a.zero()) std::swap(a, b);
  a = normalized(a);
  if (!b.zero()) {
    b = normalized(b);
    if (a.exponent < b.exponent) std::swap(a, b);
    b.significand = shift_right_sticky(b.significand, a.exponent - b.exponent);
    if (a.negative == b.negative) {
      a.significand += b.significand;
    } else if (a.significand >= b.significand) {
      a.significand -= b.significand;
    } else {
      a.significand = b.significand - a.significand;
      a.negative = b.negative;
    }
    if (a.significand == 0) return softfloat::with_sign(T{0}, zero_sum_is_negative(env, true, false));
  }
  return softfloat::round_pack<T>(env, a.negative, a.exponent, a.significand);
}

template <class T>
T add(Env& env, T a, T b) {
  a = softfloat::flush_input(env, a);
  b = softfloat::flush_input(env, b);
  T nan;
  if (softfloat::pick_nan(env, nan, a, b)) return nan;
  const Number x = softfloat::unpack(a);
  const Number y = softfloat::unpack(b);
  if (x.infinite && y.infinite && x.negative != y.negative) return softfloat::invalid<T>(env);
  if (x.infinite) return a;
  if (y.infinite) return b;
  return add_numbers<T>(env, x, y);
}

template <class T>
T sub(Env& env, T a, T b) {
  // The sign of a NaN operand survives: only numbers are negated.
  return add(env, a, softfloat::is_nan(b) ? b : fp_neg(b));
}

Number product(const Number& x, const Number& y) {
  return {x.negative != y.negative, false, x.exponent + y.exponent, x.significand * y.significand};
}

template <class T>
T mul(Env& env, T a, T b, bool extended) {
  a = softfloat::flush_input(env, a);
  b = softfloat::flush_input(env, b);
  T nan;
  if (softfloat::pick_nan(env, nan, a, b)) return nan;
  const Number x = softfloat::unpack(a);
  const Number y = softfloat::unpack(b);
  const bool negative = x.negative != y.negative;
  if ((x.infinite && y.zero()) || (x.zero() && y.infinite)) {
    constexpr T kTwo = static_cast<T>(T{Format<T>::kBias + 1} << Format<T>::kFraction);
    return extended ? softfloat::with_sign(kTwo, negative) : softfloat::invalid<T>(env);
  }
  if (x.infinite || y.infinite) return softfloat::with_sign(Format<T>::kInfinity, negative);
  if (x.zero() || y.zero()) return softfloat::with_sign(T{0}, negative);
  const Number p = product(x, y);
  return softfloat::round_pack<T>(env, p.negative, p.exponent, p.significand);
}

template <class T>
T div(Env& env, T a, T b) {
  a = softfloat::flush_input(env, a);
  b = softfloat::flush_input(env, b);
  T nan;
  if (softfloat::pick_nan(env, nan, a, b)) return nan;
  const Number x = softfloat::unpack(a);
  const Number y = softfloat::unpack(b);
  const bool negative = x.negative != y.negative;
  if ((x.infinite && y.infinite) || (x.zero() && y.zero())) return softfloat::invalid<T>(env);
  if (x.infinite || y.zero()) {
    if (!x.infinite) env.flags |= softfloat::kDivideByZero;
    return softfloat::with_sign(Format<T>::kInfinity, negative);
  }
  if (x.zero() || y.infinite) return softfloat::with_sign(T{0}, negative);
  const Number n = normalized(x);
  const int shift = 60 - softfloat::top_bit(y.significand);
  const u128 divisor = y.significand << shift;
  const u128 quotient = n.significand / divisor;
  const bool rest = n.significand % divisor != 0;
  // 65 bits and a sticky one: more than any format keeps.
  const int exponent = n.exponent - (y.exponent - shift) - 1;
  return softfloat::round_pack<T>(env, negative, exponent, quotient << 1U | (rest ? 1U : 0U));
}

std::uint64_t integer_root(u128 value) {
  std::uint64_t root = 0;
  for (int bit = 63; bit >= 0; --bit) {
    const std::uint64_t trial = root | std::uint64_t{1} << bit;
    if (static_cast<u128>(trial) * trial <= value) root = trial;
  }
  return root;
}

template <class T>
T square_root(Env& env, T a) {
  a = softfloat::flush_input(env, a);
  T nan;
  if (softfloat::pick_nan(env, nan, a)) return nan;
  Number x = softfloat::unpack(a);
  if (x.zero()) return a;
  if (x.negative) return softfloat::invalid<T>(env);
  if (x.infinite) return a;
  x = normalized(x);
  if (x.exponent % 2 != 0) {
    x.significand <<= 1U;
    x.exponent -= 1;
  }
  const std::uint64_t root = integer_root(x.significand);
  const bool rest = static_cast<u128>(root) * root != x.significand;
  return softfloat::round_pack<T>(env, false, x.exponent / 2 - 1, u128{root} << 1U | (rest ? 1U : 0U));
}

template <class T>
T muladd(Env& env, T addend, T a, T b) {
  addend = softfloat::flush_input(env, addend);
  a = softfloat::flush_input(env, a);
  b = softfloat::flush_input(env, b);
  const bool product_invalid = (softfloat::is_infinite(a) && softfloat::magnitude(b) == 0) ||
                               (softfloat::magnitude(a) == 0 && softfloat::is_infinite(b));
  T nan;
  if (softfloat::pick_nan(env, nan, addend, a, b)) {
    // Infinity times zero is invalid even where the addend is a quiet NaN, and gives the default one.
    return product_invalid && !softfloat::is_signalling(addend) ? softfloat::invalid<T>(env) : nan;
  }
  if (product_invalid) return softfloat::invalid<T>(env);
  const Number z = softfloat::unpack(addend);
  const Number x = softfloat::unpack(a);
  const Number y = softfloat::unpack(b);
  const bool negative = x.negative != y.negative;
  if (x.infinite || y.infinite) {
    if (z.infinite && z.negative != negative) return softfloat::invalid<T>(env);
    return softfloat::with_sign(Format<T>::kInfinity, negative);
  }
  if (z.infinite) return addend;
  return add_numbers<T>(env, z, product(x, y));
}

// addend + a * b, then divided by 2^halvings: the steps of Newton's iteration, which round once.
template <class T>
T newton_step(Env& env, T a, T b, T addend, T for_infinity_times_zero, int halvings) {
  a = softfloat::flush_input(env, a);
  b = softfloat::flush_input(env, b);
  a = fp_neg(a);
  T nan;
  if (softfloat::pick_nan(env, nan, a, b)) return nan;
  const Number x = softfloat::unpack(a);
  const Number y = softfloat::unpack(b);
  if ((x.infinite && y.zero()) || (x.zero() && y.infinite)) return for_infinity_times_zero;
  if (x.infinite || y.infinite) return softfloat::with_sign(Format<T>::kInfinity, x.negative != y.negative);
  Number p = product(x, y);
  Number z = softfloat::unpack(addend);
  p.exponent -= halvings;
  z.exponent -= halvings;
  return add_numbers<T>(env, z, p);
}

// 2, 3 and 1.5 in any format: exponent 1 or 0, one fraction bit.
template <class T>
constexpr T small_number(int exponent, bool and_a_half) {
  return static_cast<T>((static_cast<std::uint64_t>(Format<T>::kBias + exponent) << Format<T>::kFraction) |
                        (and_a_half ? Format<T>::kQuiet : T{0}));
}

template <class T>
bool less(T a, T b) {
  const bool a_negative = softfloat::is_negative(a);
  if (softfloat::magnitude(a) == 0 && softfloat::magnitude(b) == 0) return false;
  if (a_negative != softfloat::is_negative(b)) return a_negative;
  return a_negative ? softfloat::magnitude(a) > softfloat::magnitude(b) : a < b;
}

template <class T>
T minmax(Env& env, T a, T b, MinMax which) {
  const bool max = which == MinMax::kMax || which == MinMax::kMaxNumber;
  if (which == MinMax::kMaxNumber || which == MinMax::kMinNumber) {
    // One quiet NaN loses to a number: it acts as the infinity that cannot win.
    const bool a_quiet = softfloat::is_nan(a) && !softfloat::is_signalling(a);
    const bool b_quiet = softfloat::is_nan(b) && !softfloat::is_signalling(b);
    const T loser = softfloat::with_sign(Format<T>::kInfinity, max);
    if (a_quiet && !b_quiet)
      a = loser;
    else if (b_quiet && !a_quiet)
      b = loser;
  }
  a = softfloat::flush_input(env, a);
  b = softfloat::flush_input(env, b);
  T nan;
  if (softfloat::pick_nan(env, nan, a, b)) return nan;
  if (softfloat::magnitude(a) == 0 && softfloat::magnitude(b) == 0)
    return static_cast<T>(max ? a & b : a | b);
  return less(a, b) == max ? b : a;
}

}  // namespace

std::uint32_t read_fpcr(const CpuState& cpu) { return cpu.fpcr; }
std::uint32_t read_fpsr(const CpuState& cpu) { return cpu.fpsr; }
void write_fpcr(CpuState& cpu, std::uint32_t value) {
  cpu.fpcr = value & kFpcrBits;
  update_fast(cpu);
}
void write_fpsr(CpuState& cpu, std::uint32_t value) {
  cpu.fpsr = value & kFpsrBits;
  update_fast(cpu);
}

void raise_fp_flags(CpuState& cpu, std::uint32_t flags) {
  cpu.fpsr |= flags;
  update_fast(cpu);
}

namespace {

// Runs one operation in the guest's surroundings.
template <class Operation>
auto in_env(CpuState& cpu, Operation operation) {
  Env env{cpu.fpcr, 0};
  const auto result = operation(env);
  raise_fp_flags(cpu, env.flags);
  return result;
}

}  // namespace

// Before softfloat: with FPCR at its default, cases that are common although the fast half refuses them.
bool at_default(const CpuState& cpu) { return (cpu.fpcr & (softfloat::kRoundMask | softfloat::kFlush)) == 0; }

// An ordinary result has no flag but inexact.
template <class T>
T with_inexact(CpuState& cpu, T result, bool exact) {
  if (!exact) raise_fp_flags(cpu, softfloat::kInexact);
  return result;
}

// Knuth's error of a sum, itself exact: 0 where the sum is.
template <class T>
bool try_default_add(CpuState& cpu, T a, T b, T& r) {
  const Host<T> x = host(a);
  const Host<T> y = host(b);
  const Host<T> sum = x + y;
  // Above this the steps themselves could overflow.
  if (!at_default(cpu) || !(std::fabs(sum) < std::numeric_limits<Host<T>>::max() / 4)) return false;
  if (!(std::fabs(x) < std::numeric_limits<Host<T>>::max() / 4)) return false;
  const Host<T> y_part = sum - x;
  const Host<T> error = (x - (sum - y_part)) + (y - y_part);
  r = with_inexact(cpu, bits_of<T>(sum), error == 0);
  return true;
}
template <class T>
bool try_default_mul(CpuState& cpu, T a, T b, T& r) {
  if (!at_default(cpu)) return false;
  r = bits_of<T>(host(a) * host(b));
  if ((a << 1U) == 0 || (b << 1U) == 0) return is_finite(r);
  // The error of a product this large is a number of the format.
  constexpr T kLeast = static_cast<T>(Format<T>::kMinNormal * (2 * Format<T>::kFraction + 2));
  if (!is_finite(r) || softfloat::magnitude(r) < kLeast) return false;
  with_inexact(cpu, r, std::fma(host(a), host(b), -host(r)) == 0);
  return true;
}
// A product with zero leaves the addend, exactly.
template <class T>
bool try_default_muladd(const CpuState& cpu, T addend, T a, T b, T& r) {
  r = bits_of<T>(std::fma(host(a), host(b), host(addend)));
  return at_default(cpu) && ((a << 1U) == 0 || (b << 1U) == 0) && is_finite(r);
}

template <class T>
T fp_add_slow(CpuState& cpu, T a, T b) {
  if constexpr (kHasHost<T>) {
    if (T r; try_default_add(cpu, a, b, r)) return r;
  }
  return in_env(cpu, [&](Env& env) { return add(env, a, b); });
}
template <class T>
T fp_sub_slow(CpuState& cpu, T a, T b) {
  if constexpr (kHasHost<T>) {
    if (T r; !softfloat::is_nan(b) && try_default_add(cpu, a, fp_neg(b), r)) return r;
  }
  return in_env(cpu, [&](Env& env) { return sub(env, a, b); });
}
template <class T>
T fp_mul_slow(CpuState& cpu, T a, T b) {
  if constexpr (kHasHost<T>) {
    if (T r; try_default_mul(cpu, a, b, r)) return r;
  }
  return in_env(cpu, [&](Env& env) { return mul(env, a, b, false); });
}
template <class T>
T fp_mulx(CpuState& cpu, T a, T b) {
  return in_env(cpu, [&](Env& env) { return mul(env, a, b, true); });
}
template <class T>
T fp_div_slow(CpuState& cpu, T a, T b) {
  return in_env(cpu, [&](Env& env) { return div(env, a, b); });
}
template <class T>
T fp_sqrt_slow(CpuState& cpu, T a) {
  return in_env(cpu, [&](Env& env) { return square_root(env, a); });
}
template <class T>
T fp_muladd_slow(CpuState& cpu, T addend, T a, T b) {
  if constexpr (kHasHost<T>) {
    if (T r; try_default_muladd(cpu, addend, a, b, r)) return r;
  }
  return in_env(cpu, [&](Env& env) { return muladd(env, addend, a, b); });
}
template <class T>
T fp_recip_step(CpuState& cpu, T a, T b) {
  return in_env(cpu, [&](Env& env) {
    return newton_step(env, a, b, small_number<T>(1, false), small_number<T>(1, false), 0);
  });
}
template <class T>
T fp_rsqrt_step(CpuState& cpu, T a, T b) {
  return in_env(cpu, [&](Env& env) {
    return newton_step(env, a, b, small_number<T>(1, true), small_number<T>(0, true), 1);
  });
}
template <class T>
T fp_minmax_slow(CpuState& cpu, T a, T b, MinMax which) {
  return in_env(cpu, [&](Env& env) { return minmax(env, a, b, which); });
}
template <class T>
std::uint32_t fp_compare_slow(CpuState& cpu, T a, T b, bool quiet_invalid) {
  return in_env(cpu, [&](Env& env) -> std::uint32_t {
    a = softfloat::flush_input(env, a);
    b = softfloat::flush_input(env, b);
    if (softfloat::is_nan(a) || softfloat::is_nan(b)) {
      if (quiet_invalid || softfloat::is_signalling(a) || softfloat::is_signalling(b))
        env.flags |= softfloat::kInvalid;
      return 3;
    }
    return less(a, b) ? 8 : less(b, a) ? 2 : 6;
  });
}

std::uint32_t fp_bfloat_dot(std::uint32_t sum, std::uint32_t a, std::uint32_t b) {
  constexpr unsigned kWidth = 16;
  constexpr std::uint32_t kHigh = UINT32_MAX << kWidth;
  Env env{softfloat::kFlush | softfloat::kDefaultNan, 0, true};
  const std::uint32_t low = mul(env, a << kWidth, b << kWidth, false);
  const std::uint32_t high = mul(env, a & kHigh, b & kHigh, false);
  return add(env, sum, add(env, low, high));
}

template std::uint16_t fp_add_slow(CpuState&, std::uint16_t, std::uint16_t);
template std::uint32_t fp_add_slow(CpuState&, std::uint32_t, std::uint32_t);
template std::uint64_t fp_add_slow(CpuState&, std::uint64_t, std::uint64_t);
template std::uint16_t fp_sub_slow(CpuState&, std::uint16_t, std::uint16_t);
template std::uint32_t fp_sub_slow(CpuState&, std::uint32_t, std::uint32_t);
template std::uint64_t fp_sub_slow(CpuState&, std::uint64_t, std::uint64_t);
template std::uint16_t fp_mul_slow(CpuState&, std::uint16_t, std::uint16_t);
template std::uint32_t fp_mul_slow(CpuState&, std::uint32_t, std::uint32_t);
template std::uint64_t fp_mul_slow(CpuState&, std::uint64_t, std::uint64_t);
template std::uint16_t fp_mulx(CpuState&, std::uint16_t, std::uint16_t);
template std::uint32_t fp_mulx(CpuState&, std::uint32_t, std::uint32_t);
template std::uint64_t fp_mulx(CpuState&, std::uint64_t, std::uint64_t);
template std::uint16_t fp_div_slow(CpuState&, std::uint16_t, std::uint16_t);
template std::uint32_t fp_div_slow(CpuState&, std::uint32_t, std::uint32_t);
template std::uint64_t fp_div_slow(CpuState&, std::uint64_t, std::uint64_t);
template std::uint16_t fp_sqrt_slow(CpuState&, std::uint16_t);
template std::uint32_t fp_sqrt_slow(CpuState&, std::uint32_t);
template std::uint64_t fp_sqrt_slow(CpuState&, std::uint64_t);
template std::uint16_t fp_muladd_slow(CpuState&, std::uint16_t, std::uint16_t, std::uint16_t);
template std::uint32_t fp_muladd_slow(CpuState&, std::uint32_t, std::uint32_t, std::uint32_t);
template std::uint64_t fp_muladd_slow(CpuState&, std::uint64_t, std::uint64_t, std::uint64_t);
template std::uint16_t fp_recip_step(CpuState&, std::uint16_t, std::uint16_t);
template std::uint32_t fp_recip_step(CpuState&, std::uint32_t, std::uint32_t);
template std::uint64_t fp_recip_step(CpuState&, std::uint64_t, std::uint64_t);
template std::uint16_t fp_rsqrt_step(CpuState&, std::uint16_t, std::uint16_t);
template std::uint32_t fp_rsqrt_step(CpuState&, std::uint32_t, std::uint32_t);
template std::uint64_t fp_rsqrt_step(CpuState&, std::uint64_t, std::uint64_t);
template std::uint16_t fp_minmax_slow(CpuState&, std::uint16_t, std::uint16_t, MinMax);
template std::uint32_t fp_minmax_slow(CpuState&, std::uint32_t, std::uint32_t, MinMax);
template std::uint64_t fp_minmax_slow(CpuState&, std::uint64_t, std::uint64_t, MinMax);
template std::uint32_t fp_compare_slow(CpuState&, std::uint16_t, std::uint16_t, bool);
template std::uint32_t fp_compare_slow(CpuState&, std::uint32_t, std::uint32_t, bool);
template std::uint32_t fp_compare_slow(CpuState&, std::uint64_t, std::uint64_t, bool);

}  // namespace m2sim::emu
