// Scalar floating point: arithmetic, comparison, multiply-add.

#include "emu/fp/fp.h"

#include <cstdint>

#include "emu/cpu/flags.h"
#include "emu/exec/simd.h"
#include "emu/fp/host_fp.h"

namespace m2sim::emu {
namespace {

using insts::Inst;
using insts::Op;
using insts::op_after;

// kTry is the operation's fast half (see fp.h), kF the whole of it; half precision has no fast one.
template <auto kTry, auto kF>
struct FpBinary {
  template <class T>
  requires kHasHost<T>
  static constexpr auto fast = [](const Uop& u, CpuState& c) {
    T result;
    if (!kTry(c, c.v[u.rn].get<T>(0), c.v[u.rm].get<T>(0), result)) return false;
    c.v[u.rd] = vec_of_scalar(result);
    return true;
  };
  template <class T>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    c.v[u.rd].set_scalar(kF(c, c.v[u.rn].get<T>(0), c.v[u.rm].get<T>(0)));
  };
};
struct SquareRoot {
  template <class T>
  requires kHasHost<T>
  static constexpr auto fast = [](const Uop& u, CpuState& c) {
    T result;
    if (!fp_try_sqrt(c, c.v[u.rn].get<T>(0), result)) return false;
    c.v[u.rd] = vec_of_scalar(result);
    return true;
  };
  template <class T>
  static constexpr auto body =
      [](const Uop& u, CpuState& c) { c.v[u.rd].set_scalar(fp_sqrt(c, c.v[u.rn].get<T>(0))); };
};

constexpr auto kTryAdd = []<class T>(const CpuState& c, T a, T b, T& r) { return fp_try_add(c, a, b, r); };
constexpr auto kAdd = []<class T>(CpuState& c, T a, T b) -> T { return fp_add(c, a, b); };
constexpr auto kTrySub = []<class T>(const CpuState& c, T a, T b, T& r) { return fp_try_sub(c, a, b, r); };
constexpr auto kSub = []<class T>(CpuState& c, T a, T b) -> T { return fp_sub(c, a, b); };
constexpr auto kTryMul = []<class T>(const CpuState& c, T a, T b, T& r) { return fp_try_mul(c, a, b, r); };
constexpr auto kMul = []<class T>(CpuState& c, T a, T b) -> T { return fp_mul(c, a, b); };
constexpr auto kTryNegatedMul = []<class T>(const CpuState& c, T a, T b, T& r) {
  const bool certain = fp_try_mul(c, a, b, r);
  r = fp_neg(r);
  return certain;
};
constexpr auto kNegatedMul = []<class T>(CpuState& c, T a, T b) -> T { return fp_neg(fp_mul(c, a, b)); };
constexpr auto kTryDiv = []<class T>(const CpuState& c, T a, T b, T& r) { return fp_try_div(c, a, b, r); };
constexpr auto kDiv = []<class T>(CpuState& c, T a, T b) -> T { return fp_div(c, a, b); };
template <MinMax kWhich>
constexpr auto kTryMinMax =
    []<class T>(const CpuState& c, T a, T b, T& r) { return fp_try_minmax(c, a, b, kWhich, r); };
template <MinMax kWhich>
constexpr auto kMinMax = []<class T>(CpuState& c, T a, T b) -> T { return fp_minmax(c, a, b, kWhich); };

template <bool kNegateProduct, bool kNegateAddend>
struct MulAdd {
  template <class T>
  requires kHasHost<T>
  static constexpr auto fast = [](const Uop& u, CpuState& c) {
    const T n = c.v[u.rn].get<T>(0);
    const T a = c.v[u.ra].get<T>(0);
    T result;
    if (!fp_try_muladd(c, kNegateAddend ? fp_neg(a) : a, kNegateProduct ? fp_neg(n) : n, c.v[u.rm].get<T>(0),
                       result)) {
      return false;
    }
    c.v[u.rd] = vec_of_scalar(result);
    return true;
  };
  template <class T>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    const T n = c.v[u.rn].get<T>(0);
    const T a = c.v[u.ra].get<T>(0);
    const T addend = kNegateAddend ? fp_neg(a) : a;
    c.v[u.rd].set_scalar(fp_muladd(c, addend, kNegateProduct ? fp_neg(n) : n, c.v[u.rm].get<T>(0)));
  };
};

// kZero: with 0 instead of m. kSignal: quiet NaNs are invalid too.
template <bool kZero, bool kSignal>
struct Compare {
  template <class T>
  requires kHasHost<T>
  static constexpr auto fast = [](const Uop& u, CpuState& c) {
    u32 nzcv;
    if (!fp_try_compare(c, c.v[u.rn].get<T>(0), kZero ? T{0} : c.v[u.rm].get<T>(0), nzcv)) return false;
    c.flags = flags_from_nzcv(nzcv);
    return true;
  };
  template <class T>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    c.flags =
        flags_from_nzcv(fp_compare(c, c.v[u.rn].get<T>(0), kZero ? T{0} : c.v[u.rm].get<T>(0), kSignal));
  };
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
  return {Row{fcmp, pick_single<Compare<false, false>, T>},
          Row{op_after(fcmp, 1, "FCMP_?_zero"), pick_single<Compare<true, false>, T>},
          Row{op_after(fcmp, 2, "FCMPE_?"), pick_single<Compare<false, true>, T>},
          Row{op_after(fcmp, 3, "FCMPE_?_zero"), pick_single<Compare<true, true>, T>},
          Row{op_after(fcmp, 4, "FCCMP_?"), plain<conditional_compare<T, false>>, conditional_operands},
          Row{op_after(fcmp, 5, "FCCMPE_?"), plain<conditional_compare<T, true>>, conditional_operands}};
}

// The table's order of a scalar operation is s, d, h.
template <auto kTry, auto kF>
consteval auto binary(Op first) {
  return single_rows<FpBinary<kTry, kF>, u32, u64, u16>(first);
}
template <MinMax kWhich>
consteval auto minmax(Op first) {
  return binary<kTryMinMax<kWhich>, kMinMax<kWhich>>(first);
}
template <bool kNegateProduct, bool kNegateAddend>
consteval auto muladd(Op first) {
  return single_rows<MulAdd<kNegateProduct, kNegateAddend>, u32, u64, u16>(first);
}

constexpr auto kRows = join_rows(
    single_rows<SquareRoot, u32, u64, u16>(Op::kFSQRT_s), binary<kTryMul, kMul>(Op::kFMUL_s),
    binary<kTryDiv, kDiv>(Op::kFDIV_s), binary<kTryAdd, kAdd>(Op::kFADD_s),
    binary<kTrySub, kSub>(Op::kFSUB_s), minmax<MinMax::kMax>(Op::kFMAX_s), minmax<MinMax::kMin>(Op::kFMIN_s),
    minmax<MinMax::kMaxNumber>(Op::kFMAXNM_s), minmax<MinMax::kMinNumber>(Op::kFMINNM_s),
    binary<kTryNegatedMul, kNegatedMul>(Op::kFNMUL_s), muladd<false, false>(Op::kFMADD_s),
    muladd<true, false>(Op::kFMSUB_s), muladd<true, true>(Op::kFNMADD_s), muladd<false, true>(Op::kFNMSUB_s),
    compares<u32>(Op::kFCMP_s), compares<u64>(Op::kFCMP_d), compares<u16>(Op::kFCMP_h));

}  // namespace

std::span<const Row> fp_arithmetic_rows() { return kRows; }

}  // namespace m2sim::emu
