// Advanced SIMD floating point, two-register miscellaneous: compares with zero, conversions, rounding,
// estimates; vector and scalar; fixed-point conversions by the shift-by-immediate group.

#include <cstdint>

#include "emu/exec/simd_map.h"
#include "emu/exec/simd_width.h"
#include "emu/fp/fp.h"

namespace m2sim::emu {
namespace {

using insts::Op;

// Lane by lane: f(cpu, n[i], imm).
template <auto kF>
struct Lanewise {
  template <class T, bool kQ>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    const auto n = lanes_of<T>(c.v[u.rn]);
    LaneArray<T> out{};
    for (unsigned i = 0; i < kActiveLanes<T, kQ>; ++i) out[i] = kF(c, n[i], static_cast<unsigned>(u.imm));
    c.v[u.rd] = vec_of<T>(out);
  };
};
template <auto kF>
struct Scalar {
  template <class T>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    c.v[u.rd].set_scalar(kF(c, c.v[u.rn].get<T>(0), static_cast<unsigned>(u.imm)));
  };
};

// The results of an operation on bits of type T, as an integer of its width.
template <class T, bool kSigned>
using IntOf = std::conditional_t<kSigned, std::make_signed_t<T>, T>;

template <Rounding kMode>
constexpr auto kRound = []<class T>(CpuState& c, T a, unsigned) -> T { return fp_round_to_int<kMode>(c, a); };
template <bool kExact>
constexpr auto kRoundCurrent =
    []<class T>(CpuState& c, T a, unsigned) -> T { return fp_round_to_int_slow(c, a, fp_mode(c), kExact); };
template <unsigned kIntBits, bool kToZero>
constexpr auto kRoundToSize = []<class T>(CpuState& c, T a, unsigned) -> T {
  return fp_round_to_size(c, a, kToZero ? Rounding::kZero : fp_mode(c), kIntBits);
};
constexpr auto kSqrt = []<class T>(CpuState& c, T a, unsigned) -> T { return fp_sqrt(c, a); };

template <Rounding kMode, bool kSigned>
constexpr auto kToInt = []<class T>(CpuState& c, T a, unsigned) -> T {
  return static_cast<T>(fp_to_int<IntOf<T, kSigned>, kMode>(c, a));
};
template <bool kSigned>
constexpr auto kFromInt = []<class T>(CpuState& c, T a, unsigned) -> T {
  return fp_from_int<T>(c, static_cast<IntOf<T, kSigned>>(a));
};
template <bool kSigned>
constexpr auto kToFixed = []<class T>(CpuState& c, T a, unsigned fraction_bits) -> T {
  return static_cast<T>(fp_to_int_slow<IntOf<T, kSigned>>(c, a, Rounding::kZero, fraction_bits));
};
template <bool kSigned>
constexpr auto kFromFixed = []<class T>(CpuState& c, T a, unsigned fraction_bits) -> T {
  return fp_from_int_slow<T>(c, static_cast<IntOf<T, kSigned>>(a), fraction_bits);
};

constexpr auto kRecip = []<class T>(CpuState& c, T a, unsigned) -> T { return fp_recip_estimate(c, a); };
constexpr auto kRsqrt = []<class T>(CpuState& c, T a, unsigned) -> T { return fp_rsqrt_estimate(c, a); };
constexpr auto kRecipExponent = []<class T>(CpuState& c, T a, unsigned) -> T {
  return fp_recip_exponent(c, a);
};
constexpr auto kUnsignedRecip = [](CpuState& /*c*/, u32 a, unsigned) -> u32 { return recip_estimate(a); };
constexpr auto kUnsignedRsqrt = [](CpuState& /*c*/, u32 a, unsigned) -> u32 { return rsqrt_estimate(a); };

// With zero; as between registers, only equality is quiet.
constexpr auto kEqZero = []<class T>(CpuState& c, T a, unsigned) -> T {
  return mask_of<T>(fp_compare(c, a, T{0}, false) == 6);
};
constexpr auto kGtZero = []<class T>(CpuState& c, T a, unsigned) -> T {
  return mask_of<T>(fp_compare(c, a, T{0}, true) == 2);
};
constexpr auto kLtZero = []<class T>(CpuState& c, T a, unsigned) -> T {
  return mask_of<T>(fp_compare(c, a, T{0}, true) == 8);
};
constexpr auto kGeZero = []<class T>(CpuState& c, T a, unsigned) -> T {
  const u32 nzcv = fp_compare(c, a, T{0}, true);
  return mask_of<T>(nzcv == 2 || nzcv == 6);
};
constexpr auto kLeZero = []<class T>(CpuState& c, T a, unsigned) -> T {
  const u32 nzcv = fp_compare(c, a, T{0}, true);
  return mask_of<T>(nzcv == 8 || nzcv == 6);
};

// T: the narrow format.
template <bool kSecond>
struct Lengthen {
  template <class T>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    const auto n = lanes_of<T>(c.v[u.rn]);
    LaneArray<Wide<T>> out{};
    for (unsigned i = 0; i < kHalfLanes<T>; ++i)
      out[i] = fp_convert<Wide<T>>(c, n[kFirstLane<T, kSecond> + i]);
    c.v[u.rd] = vec_of<Wide<T>>(out);
  };
};
template <bool kSecond>
struct Shorten {
  template <class T>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    const auto n = lanes_of<Wide<T>>(c.v[u.rn]);
    auto out = narrow_destination<T, kSecond>(u, c);
    for (unsigned i = 0; i < kHalfLanes<T>; ++i) out[kFirstLane<T, kSecond> + i] = fp_convert<T>(c, n[i]);
    c.v[u.rd] = vec_of<T>(out);
  };
};
template <bool kSecond>
constexpr auto shorten_odd = [](const Uop& u, CpuState& c) {
  const auto n = lanes_of<u64>(c.v[u.rn]);
  auto out = narrow_destination<u32, kSecond>(u, c);
  for (unsigned i = 0; i < 2; ++i) out[kFirstLane<u32, kSecond> + i] = fp_convert_odd(c, n[i]);
  c.v[u.rd] = vec_of<u32>(out);
};
constexpr auto scalar_shorten_odd = [](const Uop& u, CpuState& c) {
  c.v[u.rd].set_scalar(fp_convert_odd(c, c.v[u.rn].get<u64>(0)));
};

// The table has s and d together, h in a section of its own; scalars are s, d, h.
template <auto kF>
consteval auto vectors(Op of_s, Op of_h) {
  return join_rows(vector_rows<Lanewise<kF>, u32, u64>(of_s), vector_rows<Lanewise<kF>, u16>(of_h));
}
template <auto kF>
consteval auto both(Op of_s, Op of_h, Op scalar_of_s) {
  return join_rows(vectors<kF>(of_s, of_h), single_rows<Scalar<kF>, u32, u64, u16>(scalar_of_s));
}
// Fixed point: h, s, d.
template <auto kF>
consteval auto fixed(Op of_h, Op scalar_of_h) {
  return join_rows(vector_rows<Lanewise<kF>, u16, u32, u64>(of_h),
                   single_rows<Scalar<kF>, u16, u32, u64>(scalar_of_h));
}

using enum softfloat::Round;

constexpr auto kRounding =
    join_rows(vectors<kRound<kNearest>>(Op::kFRINTN_vs, Op::kFRINTN_vh),
              vectors<kRound<kPlus>>(Op::kFRINTP_vs, Op::kFRINTP_vh),
              vectors<kRound<kAway>>(Op::kFRINTA_vs, Op::kFRINTA_vh),
              vectors<kRound<kMinus>>(Op::kFRINTM_vs, Op::kFRINTM_vh),
              vectors<kRound<kZero>>(Op::kFRINTZ_vs, Op::kFRINTZ_vh),
              vectors<kRoundCurrent<true>>(Op::kFRINTX_vs, Op::kFRINTX_vh),
              vectors<kRoundCurrent<false>>(Op::kFRINTI_vs, Op::kFRINTI_vh),
              vector_rows<Lanewise<kRoundToSize<32, true>>, u32, u64>(Op::kFRINT32Z_vs),
              vector_rows<Lanewise<kRoundToSize<32, false>>, u32, u64>(Op::kFRINT32X_vs),
              vector_rows<Lanewise<kRoundToSize<64, true>>, u32, u64>(Op::kFRINT64Z_vs),
              vector_rows<Lanewise<kRoundToSize<64, false>>, u32, u64>(Op::kFRINT64X_vs),
              vectors<kSqrt>(Op::kFSQRT_vs, Op::kFSQRT_vh));

constexpr auto kConversions =
    join_rows(both<kToInt<kNearest, true>>(Op::kFCVTNS_vs, Op::kFCVTNS_vh, Op::kFCVTNS_s),
              both<kToInt<kNearest, false>>(Op::kFCVTNU_vs, Op::kFCVTNU_vh, Op::kFCVTNU_s),
              both<kToInt<kPlus, true>>(Op::kFCVTPS_vs, Op::kFCVTPS_vh, Op::kFCVTPS_s),
              both<kToInt<kPlus, false>>(Op::kFCVTPU_vs, Op::kFCVTPU_vh, Op::kFCVTPU_s),
              both<kToInt<kMinus, true>>(Op::kFCVTMS_vs, Op::kFCVTMS_vh, Op::kFCVTMS_s),
              both<kToInt<kMinus, false>>(Op::kFCVTMU_vs, Op::kFCVTMU_vh, Op::kFCVTMU_s),
              both<kToInt<kZero, true>>(Op::kFCVTZS_vs, Op::kFCVTZS_vh, Op::kFCVTZS_s),
              both<kToInt<kZero, false>>(Op::kFCVTZU_vs, Op::kFCVTZU_vh, Op::kFCVTZU_s),
              both<kToInt<kAway, true>>(Op::kFCVTAS_vs, Op::kFCVTAS_vh, Op::kFCVTAS_s),
              both<kToInt<kAway, false>>(Op::kFCVTAU_vs, Op::kFCVTAU_vh, Op::kFCVTAU_s),
              both<kFromInt<true>>(Op::kSCVTF_vs, Op::kSCVTF_vh, Op::kSCVTF_s),
              both<kFromInt<false>>(Op::kUCVTF_vs, Op::kUCVTF_vh, Op::kUCVTF_s),
              fixed<kFromFixed<true>>(Op::kSCVTF_vh_fix, Op::kSCVTF_h_fix),
              fixed<kFromFixed<false>>(Op::kUCVTF_vh_fix, Op::kUCVTF_h_fix),
              fixed<kToFixed<true>>(Op::kFCVTZS_vh_fix, Op::kFCVTZS_h_fix),
              fixed<kToFixed<false>>(Op::kFCVTZU_vh_fix, Op::kFCVTZU_h_fix));

constexpr auto kEstimatesAndCompares =
    join_rows(both<kRecip>(Op::kFRECPE_vs, Op::kFRECPE_vh, Op::kFRECPE_s),
              both<kRsqrt>(Op::kFRSQRTE_vs, Op::kFRSQRTE_vh, Op::kFRSQRTE_s),
              single_rows<Scalar<kRecipExponent>, u32, u64, u16>(Op::kFRECPX_s),
              vector_rows<Lanewise<kUnsignedRecip>, u32>(Op::kURECPE_v),
              vector_rows<Lanewise<kUnsignedRsqrt>, u32>(Op::kURSQRTE_v),
              both<kGtZero>(Op::kFCMGT_vs_zero, Op::kFCMGT_vh_zero, Op::kFCMGT_s_zero),
              both<kGeZero>(Op::kFCMGE_vs_zero, Op::kFCMGE_vh_zero, Op::kFCMGE_s_zero),
              both<kEqZero>(Op::kFCMEQ_vs_zero, Op::kFCMEQ_vh_zero, Op::kFCMEQ_s_zero),
              both<kLeZero>(Op::kFCMLE_vs_zero, Op::kFCMLE_vh_zero, Op::kFCMLE_s_zero),
              both<kLtZero>(Op::kFCMLT_vs_zero, Op::kFCMLT_vh_zero, Op::kFCMLT_s_zero));

constexpr Row kWidths[] = {
    {Op::kFCVTN_vh, plain<Shorten<false>::body<u16>>},  {Op::kFCVTN2_vh, plain<Shorten<true>::body<u16>>},
    {Op::kFCVTN_vs, plain<Shorten<false>::body<u32>>},  {Op::kFCVTN2_vs, plain<Shorten<true>::body<u32>>},
    {Op::kFCVTXN_vs, plain<shorten_odd<false>>},        {Op::kFCVTXN2_vs, plain<shorten_odd<true>>},
    {Op::kFCVTL_vs, plain<Lengthen<false>::body<u16>>}, {Op::kFCVTL2_vs, plain<Lengthen<true>::body<u16>>},
    {Op::kFCVTL_vd, plain<Lengthen<false>::body<u32>>}, {Op::kFCVTL2_vd, plain<Lengthen<true>::body<u32>>},
    {Op::kFCVTXN_s, plain<scalar_shorten_odd>},
};

constexpr auto kRows = join_rows(kRounding, kConversions, kEstimatesAndCompares, std::to_array(kWidths));

}  // namespace

std::span<const Row> simd_fp_misc_rows() { return kRows; }

}  // namespace m2sim::emu
