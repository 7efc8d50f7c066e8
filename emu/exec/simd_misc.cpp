// Advanced SIMD two-register miscellaneous (integer), across lanes, scalar pairwise (integer).

#include <bit>
#include <cstdint>

#include "emu/exec/simd_map.h"
#include "emu/exec/simd_width.h"

namespace m2sim::emu {
namespace {

using insts::Op;
using insts::op_sized;

// Elements in reverse order within every kGroup bytes.
template <unsigned kGroup>
struct Reverse {
  template <class T, bool kQ>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    const auto n = lanes_of<T>(c.v[u.rn]);
    LaneArray<T> out{};
    for (unsigned i = 0; i < kActiveLanes<T, kQ>; ++i) out[i] = n[i ^ (kGroup / sizeof(T) - 1)];
    c.v[u.rd] = vec_of<T>(out);
  };
};

constexpr auto kCountLeadingZeros = []<class T>(T a) -> T { return static_cast<T>(std::countl_zero(a)); };
constexpr auto kCountLeadingSigns = []<class T>(T a) -> T {
  const T changes = static_cast<T>(a ^ static_cast<T>(a << 1U));  // bit i + 1: bits i and i + 1 differ
  return static_cast<T>(std::countl_zero(static_cast<T>(changes | T{1})));
};
constexpr auto kPopulation = [](u8 a) -> u8 { return static_cast<u8>(std::popcount(a)); };
constexpr auto kNot = [](u8 a) -> u8 { return static_cast<u8>(~a); };
constexpr auto kReverseBits = [](u8 a) -> u8 {
  const unsigned nibbles = unsigned{a} >> 4U | unsigned{a} << 4U;
  const unsigned pairs = (nibbles >> 2U & 0x33U) | (nibbles << 2U & 0xCCU);
  return static_cast<u8>((pairs >> 1U & 0x55U) | (pairs << 1U & 0xAAU));
};

constexpr auto kNeg = []<class T>(T a) -> T { return static_cast<T>(T{0} - a); };
constexpr auto kAbs = []<class T>(T a) -> T {
  using U = std::make_unsigned_t<T>;
  return a < 0 ? static_cast<T>(U{0} - static_cast<U>(a)) : a;
};
constexpr auto kSaturatingAbs = []<class T>(T a, bool& saturated) -> T {
  return saturate<T>(a < 0 ? -Exact<T>{a} : Exact<T>{a}, saturated);
};
constexpr auto kSaturatingNeg = []<class T>(T a, bool& saturated) -> T {
  return saturate<T>(-Exact<T>{a}, saturated);
};

// suqadd: T is signed, the addend is unsigned; usqadd the other way round.
constexpr auto kAddOtherSign = []<class T>(T d, T n, bool& saturated) -> T {
  using Other = std::conditional_t<std::is_signed_v<T>, std::make_unsigned_t<T>, std::make_signed_t<T>>;
  return saturate<T>(Exact<T>{d} + Exact<T>{static_cast<Other>(n)}, saturated);
};

constexpr auto kGtZero = []<class T>(T a) -> T { return mask_of<T>(a > 0); };
constexpr auto kGeZero = []<class T>(T a) -> T { return mask_of<T>(a >= 0); };
constexpr auto kEqZero = []<class T>(T a) -> T { return mask_of<T>(a == 0); };
constexpr auto kLeZero = []<class T>(T a) -> T { return mask_of<T>(a <= 0); };
constexpr auto kLtZero = []<class T>(T a) -> T { return mask_of<T>(a < 0); };

// W is a wide element; the narrow type has its sign, or is unsigned.
template <class W>
struct NarrowOf;
template <>
struct NarrowOf<s16> {
  using Type = s8;
};
template <>
struct NarrowOf<s32> {
  using Type = s16;
};
template <>
struct NarrowOf<s64> {
  using Type = s32;
};
template <>
struct NarrowOf<u16> {
  using Type = u8;
};
template <>
struct NarrowOf<u32> {
  using Type = u16;
};
template <>
struct NarrowOf<u64> {
  using Type = u32;
};
template <class W>
using Narrow = typename NarrowOf<W>::Type;

constexpr auto kTruncate = []<class W>(W a) -> W { return a; };
constexpr auto kSaturateNarrow = []<class W>(W a, bool& saturated) -> Narrow<W> {
  return saturate<Narrow<W>>(a, saturated);
};
constexpr auto kSaturateUnsigned = []<class W>(W a, bool& saturated) -> std::make_unsigned_t<Narrow<W>> {
  return saturate<std::make_unsigned_t<Narrow<W>>>(a, saturated);
};
constexpr auto kShiftLeftByWidth = []<class T>(T a) -> Wide<T> {
  return static_cast<Wide<T>>(Wide<T>{a} << kElementBits<T>);
};

template <bool kSecond>
using Xtn = Narrowing<kTruncate>::Half<kSecond>;
template <bool kSecond>
using Qxtn = Narrowing<kSaturateNarrow>::Half<kSecond>;
template <bool kSecond>
using Qxtun = Narrowing<kSaturateUnsigned>::Half<kSecond>;
template <bool kSecond>
using Shll = WideningUnary<kShiftLeftByWidth>::Half<kSecond>;

// Sums of neighbours in elements twice as wide, added to the destination's where kAccumulate.
template <bool kAccumulate>
struct PairwiseLong {
  template <class T, bool kQ>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    using W = Wide<T>;
    using U = std::make_unsigned_t<W>;
    const auto n = lanes_of<T>(c.v[u.rn]);
    const auto d = lanes_of<W>(c.v[u.rd]);
    LaneArray<W> out{};
    for (unsigned i = 0; i < kActiveLanes<W, kQ>; ++i) {
      const auto sum = static_cast<W>(W{n[2 * i]} + W{n[2 * i + 1]});
      out[i] = kAccumulate ? static_cast<W>(static_cast<U>(d[i]) + static_cast<U>(sum)) : sum;
    }
    c.v[u.rd] = vec_of<W>(out);
  };
};

// Across lanes: the result is a scalar of type Result<T>.
constexpr auto kAddElements = []<class T>(T a, T b) -> T { return static_cast<T>(a + b); };
constexpr auto kMaxElement = []<class T>(T a, T b) -> T { return a > b ? a : b; };
constexpr auto kMinElement = []<class T>(T a, T b) -> T { return a < b ? a : b; };

template <auto kF>
struct Across {
  template <class T, bool kQ>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    const auto n = lanes_of<T>(c.v[u.rn]);
    T result = n[0];
    for (unsigned i = 1; i < kActiveLanes<T, kQ>; ++i) result = kF(result, n[i]);
    c.v[u.rd].set_scalar(result);
  };
};
struct AcrossLong {
  template <class T, bool kQ>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    const auto n = lanes_of<T>(c.v[u.rn]);
    Wide<T> sum = 0;
    for (unsigned i = 0; i < kActiveLanes<T, kQ>; ++i) sum = static_cast<Wide<T>>(sum + n[i]);
    c.v[u.rd].set_scalar(sum);
  };
};

// Four lanes of 32 bits exist in full registers only; those rows have no `z`.
template <class Shape, class T>
Binding pick_across(const insts::Inst& inst, bool /*log*/) {
  return {sizeof(T) == 4 || inst.wide() ? plain_handler<Shape::template body<T, true>>
                                        : plain_handler<Shape::template body<T, false>>};
}
template <class Shape, class B, class H, class S>
consteval std::array<Row, 3> across(Op first) {
  return {Row{first, pick_across<Shape, B>}, Row{op_sized(first, 'b', 1, 'h'), pick_across<Shape, H>},
          Row{op_sized(first, 'b', 2, 's'), pick_across<Shape, S>}};
}

constexpr auto add_pair = [](const Uop& u, CpuState& c) {
  c.v[u.rd].set_scalar(c.v[u.rn].get<u64>(0) + c.v[u.rn].get<u64>(1));
};

constexpr auto kVector = join_rows(
    vector_rows<Reverse<8>, u8, u16, u32>(Op::kREV64_vb), vector_rows<Reverse<4>, u8, u16>(Op::kREV32_vb),
    vector_rows<Reverse<2>, u8>(Op::kREV16_vb),
    vector_rows<PairwiseLong<false>, s8, s16, s32>(Op::kSADDLP_vb),
    vector_rows<PairwiseLong<false>, u8, u16, u32>(Op::kUADDLP_vb),
    vector_rows<Updating<kAddOtherSign>, s8, s16, s32, s64>(Op::kSUQADD_vb),
    vector_rows<Updating<kAddOtherSign>, u8, u16, u32, u64>(Op::kUSQADD_vb),
    vector_rows<Unary<kCountLeadingSigns>, u8, u16, u32>(Op::kCLS_vb),
    vector_rows<Unary<kCountLeadingZeros>, u8, u16, u32>(Op::kCLZ_vb),
    vector_rows<PairwiseLong<true>, s8, s16, s32>(Op::kSADALP_vb),
    vector_rows<PairwiseLong<true>, u8, u16, u32>(Op::kUADALP_vb),
    vector_rows<Unary<kSaturatingAbs>, s8, s16, s32, s64>(Op::kSQABS_vb),
    vector_rows<Unary<kSaturatingNeg>, s8, s16, s32, s64>(Op::kSQNEG_vb),
    vector_rows<Unary<kAbs>, s8, s16, s32, s64>(Op::kABS_vb),
    vector_rows<Unary<kNeg>, u8, u16, u32, u64>(Op::kNEG_vb), vector_rows<Unary<kPopulation>, u8>(Op::kCNT_v),
    vector_rows<Unary<kNot>, u8>(Op::kNOT_v), vector_rows<Unary<kReverseBits>, u8>(Op::kRBIT_v),
    vector_rows<Unary<kGtZero>, s8, s16, s32, s64>(Op::kCMGT_vb_zero),
    vector_rows<Unary<kGeZero>, s8, s16, s32, s64>(Op::kCMGE_vb_zero),
    vector_rows<Unary<kEqZero>, s8, s16, s32, s64>(Op::kCMEQ_vb_zero),
    vector_rows<Unary<kLeZero>, s8, s16, s32, s64>(Op::kCMLE_vb_zero),
    vector_rows<Unary<kLtZero>, s8, s16, s32, s64>(Op::kCMLT_vb_zero),
    half_rows<Xtn, u8, u16, u32>(Op::kXTN_vb), half_rows<Qxtun, s8, s16, s32>(Op::kSQXTUN_vb),
    half_rows<Qxtn, s8, s16, s32>(Op::kSQXTN_vb), half_rows<Qxtn, u8, u16, u32>(Op::kUQXTN_vb),
    half_rows<Shll, u8, u16, u32>(Op::kSHLL_vb));

constexpr auto kAcross = join_rows(across<AcrossLong, s8, s16, s32>(Op::kSADDLV_vb),
                                   across<AcrossLong, u8, u16, u32>(Op::kUADDLV_vb),
                                   across<Across<kMaxElement>, s8, s16, s32>(Op::kSMAXV_vb),
                                   across<Across<kMaxElement>, u8, u16, u32>(Op::kUMAXV_vb),
                                   across<Across<kMinElement>, s8, s16, s32>(Op::kSMINV_vb),
                                   across<Across<kMinElement>, u8, u16, u32>(Op::kUMINV_vb),
                                   across<Across<kAddElements>, u8, u16, u32>(Op::kADDV_vb));

constexpr auto kScalar = join_rows(
    single_rows<ScalarUpdating<kAddOtherSign>, s8, s16, s32, s64>(Op::kSUQADD_b),
    single_rows<ScalarUpdating<kAddOtherSign>, u8, u16, u32, u64>(Op::kUSQADD_b),
    single_rows<ScalarUnary<kSaturatingAbs>, s8, s16, s32, s64>(Op::kSQABS_b),
    single_rows<ScalarUnary<kSaturatingNeg>, s8, s16, s32, s64>(Op::kSQNEG_b),
    single_rows<ScalarUnary<kAbs>, s64>(Op::kABS_d), single_rows<ScalarUnary<kNeg>, u64>(Op::kNEG_d),
    single_rows<ScalarUnary<kGtZero>, s64>(Op::kCMGT_d_zero),
    single_rows<ScalarUnary<kGeZero>, s64>(Op::kCMGE_d_zero),
    single_rows<ScalarUnary<kEqZero>, s64>(Op::kCMEQ_d_zero),
    single_rows<ScalarUnary<kLeZero>, s64>(Op::kCMLE_d_zero),
    single_rows<ScalarUnary<kLtZero>, s64>(Op::kCMLT_d_zero),
    single_rows<ScalarNarrowing<kSaturateUnsigned>, s8, s16, s32>(Op::kSQXTUN_b),
    single_rows<ScalarNarrowing<kSaturateNarrow>, s8, s16, s32>(Op::kSQXTN_b),
    single_rows<ScalarNarrowing<kSaturateNarrow>, u8, u16, u32>(Op::kUQXTN_b),
    std::array<Row, 1>{Row{Op::kADDP_d, plain<add_pair>}});

constexpr auto kRows = join_rows(kVector, kAcross, kScalar);

}  // namespace

std::span<const Row> simd_misc_rows() { return kRows; }

}  // namespace m2sim::emu
