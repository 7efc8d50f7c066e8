// Advanced SIMD floating point: three same, by element, pairwise and across lanes; vector and scalar.

#include <cstdint>

#include "emu/exec/simd_map.h"
#include "emu/fp/fp.h"
#include "emu/fp/host_fp.h"

namespace m2sim::emu {
namespace {

using insts::Op;

// Arithmetic with a fast half over all lanes at once (host_fp.h): `on_host` the operation on a register of
// the host, `is_exact` a mask of the lanes certain to be exact (fp_exact.h), `exact` one lane in any case.
struct Add {
  template <class V>
  static V on_host(V a, V b) {
    return a + b;
  }
  template <class V>
  static auto is_exact(V a, V b, V r) {
    return sum_is_exact(a, b, r);
  }
  template <class T>
  static constexpr bool kTinyIsExact = true;
  template <class T>
  static T exact(CpuState& c, T a, T b) {
    return fp_add(c, a, b);
  }
};
struct Sub {
  template <class V>
  static V on_host(V a, V b) {
    return a - b;
  }
  template <class V>
  static auto is_exact(V a, V b, V r) {
    return sum_is_exact(a, -b, r);
  }
  template <class T>
  static constexpr bool kTinyIsExact = true;
  template <class T>
  static T exact(CpuState& c, T a, T b) {
    return fp_sub(c, a, b);
  }
};
struct Mul {
  template <class V>
  static V on_host(V a, V b) {
    return a * b;
  }
  template <class V>
  static auto is_exact(V a, V b, V r) {
    return residual_is_zero(fused_muladd<BitsOf<V>>(a, b, -r), r) | (a == V{}) | (b == V{});
  }
  template <class T>
  static constexpr bool kTinyIsExact = false;
  template <class T>
  static T exact(CpuState& c, T a, T b) {
    return fp_mul(c, a, b);
  }
};
struct Div {
  template <class V>
  static V on_host(V a, V b) {
    return a / b;
  }
  template <class V>
  static auto is_exact(V a, V b, V r) {
    return residual_is_zero(fused_muladd<BitsOf<V>>(-r, b, a), a);
  }
  template <class T>
  static constexpr bool kTinyIsExact = false;
  template <class T>
  static T exact(CpuState& c, T a, T b) {
    return fp_div(c, a, b);
  }
};

template <class F, class M = WholeM>
struct Arithmetic {
  template <class T, bool kQ>
  requires kHasHost<T>
  static constexpr auto fast = [](const Uop& u, CpuState& c) {
    const auto n = host_lanes<T>(c.v[u.rn]);
    const auto m = host_lanes<T>(vec_of<T>(M::template lanes<T>(u, c)));
    const auto r = F::on_host(n, m);
    if (!c.fp_fast || !all_lanes<kQ>(certain_lanes<T, F::template kTinyIsExact<T>>(r))) return false;
    c.v[u.rd] = low_lanes<kQ>(vec_from_host<T>(r));
    return true;
  };
  // Exact results may stand too, be they zero or IXC clear.
  template <class T, bool kQ>
  static bool done_on_host(const Uop& u, CpuState& c) {
    const auto n = host_lanes<T>(c.v[u.rn]);
    const auto m = host_lanes<T>(vec_of<T>(M::template lanes<T>(u, c)));
    const auto r = F::on_host(n, m);
    auto stands = certain_lanes<T, true>(r) & F::is_exact(n, m, r);
    if (c.fp_fast) stands |= certain_lanes<T, F::template kTinyIsExact<T>>(r);
    if (!rounds_as_host(c) || !all_lanes<kQ>(stands)) return false;
    c.v[u.rd] = low_lanes<kQ>(vec_from_host<T>(r));
    return true;
  }
  template <class T, bool kQ>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    if constexpr (kHasHost<T>) {
      if (done_on_host<T, kQ>(u, c)) return;
    }
    const auto n = lanes_of<T>(c.v[u.rn]);
    const auto m = M::template lanes<T>(u, c);
    LaneArray<T> out{};
    for (unsigned i = 0; i < kActiveLanes<T, kQ>; ++i) out[i] = F::exact(c, n[i], m[i]);
    c.v[u.rd] = vec_of<T>(out);
  };
};

// d + n * m, or d - n * m.
template <bool kSubtract, class M = WholeM>
struct MulAdd {
  template <class T, bool kQ>
  requires kHasHost<T>
  static constexpr auto fast = [](const Uop& u, CpuState& c) {
    const auto n = host_lanes<T>(c.v[u.rn]);
    const auto m = host_lanes<T>(vec_of<T>(M::template lanes<T>(u, c)));
    const auto r = fused_muladd<T>(kSubtract ? -n : n, m, host_lanes<T>(c.v[u.rd]));
    if (!c.fp_fast || !all_lanes<kQ>(certain_lanes<T, false>(r))) return false;
    c.v[u.rd] = low_lanes<kQ>(vec_from_host<T>(r));
    return true;
  };
  // Exact results may stand too, be they zero or IXC clear.
  template <class T, bool kQ>
  static bool done_on_host(const Uop& u, CpuState& c) {
    const auto d = host_lanes<T>(c.v[u.rd]);
    const auto n = kSubtract ? -host_lanes<T>(c.v[u.rn]) : host_lanes<T>(c.v[u.rn]);
    const auto m = host_lanes<T>(vec_of<T>(M::template lanes<T>(u, c)));
    const auto r = fused_muladd<T>(n, m, d);
    const auto product = n * m;
    const auto exact = muladd_is_exact(d, product, fused_muladd<T>(n, m, -product), r) |
                       (n == HostLanes<T>{}) | (m == HostLanes<T>{});
    auto stands = certain_lanes<T, true>(r) & exact;
    if (c.fp_fast) stands |= certain_lanes<T, false>(r);
    if (!rounds_as_host(c) || !all_lanes<kQ>(stands)) return false;
    c.v[u.rd] = low_lanes<kQ>(vec_from_host<T>(r));
    return true;
  }
  template <class T, bool kQ>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    if constexpr (kHasHost<T>) {
      if (done_on_host<T, kQ>(u, c)) return;
    }
    const auto d = lanes_of<T>(c.v[u.rd]);
    const auto n = lanes_of<T>(c.v[u.rn]);
    const auto m = M::template lanes<T>(u, c);
    LaneArray<T> out{};
    for (unsigned i = 0; i < kActiveLanes<T, kQ>; ++i) {
      out[i] = fp_muladd(c, d[i], kSubtract ? fp_neg(n[i]) : n[i], m[i]);
    }
    c.v[u.rd] = vec_of<T>(out);
  };
};
template <bool kSubtract, class M = WholeM>
struct ScalarMulAdd {
  template <class T>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    const T n = c.v[u.rn].get<T>(0);
    const T m = M::template scalar<T>(u, c);
    c.v[u.rd].set_scalar(fp_muladd(c, c.v[u.rd].get<T>(0), kSubtract ? fp_neg(n) : n, m));
  };
};

// Lane by lane: f(cpu, n[i], m[i]).
template <auto kF, class M = WholeM>
struct Lanewise {
  template <class T, bool kQ>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    const auto n = lanes_of<T>(c.v[u.rn]);
    const auto m = M::template lanes<T>(u, c);
    LaneArray<T> out{};
    for (unsigned i = 0; i < kActiveLanes<T, kQ>; ++i) out[i] = kF(c, n[i], m[i]);
    c.v[u.rd] = vec_of<T>(out);
  };
};
template <auto kF, class M = WholeM>
struct Scalar {
  template <class T>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    c.v[u.rd].set_scalar(kF(c, c.v[u.rn].get<T>(0), M::template scalar<T>(u, c)));
  };
};
template <auto kF>
struct PairwiseLanes {
  template <class T, bool kQ>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    const auto n = lanes_of<T>(c.v[u.rn]);
    const auto m = lanes_of<T>(c.v[u.rm]);
    constexpr unsigned kHalf = kActiveLanes<T, kQ> / 2;
    LaneArray<T> out{};
    for (unsigned i = 0; i < kHalf; ++i) out[i] = kF(c, n[2 * i], n[2 * i + 1]);
    for (unsigned i = 0; i < kHalf; ++i) out[kHalf + i] = kF(c, m[2 * i], m[2 * i + 1]);
    c.v[u.rd] = vec_of<T>(out);
  };
};
template <auto kF>
struct ScalarPair {
  template <class T>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    c.v[u.rd].set_scalar(kF(c, c.v[u.rn].get<T>(0), c.v[u.rn].get<T>(1)));
  };
};
// As a tree over halves, which is what decides among NaNs.
template <auto kF, class T, unsigned kCount>
T reduce(CpuState& c, const LaneArray<T>& lanes, unsigned first) {
  if constexpr (kCount == 1) {
    return lanes[first];
  } else {
    const T low = reduce<kF, T, kCount / 2>(c, lanes, first);
    return kF(c, low, reduce<kF, T, kCount / 2>(c, lanes, first + kCount / 2));
  }
}
template <auto kF>
struct Across {
  template <class T, bool kQ>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    c.v[u.rd].set_scalar(reduce<kF, T, kActiveLanes<T, kQ>>(c, lanes_of<T>(c.v[u.rn]), 0));
  };
};

constexpr auto kAdd = []<class T>(CpuState& c, T a, T b) -> T { return fp_add(c, a, b); };
constexpr auto kMul = []<class T>(CpuState& c, T a, T b) -> T { return fp_mul(c, a, b); };
constexpr auto kMulx = []<class T>(CpuState& c, T a, T b) -> T { return fp_mulx(c, a, b); };
constexpr auto kAbd = []<class T>(CpuState& c, T a, T b) -> T { return fp_abs(fp_sub(c, a, b)); };
constexpr auto kRecipStep = []<class T>(CpuState& c, T a, T b) -> T { return fp_recip_step(c, a, b); };
constexpr auto kRsqrtStep = []<class T>(CpuState& c, T a, T b) -> T { return fp_rsqrt_step(c, a, b); };
template <MinMax kWhich>
constexpr auto kMinMax = []<class T>(CpuState& c, T a, T b) -> T { return fp_minmax(c, a, b, kWhich); };

// Equality is quiet; the orderings raise invalid for any NaN. C without V and Z says greater.
constexpr auto kEq = []<class T>(CpuState& c, T a, T b) -> T {
  return mask_of<T>(fp_compare(c, a, b, false) == 6);
};
constexpr auto kGt = []<class T>(CpuState& c, T a, T b) -> T {
  return mask_of<T>(fp_compare(c, a, b, true) == 2);
};
constexpr auto kGe = []<class T>(CpuState& c, T a, T b) -> T {
  const u32 nzcv = fp_compare(c, a, b, true);
  return mask_of<T>(nzcv == 2 || nzcv == 6);
};
constexpr auto kAbsGt = []<class T>(CpuState& c, T a, T b) -> T { return kGt(c, fp_abs(a), fp_abs(b)); };
constexpr auto kAbsGe = []<class T>(CpuState& c, T a, T b) -> T { return kGe(c, fp_abs(a), fp_abs(b)); };

// The table has s and d together, h in a section of its own.
template <class Shape>
consteval auto sdh(Op of_s, Op of_h) {
  return join_rows(vector_rows<Shape, u32, u64>(of_s), vector_rows<Shape, u16>(of_h));
}
template <class Shape>
consteval auto scalar(Op of_s) {
  return single_rows<Shape, u32, u64, u16>(of_s);
}

// By element the order is h, s, d.
template <class Shape>
consteval auto by_element(Op of_h) {
  return vector_rows<Shape, u16, u32, u64>(of_h);
}
template <class Shape>
consteval auto scalar_by_element(Op of_h) {
  return single_rows<Shape, u16, u32, u64>(of_h);
}

constexpr auto kVector = join_rows(
    sdh<Lanewise<kMinMax<MinMax::kMaxNumber>>>(Op::kFMAXNM_vs, Op::kFMAXNM_vh),
    sdh<Lanewise<kMinMax<MinMax::kMinNumber>>>(Op::kFMINNM_vs, Op::kFMINNM_vh),
    sdh<PairwiseLanes<kMinMax<MinMax::kMaxNumber>>>(Op::kFMAXNMP_vs, Op::kFMAXNMP_vh),
    sdh<PairwiseLanes<kMinMax<MinMax::kMinNumber>>>(Op::kFMINNMP_vs, Op::kFMINNMP_vh),
    sdh<MulAdd<false>>(Op::kFMLA_vs, Op::kFMLA_vh), sdh<MulAdd<true>>(Op::kFMLS_vs, Op::kFMLS_vh),
    sdh<Arithmetic<Add>>(Op::kFADD_vs, Op::kFADD_vh), sdh<Arithmetic<Sub>>(Op::kFSUB_vs, Op::kFSUB_vh),
    sdh<PairwiseLanes<kAdd>>(Op::kFADDP_vs, Op::kFADDP_vh), sdh<Lanewise<kAbd>>(Op::kFABD_vs, Op::kFABD_vh),
    sdh<Lanewise<kMulx>>(Op::kFMULX_vs, Op::kFMULX_vh), sdh<Arithmetic<Mul>>(Op::kFMUL_vs, Op::kFMUL_vh),
    sdh<Lanewise<kEq>>(Op::kFCMEQ_vs, Op::kFCMEQ_vh), sdh<Lanewise<kGe>>(Op::kFCMGE_vs, Op::kFCMGE_vh),
    sdh<Lanewise<kGt>>(Op::kFCMGT_vs, Op::kFCMGT_vh), sdh<Lanewise<kAbsGe>>(Op::kFACGE_vs, Op::kFACGE_vh),
    sdh<Lanewise<kAbsGt>>(Op::kFACGT_vs, Op::kFACGT_vh),
    sdh<Lanewise<kMinMax<MinMax::kMax>>>(Op::kFMAX_vs, Op::kFMAX_vh),
    sdh<Lanewise<kMinMax<MinMax::kMin>>>(Op::kFMIN_vs, Op::kFMIN_vh),
    sdh<PairwiseLanes<kMinMax<MinMax::kMax>>>(Op::kFMAXP_vs, Op::kFMAXP_vh),
    sdh<PairwiseLanes<kMinMax<MinMax::kMin>>>(Op::kFMINP_vs, Op::kFMINP_vh),
    sdh<Lanewise<kRecipStep>>(Op::kFRECPS_vs, Op::kFRECPS_vh),
    sdh<Lanewise<kRsqrtStep>>(Op::kFRSQRTS_vs, Op::kFRSQRTS_vh),
    sdh<Arithmetic<Div>>(Op::kFDIV_vs, Op::kFDIV_vh));

constexpr auto kElement = join_rows(by_element<MulAdd<false, LaneOfM>>(Op::kFMLA_vh_elem),
                                    by_element<MulAdd<true, LaneOfM>>(Op::kFMLS_vh_elem),
                                    by_element<Arithmetic<Mul, LaneOfM>>(Op::kFMUL_vh_elem),
                                    by_element<Lanewise<kMulx, LaneOfM>>(Op::kFMULX_vh_elem),
                                    scalar_by_element<ScalarMulAdd<false, LaneOfM>>(Op::kFMLA_h_elem),
                                    scalar_by_element<ScalarMulAdd<true, LaneOfM>>(Op::kFMLS_h_elem),
                                    scalar_by_element<Scalar<kMul, LaneOfM>>(Op::kFMUL_h_elem),
                                    scalar_by_element<Scalar<kMulx, LaneOfM>>(Op::kFMULX_h_elem));

constexpr auto kScalar = join_rows(
    scalar<Scalar<kAbd>>(Op::kFABD_s), scalar<Scalar<kMulx>>(Op::kFMULX_s), scalar<Scalar<kEq>>(Op::kFCMEQ_s),
    scalar<Scalar<kGe>>(Op::kFCMGE_s), scalar<Scalar<kGt>>(Op::kFCMGT_s),
    scalar<Scalar<kAbsGe>>(Op::kFACGE_s), scalar<Scalar<kAbsGt>>(Op::kFACGT_s),
    scalar<Scalar<kRecipStep>>(Op::kFRECPS_s), scalar<Scalar<kRsqrtStep>>(Op::kFRSQRTS_s),
    scalar<ScalarPair<kAdd>>(Op::kFADDP_s), scalar<ScalarPair<kMinMax<MinMax::kMaxNumber>>>(Op::kFMAXNMP_s),
    scalar<ScalarPair<kMinMax<MinMax::kMinNumber>>>(Op::kFMINNMP_s),
    scalar<ScalarPair<kMinMax<MinMax::kMax>>>(Op::kFMAXP_s),
    scalar<ScalarPair<kMinMax<MinMax::kMin>>>(Op::kFMINP_s));

// Single precision exists across four lanes only, its rows have no `z`.
template <auto kF>
consteval std::array<Row, 2> across(Op of_s, Op of_h) {
  return {Row{of_s, plain<Across<kF>::template body<u32, true>>}, Row{of_h, pick_vector<Across<kF>, u16>}};
}
constexpr auto kAcross = join_rows(across<kMinMax<MinMax::kMaxNumber>>(Op::kFMAXNMV_vs, Op::kFMAXNMV_vh),
                                   across<kMinMax<MinMax::kMinNumber>>(Op::kFMINNMV_vs, Op::kFMINNMV_vh),
                                   across<kMinMax<MinMax::kMax>>(Op::kFMAXV_vs, Op::kFMAXV_vh),
                                   across<kMinMax<MinMax::kMin>>(Op::kFMINV_vs, Op::kFMINV_vh));

constexpr auto kRows = join_rows(kVector, kElement, kScalar, kAcross);

}  // namespace

std::span<const Row> simd_fp_rows() { return kRows; }

}  // namespace m2sim::emu
