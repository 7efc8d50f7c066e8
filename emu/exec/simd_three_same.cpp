// Advanced SIMD three same (integer and logical), vector and scalar.

#include <cstdint>

#include "emu/exec/simd_map.h"
#include "emu/exec/simd_shift.h"

namespace m2sim::emu {
namespace {

using insts::Op;

constexpr auto kAdd = []<class T>(T a, T b) -> T { return static_cast<T>(a + b); };
constexpr auto kSub = []<class T>(T a, T b) -> T { return static_cast<T>(a - b); };
constexpr auto kMul = []<class T>(T a, T b) -> T { return multiply<T>(a, b); };
constexpr auto kMla = []<class T>(T d, T a, T b) -> T { return static_cast<T>(d + multiply<T>(a, b)); };
constexpr auto kMls = []<class T>(T d, T a, T b) -> T { return static_cast<T>(d - multiply<T>(a, b)); };
constexpr auto kMax = []<class T>(T a, T b) -> T { return a > b ? a : b; };
constexpr auto kMin = []<class T>(T a, T b) -> T { return a < b ? a : b; };

template <class T>
T difference(T a, T b) {
  using U = std::make_unsigned_t<T>;
  return static_cast<T>(a > b ? static_cast<U>(a) - static_cast<U>(b)
                              : static_cast<U>(b) - static_cast<U>(a));
}
constexpr auto kAbd = []<class T>(T a, T b) -> T { return difference<T>(a, b); };
constexpr auto kAba = []<class T>(T d, T a, T b) -> T {
  using U = std::make_unsigned_t<T>;
  return static_cast<T>(static_cast<U>(d) + static_cast<U>(difference<T>(a, b)));
};

constexpr auto kCompareGt = []<class T>(T a, T b) -> T { return mask_of<T>(a > b); };
constexpr auto kCompareGe = []<class T>(T a, T b) -> T { return mask_of<T>(a >= b); };
constexpr auto kCompareEq = []<class T>(T a, T b) -> T { return mask_of<T>(a == b); };
constexpr auto kTest = []<class T>(T a, T b) -> T { return mask_of<T>((a & b) != 0); };

constexpr auto kHalvingAdd = []<class T>(T a, T b) -> T {
  return static_cast<T>((Wide<T>{a} + Wide<T>{b}) >> 1);
};
constexpr auto kRoundingHalvingAdd = []<class T>(T a, T b) -> T {
  return static_cast<T>((Wide<T>{a} + Wide<T>{b} + 1) >> 1);
};
constexpr auto kHalvingSub = []<class T>(T a, T b) -> T {
  return static_cast<T>((static_cast<s64>(a) - static_cast<s64>(b)) >> 1);
};

constexpr auto kSaturatingAdd = []<class T>(T a, T b, bool& saturated) -> T {
  return saturate<T>(Exact<T>{a} + Exact<T>{b}, saturated);
};
constexpr auto kSaturatingSub = []<class T>(T a, T b, bool& saturated) -> T {
  return saturate<T>(Exact<T>{a} - Exact<T>{b}, saturated);
};

// The high half of twice the product, from the product itself so that nothing overflows.
constexpr auto kDoublingMulHigh = []<class T>(T a, T b, bool& saturated) -> T {
  return saturate<T>((s64{a} * s64{b}) >> (kElementBits<T> - 1), saturated);
};
constexpr auto kRoundingDoublingMulHigh = []<class T>(T a, T b, bool& saturated) -> T {
  return saturate<T>((s64{a} * s64{b} + (s64{1} << (kElementBits<T> - 2))) >> (kElementBits<T> - 1),
                     saturated);
};

constexpr auto kPolynomialMul = [](u8 a, u8 b) -> u8 {
  unsigned product = 0;
  for (unsigned i = 0; i < 8; ++i) product ^= (b >> i & 1U) != 0 ? unsigned{a} << i : 0U;
  return static_cast<u8>(product);
};

constexpr auto kAnd = [](u64 a, u64 b) -> u64 { return a & b; };
constexpr auto kBic = [](u64 a, u64 b) -> u64 { return a & ~b; };
constexpr auto kOrr = [](u64 a, u64 b) -> u64 { return a | b; };
constexpr auto kOrn = [](u64 a, u64 b) -> u64 { return a | ~b; };
constexpr auto kEor = [](u64 a, u64 b) -> u64 { return a ^ b; };
constexpr auto kBsl = [](u64 d, u64 a, u64 b) -> u64 { return (a & d) | (b & ~d); };
constexpr auto kBit = [](u64 d, u64 a, u64 b) -> u64 { return (a & b) | (d & ~b); };
constexpr auto kBif = [](u64 d, u64 a, u64 b) -> u64 { return (d & b) | (a & ~b); };

// Whole registers as 64-bit elements, where the row has Q.
template <class Shape>
Binding pick_bitwise(const insts::Inst& inst, bool /*log*/) {
  return {inst.wide() ? plain_handler<Shape::template body<u64, true>>
                      : plain_handler<Shape::template body<u64, false>>};
}

template <auto kF>
consteval auto unsigned_bhs(Op first) {
  return vector_rows<Binary<kF>, u8, u16, u32>(first);
}
template <auto kF>
consteval auto signed_bhs(Op first) {
  return vector_rows<Binary<kF>, s8, s16, s32>(first);
}
template <auto kF>
consteval auto unsigned_bhsd(Op first) {
  return vector_rows<Binary<kF>, u8, u16, u32, u64>(first);
}
template <auto kF>
consteval auto signed_bhsd(Op first) {
  return vector_rows<Binary<kF>, s8, s16, s32, s64>(first);
}

constexpr Row kLogical[] = {
    {Op::kAND_v, pick_bitwise<Binary<kAnd>>},  {Op::kBIC_v, pick_bitwise<Binary<kBic>>},
    {Op::kORR_v, pick_bitwise<Binary<kOrr>>},  {Op::kORN_v, pick_bitwise<Binary<kOrn>>},
    {Op::kEOR_v, pick_bitwise<Binary<kEor>>},  {Op::kBSL_v, pick_bitwise<Ternary<kBsl>>},
    {Op::kBIT_v, pick_bitwise<Ternary<kBit>>}, {Op::kBIF_v, pick_bitwise<Ternary<kBif>>},
};

constexpr auto kVector = join_rows(
    std::to_array(kLogical), signed_bhs<kHalvingAdd>(Op::kSHADD_vb), unsigned_bhs<kHalvingAdd>(Op::kUHADD_vb),
    signed_bhsd<kSaturatingAdd>(Op::kSQADD_vb), unsigned_bhsd<kSaturatingAdd>(Op::kUQADD_vb),
    signed_bhs<kRoundingHalvingAdd>(Op::kSRHADD_vb), unsigned_bhs<kRoundingHalvingAdd>(Op::kURHADD_vb),
    signed_bhs<kHalvingSub>(Op::kSHSUB_vb), unsigned_bhs<kHalvingSub>(Op::kUHSUB_vb),
    signed_bhsd<kSaturatingSub>(Op::kSQSUB_vb), unsigned_bhsd<kSaturatingSub>(Op::kUQSUB_vb),
    signed_bhsd<kCompareGt>(Op::kCMGT_vb), unsigned_bhsd<kCompareGt>(Op::kCMHI_vb),
    signed_bhsd<kCompareGe>(Op::kCMGE_vb), unsigned_bhsd<kCompareGe>(Op::kCMHS_vb),
    signed_bhsd<kShiftByRegister>(Op::kSSHL_vb), unsigned_bhsd<kShiftByRegister>(Op::kUSHL_vb),
    signed_bhsd<kSaturatingShiftByRegister>(Op::kSQSHL_vb),
    unsigned_bhsd<kSaturatingShiftByRegister>(Op::kUQSHL_vb),
    signed_bhsd<kRoundingShiftByRegister>(Op::kSRSHL_vb),
    unsigned_bhsd<kRoundingShiftByRegister>(Op::kURSHL_vb),
    signed_bhsd<kSaturatingRoundingShiftByRegister>(Op::kSQRSHL_vb),
    unsigned_bhsd<kSaturatingRoundingShiftByRegister>(Op::kUQRSHL_vb), signed_bhs<kMax>(Op::kSMAX_vb),
    unsigned_bhs<kMax>(Op::kUMAX_vb), signed_bhs<kMin>(Op::kSMIN_vb), unsigned_bhs<kMin>(Op::kUMIN_vb),
    signed_bhs<kAbd>(Op::kSABD_vb), unsigned_bhs<kAbd>(Op::kUABD_vb),
    vector_rows<Ternary<kAba>, s8, s16, s32>(Op::kSABA_vb),
    vector_rows<Ternary<kAba>, u8, u16, u32>(Op::kUABA_vb), unsigned_bhsd<kAdd>(Op::kADD_vb),
    unsigned_bhsd<kSub>(Op::kSUB_vb), unsigned_bhsd<kTest>(Op::kCMTST_vb),
    unsigned_bhsd<kCompareEq>(Op::kCMEQ_vb), vector_rows<Ternary<kMla>, u8, u16, u32>(Op::kMLA_vb),
    vector_rows<Ternary<kMls>, u8, u16, u32>(Op::kMLS_vb), unsigned_bhs<kMul>(Op::kMUL_vb),
    vector_rows<Binary<kPolynomialMul>, u8>(Op::kPMUL_vb),
    vector_rows<Pairwise<kMax>, s8, s16, s32>(Op::kSMAXP_vb),
    vector_rows<Pairwise<kMax>, u8, u16, u32>(Op::kUMAXP_vb),
    vector_rows<Pairwise<kMin>, s8, s16, s32>(Op::kSMINP_vb),
    vector_rows<Pairwise<kMin>, u8, u16, u32>(Op::kUMINP_vb),
    vector_rows<Binary<kDoublingMulHigh>, s16, s32>(Op::kSQDMULH_vh),
    vector_rows<Binary<kRoundingDoublingMulHigh>, s16, s32>(Op::kSQRDMULH_vh),
    vector_rows<Pairwise<kAdd>, u8, u16, u32, u64>(Op::kADDP_vb));

constexpr auto kScalar = join_rows(
    single_rows<ScalarBinary<kSaturatingAdd>, s8, s16, s32, s64>(Op::kSQADD_b),
    single_rows<ScalarBinary<kSaturatingAdd>, u8, u16, u32, u64>(Op::kUQADD_b),
    single_rows<ScalarBinary<kSaturatingSub>, s8, s16, s32, s64>(Op::kSQSUB_b),
    single_rows<ScalarBinary<kSaturatingSub>, u8, u16, u32, u64>(Op::kUQSUB_b),
    single_rows<ScalarBinary<kCompareGt>, s64>(Op::kCMGT_d),
    single_rows<ScalarBinary<kCompareGt>, u64>(Op::kCMHI_d),
    single_rows<ScalarBinary<kCompareGe>, s64>(Op::kCMGE_d),
    single_rows<ScalarBinary<kCompareGe>, u64>(Op::kCMHS_d),
    single_rows<ScalarBinary<kShiftByRegister>, s64>(Op::kSSHL_d),
    single_rows<ScalarBinary<kShiftByRegister>, u64>(Op::kUSHL_d),
    single_rows<ScalarBinary<kSaturatingShiftByRegister>, s8, s16, s32, s64>(Op::kSQSHL_b),
    single_rows<ScalarBinary<kSaturatingShiftByRegister>, u8, u16, u32, u64>(Op::kUQSHL_b),
    single_rows<ScalarBinary<kRoundingShiftByRegister>, s64>(Op::kSRSHL_d),
    single_rows<ScalarBinary<kRoundingShiftByRegister>, u64>(Op::kURSHL_d),
    single_rows<ScalarBinary<kSaturatingRoundingShiftByRegister>, s8, s16, s32, s64>(Op::kSQRSHL_b),
    single_rows<ScalarBinary<kSaturatingRoundingShiftByRegister>, u8, u16, u32, u64>(Op::kUQRSHL_b),
    single_rows<ScalarBinary<kAdd>, u64>(Op::kADD_d), single_rows<ScalarBinary<kSub>, u64>(Op::kSUB_d),
    single_rows<ScalarBinary<kTest>, u64>(Op::kCMTST_d),
    single_rows<ScalarBinary<kCompareEq>, u64>(Op::kCMEQ_d),
    single_rows<ScalarBinary<kDoublingMulHigh>, s16, s32>(Op::kSQDMULH_h),
    single_rows<ScalarBinary<kRoundingDoublingMulHigh>, s16, s32>(Op::kSQRDMULH_h));

constexpr auto kRows = join_rows(kVector, kScalar);

}  // namespace

std::span<const Row> simd_three_same_rows() { return kRows; }

}  // namespace m2sim::emu
