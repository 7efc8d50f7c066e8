// Scalar floating point: arithmetic, comparison, multiply-add.

#include <cstdint>

#include "emu/exec_simd.h"
#include "emu/flags.h"
#include "emu/fp.h"

namespace m2sim::emu {
namespace {

using insts::Inst;
using insts::Op;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;

template <auto kF>
struct FpUnary {
  template <class T>
  static constexpr auto body =
      [](const Uop& u, CpuState& c) { c.v[u.rd].set_scalar(kF(c, c.v[u.rn].get<T>(0))); };
};
template <auto kF>
struct FpBinary {
  template <class T>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    c.v[u.rd].set_scalar(kF(c, c.v[u.rn].get<T>(0), c.v[u.rm].get<T>(0)));
  };
};

constexpr auto kAdd = []<class T>(CpuState& c, T a, T b) -> T { return fp_add(c, a, b); };
constexpr auto kSub = []<class T>(CpuState& c, T a, T b) -> T { return fp_sub(c, a, b); };
constexpr auto kMul = []<class T>(CpuState& c, T a, T b) -> T { return fp_mul(c, a, b); };
constexpr auto kNegatedMul = []<class T>(CpuState& c, T a, T b) -> T { return fp_neg(fp_mul(c, a, b)); };
constexpr auto kDiv = []<class T>(CpuState& c, T a, T b) -> T { return fp_div(c, a, b); };
template <MinMax kWhich>
constexpr auto kMinMax = []<class T>(CpuState& c, T a, T b) -> T { return fp_minmax(c, a, b, kWhich); };
constexpr auto kSqrt = []<class T>(CpuState& c, T a) -> T { return fp_sqrt(c, a); };

template <bool kNegateProduct, bool kNegateAddend>
struct MulAdd {
  template <class T>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    const T n = c.v[u.rn].get<T>(0);
    const T a = c.v[u.ra].get<T>(0);
    const T addend = kNegateAddend ? fp_neg(a) : a;
    c.v[u.rd].set_scalar(fp_muladd(c, addend, kNegateProduct ? fp_neg(n) : n, c.v[u.rm].get<T>(0)));
  };
};

template <class T, bool kSignal>
constexpr auto compare = [](const Uop& u, CpuState& c) {
  c.flags = flags_from_nzcv(fp_compare(c, c.v[u.rn].get<T>(0), c.v[u.rm].get<T>(0), kSignal));
};
template <class T, bool kSignal>
constexpr auto compare_zero = [](const Uop& u, CpuState& c) {
  c.flags = flags_from_nzcv(fp_compare(c, c.v[u.rn].get<T>(0), T{0}, kSignal));
};
// imm: above bit 16 the condition as a mask of flag values, below it the flags where it does not hold.
void conditional_operands(const Inst& inst, Uop& uop) {
  uop.imm = static_cast<std::int32_t>(condition_mask(inst.aux) << 16U | static_cast<u32>(inst.imm));
}

template <class T, bool kSignal>
constexpr auto conditional_compare = [](const Uop& u, CpuState& c) {
  u32 nzcv = static_cast<u32>(u.imm) & 15U;
  if (holds(c.flags, static_cast<u32>(u.imm) >> 16U)) {
    nzcv = fp_compare(c, c.v[u.rn].get<T>(0), c.v[u.rm].get<T>(0), kSignal);
  }
  c.flags = flags_from_nzcv(nzcv);
};
template <class T>
consteval std::array<Row, 6> compares(Op fcmp) {
  return {Row{fcmp, plain<compare<T, false>>},
          Row{op_after(fcmp, 1), plain<compare_zero<T, false>>},
          Row{op_after(fcmp, 2), plain<compare<T, true>>},
          Row{op_after(fcmp, 3), plain<compare_zero<T, true>>},
          Row{op_after(fcmp, 4), plain<conditional_compare<T, false>>, conditional_operands},
          Row{op_after(fcmp, 5), plain<conditional_compare<T, true>>, conditional_operands}};
}

// The table's order of a scalar operation is s, d, h.
template <auto kF>
consteval auto unary(Op first) {
  return single_rows<FpUnary<kF>, u32, u64, u16>(first);
}
template <auto kF>
consteval auto binary(Op first) {
  return single_rows<FpBinary<kF>, u32, u64, u16>(first);
}
template <bool kNegateProduct, bool kNegateAddend>
consteval auto muladd(Op first) {
  return single_rows<MulAdd<kNegateProduct, kNegateAddend>, u32, u64, u16>(first);
}

constexpr auto kRows = join_rows(
    unary<kSqrt>(Op::kFSQRT_s), binary<kMul>(Op::kFMUL_s), binary<kDiv>(Op::kFDIV_s),
    binary<kAdd>(Op::kFADD_s), binary<kSub>(Op::kFSUB_s), binary<kMinMax<MinMax::kMax>>(Op::kFMAX_s),
    binary<kMinMax<MinMax::kMin>>(Op::kFMIN_s), binary<kMinMax<MinMax::kMaxNumber>>(Op::kFMAXNM_s),
    binary<kMinMax<MinMax::kMinNumber>>(Op::kFMINNM_s), binary<kNegatedMul>(Op::kFNMUL_s),
    muladd<false, false>(Op::kFMADD_s), muladd<true, false>(Op::kFMSUB_s), muladd<true, true>(Op::kFNMADD_s),
    muladd<false, true>(Op::kFNMSUB_s), compares<u32>(Op::kFCMP_s), compares<u64>(Op::kFCMP_d),
    compares<u16>(Op::kFCMP_h));

}  // namespace

std::span<const Row> fp_arithmetic_rows() { return kRows; }

}  // namespace m2sim::emu
