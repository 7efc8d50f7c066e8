// Advanced SIMD floating point whose products are of several lanes or of another width: complex numbers, and
// half-precision products added to singles.

#include <cstdint>

#include "emu/exec/simd_map.h"
#include "emu/fp/fp.h"

namespace m2sim::emu {
namespace {

using insts::Inst;
using insts::Op;

template <class T>
T negated_if(T value, bool negate) {
  return negate ? fp_neg(value) : value;
}

// n + i * m or n - i * m of complex numbers, real parts in even lanes. imm: 1 for the difference.
struct ComplexAdd {
  template <class T, bool kQ>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    const auto n = lanes_of<T>(c.v[u.rn]);
    const auto m = lanes_of<T>(c.v[u.rm]);
    const bool minus = u.imm != 0;
    LaneArray<T> out{};
    for (unsigned i = 0; i < kActiveLanes<T, kQ>; i += 2) {
      out[i] = fp_add(c, n[i], negated_if(m[i + 1], !minus));
      out[i + 1] = fp_add(c, n[i + 1], negated_if(m[i], minus));
    }
    c.v[u.rd] = vec_of<T>(out);
  };
};

// Which complex number of m multiplies the one at lane i of n, and the rotation in quarter turns.
struct SameOfM {
  static unsigned lane(const Uop& /*u*/, unsigned i) { return i; }
  static unsigned rotation(const Uop& u) { return static_cast<unsigned>(u.imm); }
};
struct OneOfM {
  static unsigned lane(const Uop& u, unsigned /*i*/) { return 2 * static_cast<unsigned>(u.imm); }
  static unsigned rotation(const Uop& u) { return u.ra; }
};

// Half of a complex multiply-add: one part of n times both of m, turned.
template <class M>
struct ComplexMulAdd {
  template <class T, bool kQ>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    const auto d = lanes_of<T>(c.v[u.rd]);
    const auto n = lanes_of<T>(c.v[u.rn]);
    const auto m = lanes_of<T>(c.v[u.rm]);
    const unsigned rotation = M::rotation(u);
    const unsigned part = rotation & 1U;  // of n: 0 the real one
    const bool negate_imaginary = rotation >= 2;
    const bool negate_real = negate_imaginary != (part != 0);
    LaneArray<T> out{};
    for (unsigned i = 0; i < kActiveLanes<T, kQ>; i += 2) {
      const unsigned j = M::lane(u, i);
      out[i] = fp_muladd(c, d[i], n[i + part], negated_if(m[j + part], negate_real));
      out[i + 1] = fp_muladd(c, d[i + 1], n[i + part], negated_if(m[j + 1 - part], negate_imaginary));
    }
    c.v[u.rd] = vec_of<T>(out);
  };
};

// Singles d + n * m or d - n * m of half-precision n and m, the lower or upper half of the operands; M is
// asked for all lanes, since those of an element are alike.
template <bool kSubtract, bool kSecond, class M>
struct WideningMulAdd {
  template <class T, bool kQ>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    constexpr unsigned kCount = kActiveLanes<T, kQ>;
    constexpr unsigned kFirst = kSecond ? kCount : 0;
    const auto d = lanes_of<T>(c.v[u.rd]);
    const auto n = lanes_of<u16>(c.v[u.rn]);
    const auto m = M::template lanes<u16>(u, c);
    LaneArray<T> out{};
    for (unsigned i = 0; i < kCount; ++i) {
      const T product_n = fp_widen_half(c, negated_if(n[kFirst + i], kSubtract));
      out[i] = fp_muladd(c, d[i], product_n, fp_widen_half(c, m[kFirst + i]));
    }
    c.v[u.rd] = vec_of<T>(out);
  };
};

template <class Shape, class T, bool kQ>
Binding pick_width(const Inst& /*inst*/, bool /*log*/) {
  return {handler_of<Shape, T, kQ>()};
}

constexpr Row kRows[] = {
    {Op::kFCADD_vh, pick_vector<ComplexAdd, u16>},
    {Op::kFCADD_vs, pick_vector<ComplexAdd, u32>},
    {Op::kFCADD_vd, pick_vector<ComplexAdd, u64>},
    {Op::kFCMLA_vh, pick_vector<ComplexMulAdd<SameOfM>, u16>},
    {Op::kFCMLA_vs, pick_vector<ComplexMulAdd<SameOfM>, u32>},
    {Op::kFCMLA_vd, pick_vector<ComplexMulAdd<SameOfM>, u64>},
    {Op::kFCMLA_v4h_elem, pick_width<ComplexMulAdd<OneOfM>, u16, false>},
    {Op::kFCMLA_v8h_elem, pick_width<ComplexMulAdd<OneOfM>, u16, true>},
    {Op::kFCMLA_v4s_elem, pick_width<ComplexMulAdd<OneOfM>, u32, true>},
    {Op::kFMLAL_v, pick_vector<WideningMulAdd<false, false, WholeM>, u32>},
    {Op::kFMLAL2_v, pick_vector<WideningMulAdd<false, true, WholeM>, u32>},
    {Op::kFMLSL_v, pick_vector<WideningMulAdd<true, false, WholeM>, u32>},
    {Op::kFMLSL2_v, pick_vector<WideningMulAdd<true, true, WholeM>, u32>},
    {Op::kFMLAL_v_elem, pick_vector<WideningMulAdd<false, false, LaneOfM>, u32>},
    {Op::kFMLAL2_v_elem, pick_vector<WideningMulAdd<false, true, LaneOfM>, u32>},
    {Op::kFMLSL_v_elem, pick_vector<WideningMulAdd<true, false, LaneOfM>, u32>},
    {Op::kFMLSL2_v_elem, pick_vector<WideningMulAdd<true, true, LaneOfM>, u32>},
};

}  // namespace

std::span<const Row> simd_fp_product_rows() { return kRows; }

}  // namespace m2sim::emu
