// Advanced SIMD of bfloats: conversions, dot products, matrix multiply and widening multiply-add.

#include <cstdint>

#include "emu/exec/simd_map.h"
#include "emu/fp/fp.h"

namespace m2sim::emu {
namespace {

using insts::Op;
using u16 = std::uint16_t;
using u32 = std::uint32_t;

constexpr auto convert = [](const Uop& u, CpuState& c) {
  c.v[u.rd].set_scalar(fp_to_bfloat(c, c.v[u.rn].get<u32>(0)));
};
template <bool kSecond>
constexpr auto convert_narrow = [](const Uop& u, CpuState& c) {
  const auto n = lanes_of<u32>(c.v[u.rn]);
  LaneArray<u16> out{};
  if constexpr (kSecond) out = lanes_of<u16>(c.v[u.rd]);
  for (unsigned i = 0; i < n.size(); ++i) out[(kSecond ? n.size() : 0) + i] = fp_to_bfloat(c, n[i]);
  c.v[u.rd] = vec_of<u16>(out);
};

// Pairs of bfloats are elements of 32 bits.
template <class M>
struct Dot {
  template <class T, bool kQ>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    const auto d = lanes_of<T>(c.v[u.rd]);
    const auto n = lanes_of<T>(c.v[u.rn]);
    const auto m = M::template lanes<T>(u, c);
    LaneArray<T> out{};
    for (unsigned i = 0; i < kActiveLanes<T, kQ>; ++i) out[i] = fp_bfloat_dot(d[i], n[i], m[i]);
    c.v[u.rd] = vec_of<T>(out);
  };
};

// 2x4 times 4x2, both operands by rows.
constexpr auto matrix_multiply = [](const Uop& u, CpuState& c) {
  const auto n = lanes_of<u32>(c.v[u.rn]);
  const auto m = lanes_of<u32>(c.v[u.rm]);
  auto d = lanes_of<u32>(c.v[u.rd]);
  for (unsigned i = 0; i < d.size(); ++i) {
    const unsigned row = 2 * (i / 2);
    const unsigned column = 2 * (i % 2);
    d[i] = fp_bfloat_dot(d[i], n[row], m[column]);
    d[i] = fp_bfloat_dot(d[i], n[row + 1], m[column + 1]);
  }
  c.v[u.rd] = vec_of<u32>(d);
};

// Even or odd elements of n and m; FPCR holds here, unlike in dot products.
template <bool kOdd, class M>
constexpr auto multiply_add = [](const Uop& u, CpuState& c) {
  const auto widened = [](u16 bfloat) { return u32{bfloat} << 16U; };
  const auto n = lanes_of<u16>(c.v[u.rn]);
  const auto m = M::template lanes<u16>(u, c);
  auto d = lanes_of<u32>(c.v[u.rd]);
  for (unsigned i = 0; i < d.size(); ++i) {
    const unsigned at = 2 * i + (kOdd ? 1 : 0);
    d[i] = fp_muladd(c, d[i], widened(n[at]), widened(m[at]));
  }
  c.v[u.rd] = vec_of<u32>(d);
};

constexpr Row kRows[] = {
    {Op::kBFCVT, plain<convert>},
    {Op::kBFCVTN_vh, plain<convert_narrow<false>>},
    {Op::kBFCVTN2_vh, plain<convert_narrow<true>>},
    {Op::kBFDOT_v, pick_vector<Dot<WholeM>, u32>},
    {Op::kBFDOT_v_elem, pick_vector<Dot<LaneOfM>, u32>},
    {Op::kBFMMLA_v, plain<matrix_multiply>},
    {Op::kBFMLALB_v, plain<multiply_add<false, WholeM>>},
    {Op::kBFMLALT_v, plain<multiply_add<true, WholeM>>},
    {Op::kBFMLALB_v_elem, plain<multiply_add<false, LaneOfM>>},
    {Op::kBFMLALT_v_elem, plain<multiply_add<true, LaneOfM>>},
};

}  // namespace

std::span<const Row> simd_bfloat_rows() { return kRows; }

}  // namespace m2sim::emu
