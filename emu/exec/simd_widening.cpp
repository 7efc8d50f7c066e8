// Advanced SIMD three different, and by element (integer), vector and scalar.

#include <cstdint>

#include "emu/exec/simd_map.h"
#include "emu/exec/simd_width.h"

namespace m2sim::emu {
namespace {

using insts::Op;

template <class W>
W wrapping_add(W a, W b) {
  using U = std::make_unsigned_t<W>;
  return static_cast<W>(static_cast<U>(a) + static_cast<U>(b));
}
template <class W>
W wrapping_sub(W a, W b) {
  using U = std::make_unsigned_t<W>;
  return static_cast<W>(static_cast<U>(a) - static_cast<U>(b));
}
template <class T>
Wide<T> product(T a, T b) {
  return static_cast<Wide<T>>(Wide<T>{a} * Wide<T>{b});
}
template <class T>
Wide<T> difference(T a, T b) {
  return static_cast<Wide<T>>(a > b ? Wide<T>{a} - Wide<T>{b} : Wide<T>{b} - Wide<T>{a});
}

constexpr auto kAddLong = []<class T>(T a, T b) -> Wide<T> {
  return static_cast<Wide<T>>(Wide<T>{a} + Wide<T>{b});
};
constexpr auto kSubLong = []<class T>(T a, T b) -> Wide<T> {
  return static_cast<Wide<T>>(Wide<T>{a} - Wide<T>{b});
};
constexpr auto kMulLong = []<class T>(T a, T b) -> Wide<T> { return product<T>(a, b); };
constexpr auto kAbdLong = []<class T>(T a, T b) -> Wide<T> { return difference<T>(a, b); };

constexpr auto kMlaLong = []<class T>(Wide<T> d, T a, T b) -> Wide<T> {
  return wrapping_add(d, product<T>(a, b));
};
constexpr auto kMlsLong = []<class T>(Wide<T> d, T a, T b) -> Wide<T> {
  return wrapping_sub(d, product<T>(a, b));
};
constexpr auto kAbaLong = []<class T>(Wide<T> d, T a, T b) -> Wide<T> {
  return wrapping_add(d, difference<T>(a, b));
};

constexpr auto kAddWide = []<class T>(Wide<T> a, T b) -> Wide<T> { return wrapping_add(a, Wide<T>{b}); };
constexpr auto kSubWide = []<class T>(Wide<T> a, T b) -> Wide<T> { return wrapping_sub(a, Wide<T>{b}); };

// The high half of a sum or difference of wide elements.
template <class W>
inline constexpr unsigned kHalfBits = 4 * sizeof(W);
template <class W>
using NarrowHalf = std::conditional_t<sizeof(W) == 8, u32, std::conditional_t<sizeof(W) == 4, u16, u8>>;

constexpr auto kAddHigh = []<class W>(W a, W b) -> NarrowHalf<W> {
  return static_cast<NarrowHalf<W>>(static_cast<W>(a + b) >> kHalfBits<W>);
};
constexpr auto kSubHigh = []<class W>(W a, W b) -> NarrowHalf<W> {
  return static_cast<NarrowHalf<W>>(static_cast<W>(a - b) >> kHalfBits<W>);
};
constexpr auto kRoundingAddHigh = []<class W>(W a, W b) -> NarrowHalf<W> {
  return static_cast<NarrowHalf<W>>(static_cast<W>(a + b + (W{1} << (kHalfBits<W> - 1))) >> kHalfBits<W>);
};
constexpr auto kRoundingSubHigh = []<class W>(W a, W b) -> NarrowHalf<W> {
  return static_cast<NarrowHalf<W>>(static_cast<W>(a - b + (W{1} << (kHalfBits<W> - 1))) >> kHalfBits<W>);
};

// Twice the product saturates only for the most negative squared; adding it saturates again.
constexpr auto kDoublingMulLong = []<class T>(T a, T b, bool& saturated) -> Wide<T> {
  return saturate<Wide<T>>(2 * static_cast<__int128>(a) * b, saturated);
};
constexpr auto kDoublingMlaLong = []<class T>(Wide<T> d, T a, T b, bool& saturated) -> Wide<T> {
  const __int128 addend = saturate<Wide<T>>(2 * static_cast<__int128>(a) * b, saturated);
  return saturate<Wide<T>>(d + addend, saturated);
};
constexpr auto kDoublingMlsLong = []<class T>(Wide<T> d, T a, T b, bool& saturated) -> Wide<T> {
  const __int128 subtrahend = saturate<Wide<T>>(2 * static_cast<__int128>(a) * b, saturated);
  return saturate<Wide<T>>(d - subtrahend, saturated);
};

constexpr auto kPolynomialMulLong = [](u8 a, u8 b) -> u16 {
  unsigned result = 0;
  for (unsigned i = 0; i < 8; ++i) result ^= (b >> i & 1U) != 0 ? unsigned{a} << i : 0U;
  return static_cast<u16>(result);
};
template <bool kSecond>
constexpr auto polynomial_mul_128 = [](const Uop& u, CpuState& c) {
  const u64 a = c.v[u.rn].get<u64>(kSecond ? 1 : 0);
  const u64 b = c.v[u.rm].get<u64>(kSecond ? 1 : 0);
  u64 low = 0;
  u64 high = 0;
  for (unsigned i = 0; i < 64; ++i) {
    const u64 chosen = u64{0} - (b >> i & 1U);
    low ^= chosen & (a << i);
    high ^= i == 0 ? 0 : chosen & (a >> (64 - i));
  }
  c.v[u.rd] = vec_of<u64>({low, high});
};

// By element, elements as wide as the result.
constexpr auto kMul = []<class T>(T a, T b) -> T { return multiply<T>(a, b); };
constexpr auto kMla = []<class T>(T d, T a, T b) -> T { return static_cast<T>(d + multiply<T>(a, b)); };
constexpr auto kMls = []<class T>(T d, T a, T b) -> T { return static_cast<T>(d - multiply<T>(a, b)); };
constexpr auto kDoublingMulHigh = []<class T>(T a, T b, bool& saturated) -> T {
  return saturate<T>((s64{a} * s64{b}) >> (kElementBits<T> - 1), saturated);
};
constexpr auto kRoundingDoublingMulHigh = []<class T>(T a, T b, bool& saturated) -> T {
  return saturate<T>((s64{a} * s64{b} + (s64{1} << (kElementBits<T> - 2))) >> (kElementBits<T> - 1),
                     saturated);
};
constexpr auto kRoundingDoublingMla = []<class T>(T d, T a, T b, bool& saturated) -> T {
  const __int128 sum = (static_cast<__int128>(d) << (kElementBits<T> - 1)) + static_cast<__int128>(a) * b;
  return saturate<T>((sum + (s64{1} << (kElementBits<T> - 2))) >> (kElementBits<T> - 1), saturated);
};
constexpr auto kRoundingDoublingMls = []<class T>(T d, T a, T b, bool& saturated) -> T {
  const __int128 sum = (static_cast<__int128>(d) << (kElementBits<T> - 1)) - static_cast<__int128>(a) * b;
  return saturate<T>((sum + (s64{1} << (kElementBits<T> - 2))) >> (kElementBits<T> - 1), saturated);
};

template <auto kF, class... T>
consteval auto long_rows(Op first) {
  return half_rows<WideningBinary<kF>::template Half, T...>(first);
}
template <auto kF, class... T>
consteval auto long_update_rows(Op first) {
  return half_rows<WideningTernary<kF>::template Half, T...>(first);
}
template <auto kF, class... T>
consteval auto wide_rows(Op first) {
  return half_rows<WideBinary<kF>::template Half, T...>(first);
}
template <auto kF, class... T>
consteval auto high_rows(Op first) {
  return half_rows<NarrowingBinary<kF>::template Half, T...>(first);
}
template <auto kF, class... T>
consteval auto long_elem_rows(Op first) {
  return half_rows<WideningBinary<kF, LaneOfM>::template Half, T...>(first);
}
template <auto kF, class... T>
consteval auto long_update_elem_rows(Op first) {
  return half_rows<WideningTernary<kF, LaneOfM>::template Half, T...>(first);
}

constexpr auto kDifferent = join_rows(
    long_rows<kAddLong, s8, s16, s32>(Op::kSADDL_vb), long_rows<kAddLong, u8, u16, u32>(Op::kUADDL_vb),
    wide_rows<kAddWide, s8, s16, s32>(Op::kSADDW_vb), wide_rows<kAddWide, u8, u16, u32>(Op::kUADDW_vb),
    long_rows<kSubLong, s8, s16, s32>(Op::kSSUBL_vb), long_rows<kSubLong, u8, u16, u32>(Op::kUSUBL_vb),
    wide_rows<kSubWide, s8, s16, s32>(Op::kSSUBW_vb), wide_rows<kSubWide, u8, u16, u32>(Op::kUSUBW_vb),
    high_rows<kAddHigh, u8, u16, u32>(Op::kADDHN_vb),
    high_rows<kRoundingAddHigh, u8, u16, u32>(Op::kRADDHN_vb),
    high_rows<kSubHigh, u8, u16, u32>(Op::kSUBHN_vb),
    high_rows<kRoundingSubHigh, u8, u16, u32>(Op::kRSUBHN_vb),
    long_update_rows<kAbaLong, s8, s16, s32>(Op::kSABAL_vb),
    long_update_rows<kAbaLong, u8, u16, u32>(Op::kUABAL_vb), long_rows<kAbdLong, s8, s16, s32>(Op::kSABDL_vb),
    long_rows<kAbdLong, u8, u16, u32>(Op::kUABDL_vb), long_update_rows<kMlaLong, s8, s16, s32>(Op::kSMLAL_vb),
    long_update_rows<kMlaLong, u8, u16, u32>(Op::kUMLAL_vb),
    long_update_rows<kMlsLong, s8, s16, s32>(Op::kSMLSL_vb),
    long_update_rows<kMlsLong, u8, u16, u32>(Op::kUMLSL_vb),
    long_update_rows<kDoublingMlaLong, s16, s32>(Op::kSQDMLAL_vh),
    long_update_rows<kDoublingMlsLong, s16, s32>(Op::kSQDMLSL_vh),
    long_rows<kMulLong, s8, s16, s32>(Op::kSMULL_vb), long_rows<kMulLong, u8, u16, u32>(Op::kUMULL_vb),
    long_rows<kDoublingMulLong, s16, s32>(Op::kSQDMULL_vh), long_rows<kPolynomialMulLong, u8>(Op::kPMULL_vb),
    std::array<Row, 2>{Row{Op::kPMULL_vd, plain<polynomial_mul_128<false>>},
                       Row{Op::kPMULL2_vd, plain<polynomial_mul_128<true>>}});

constexpr auto kByElement =
    join_rows(vector_rows<Ternary<kMla, LaneOfM>, u16, u32>(Op::kMLA_vh_elem),
              vector_rows<Ternary<kMls, LaneOfM>, u16, u32>(Op::kMLS_vh_elem),
              vector_rows<Binary<kMul, LaneOfM>, u16, u32>(Op::kMUL_vh_elem),
              vector_rows<Binary<kDoublingMulHigh, LaneOfM>, s16, s32>(Op::kSQDMULH_vh_elem),
              vector_rows<Binary<kRoundingDoublingMulHigh, LaneOfM>, s16, s32>(Op::kSQRDMULH_vh_elem),
              vector_rows<Ternary<kRoundingDoublingMla, LaneOfM>, s16, s32>(Op::kSQRDMLAH_vh_elem),
              vector_rows<Ternary<kRoundingDoublingMls, LaneOfM>, s16, s32>(Op::kSQRDMLSH_vh_elem),
              long_update_elem_rows<kMlaLong, s16, s32>(Op::kSMLAL_vh_elem),
              long_update_elem_rows<kMlaLong, u16, u32>(Op::kUMLAL_vh_elem),
              long_update_elem_rows<kDoublingMlaLong, s16, s32>(Op::kSQDMLAL_vh_elem),
              long_update_elem_rows<kMlsLong, s16, s32>(Op::kSMLSL_vh_elem),
              long_update_elem_rows<kMlsLong, u16, u32>(Op::kUMLSL_vh_elem),
              long_update_elem_rows<kDoublingMlsLong, s16, s32>(Op::kSQDMLSL_vh_elem),
              long_elem_rows<kMulLong, s16, s32>(Op::kSMULL_vh_elem),
              long_elem_rows<kMulLong, u16, u32>(Op::kUMULL_vh_elem),
              long_elem_rows<kDoublingMulLong, s16, s32>(Op::kSQDMULL_vh_elem));

// Rounding doubling multiply-accumulate between whole registers belongs to the three same (extra) group.
constexpr auto kThreeSameExtra = join_rows(
    std::array<Row, 4>{Row{Op::kSQRDMLAH_vh, pick_vector<Ternary<kRoundingDoublingMla>, s16>},
                       Row{Op::kSQRDMLSH_vh, pick_vector<Ternary<kRoundingDoublingMls>, s16>},
                       Row{Op::kSQRDMLAH_vs, pick_vector<Ternary<kRoundingDoublingMla>, s32>},
                       Row{Op::kSQRDMLSH_vs, pick_vector<Ternary<kRoundingDoublingMls>, s32>}},
    std::array<Row, 4>{Row{Op::kSQRDMLAH_h, pick_single<ScalarTernary<kRoundingDoublingMla>, s16>},
                       Row{Op::kSQRDMLSH_h, pick_single<ScalarTernary<kRoundingDoublingMls>, s16>},
                       Row{Op::kSQRDMLAH_s, pick_single<ScalarTernary<kRoundingDoublingMla>, s32>},
                       Row{Op::kSQRDMLSH_s, pick_single<ScalarTernary<kRoundingDoublingMls>, s32>}});

constexpr auto kScalar =
    join_rows(single_rows<ScalarWideningTernary<kDoublingMlaLong>, s16, s32>(Op::kSQDMLAL_h),
              single_rows<ScalarWideningTernary<kDoublingMlsLong>, s16, s32>(Op::kSQDMLSL_h),
              single_rows<ScalarWideningBinary<kDoublingMulLong>, s16, s32>(Op::kSQDMULL_h),
              single_rows<ScalarWideningTernary<kDoublingMlaLong, LaneOfM>, s16, s32>(Op::kSQDMLAL_h_elem),
              single_rows<ScalarWideningTernary<kDoublingMlsLong, LaneOfM>, s16, s32>(Op::kSQDMLSL_h_elem),
              single_rows<ScalarWideningBinary<kDoublingMulLong, LaneOfM>, s16, s32>(Op::kSQDMULL_h_elem),
              single_rows<ScalarBinary<kDoublingMulHigh, LaneOfM>, s16, s32>(Op::kSQDMULH_h_elem),
              single_rows<ScalarBinary<kRoundingDoublingMulHigh, LaneOfM>, s16, s32>(Op::kSQRDMULH_h_elem),
              single_rows<ScalarTernary<kRoundingDoublingMla, LaneOfM>, s16, s32>(Op::kSQRDMLAH_h_elem),
              single_rows<ScalarTernary<kRoundingDoublingMls, LaneOfM>, s16, s32>(Op::kSQRDMLSH_h_elem));

constexpr auto kRows = join_rows(kDifferent, kByElement, kThreeSameExtra, kScalar);

}  // namespace

std::span<const Row> simd_widening_rows() { return kRows; }

}  // namespace m2sim::emu
