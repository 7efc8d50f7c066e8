// The fast halves of floating point against the slow ones, where IXC is clear and exactness decides.
#include <gtest/gtest.h>

#include <cstdint>
#include <random>

#include "emu/fp/fp.h"

namespace m2sim::emu {
namespace {

using Random = std::mt19937_64;

// Few significant bits, so that about half of the results are exact; exponents everywhere, many near each
// other, near the ends of the range and where what rounding lost becomes a denormal.
template <class T>
T operand(Random& random) {
  using F = softfloat::Format<T>;
  const auto in = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
  if (in(0, 15) == 0) return static_cast<T>(random() & F::kSign);
  const int kept = in(0, F::kFraction);
  const T fraction = static_cast<T>(random()) & static_cast<T>(F::kMinNormal - 1) &
                     static_cast<T>(~((T{1} << (F::kFraction - kept)) - 1));
  int exponent = F::kBias;
  switch (in(0, 4)) {
    case 0:
      exponent = in(0, 2 * F::kBias);
      break;
    case 1:
      exponent = in(0, 3 * F::kFraction);
      break;
    case 2:
      exponent = in(F::kBias / 2 - F::kFraction, F::kBias / 2 + 2 * F::kFraction);
      break;
    default:
      exponent += in(-F::kFraction, F::kFraction);
  }
  return static_cast<T>((random() & F::kSign) | static_cast<T>(exponent) << F::kFraction | fraction);
}

// `one` the operation as it is, `slow` its slow half, each on a state of its own.
template <class One, class Slow>
void expect_same(One one, Slow slow) {
  CpuState with_fast{};
  CpuState without{};
  EXPECT_EQ(one(with_fast), slow(without));
  ASSERT_EQ(read_fpsr(with_fast), read_fpsr(without));
}

template <class T>
class FpExact : public ::testing::Test {};
using Formats = ::testing::Types<std::uint32_t, std::uint64_t>;
TYPED_TEST_SUITE(FpExact, Formats);

TYPED_TEST(FpExact, FastHalvesAgreeWithSlowOnes) {
  using T = TypeParam;
  Random random(1);
  constexpr unsigned kTurns = 100000;
  unsigned proven = 0;
  for (unsigned i = 0; i < kTurns && !this->HasFatalFailure(); ++i) {
    const T a = operand<T>(random);
    const T b = operand<T>(random);
    const T c = operand<T>(random);
    SCOPED_TRACE(::testing::Message() << std::hex << "operands " << a << " " << b << " " << c);
    expect_same([&](CpuState& s) { return fp_add(s, a, b); },
                [&](CpuState& s) { return fp_add_slow(s, a, b); });
    expect_same([&](CpuState& s) { return fp_sub(s, a, b); },
                [&](CpuState& s) { return fp_sub_slow(s, a, b); });
    expect_same([&](CpuState& s) { return fp_mul(s, a, b); },
                [&](CpuState& s) { return fp_mul_slow(s, a, b); });
    expect_same([&](CpuState& s) { return fp_div(s, a, b); },
                [&](CpuState& s) { return fp_div_slow(s, a, b); });
    expect_same([&](CpuState& s) { return fp_sqrt(s, a); }, [&](CpuState& s) { return fp_sqrt_slow(s, a); });
    expect_same([&](CpuState& s) { return fp_muladd(s, c, a, b); },
                [&](CpuState& s) { return fp_muladd_slow(s, c, a, b); });
    const CpuState clear{};
    T r;
    ASSERT_FALSE(fp_try_muladd(clear, c, a, b, r));
    proven += fp_muladd_is_exact(clear, c, a, b, r) ? 1U : 0U;
  }
  EXPECT_GT(proven, kTurns / 20) << "the proof of exactness is hardly ever used";
}

TYPED_TEST(FpExact, ConversionsAgreeWithSlowOnes) {
  using T = TypeParam;
  using Other = std::conditional_t<sizeof(T) == 4, std::uint64_t, std::uint32_t>;
  Random random(2);
  for (unsigned i = 0; i < 100000 && !this->HasFatalFailure(); ++i) {
    const T a = operand<T>(random);
    const auto bits = static_cast<std::int64_t>(random() >> random() % 64 << random() % 64);
    SCOPED_TRACE(::testing::Message() << std::hex << "operands " << a << " " << bits);
    expect_same([&](CpuState& s) { return fp_convert<Other>(s, a); },
                [&](CpuState& s) { return fp_convert_slow<Other>(s, a); });
    expect_same([&](CpuState& s) { return fp_to_int<std::int64_t, Rounding::kZero>(s, a); },
                [&](CpuState& s) { return fp_to_int_slow<std::int64_t>(s, a, Rounding::kZero, 0); });
    expect_same([&](CpuState& s) { return fp_from_int<T>(s, bits); },
                [&](CpuState& s) { return fp_from_int_slow<T>(s, bits, 0); });
    expect_same([&](CpuState& s) { return fp_from_int<T>(s, static_cast<std::uint32_t>(bits)); },
                [&](CpuState& s) { return fp_from_int_slow<T>(s, static_cast<std::uint32_t>(bits), 0); });
  }
}

}  // namespace
}  // namespace m2sim::emu
