// Advanced SIMD dot products and matrix multiplies of 8-bit integers, and the three-way logic of the SHA-3
// extension.

#include <bit>
#include <cstdint>

#include "emu/exec/simd_map.h"

namespace m2sim::emu {
namespace {

using insts::Op;

// The sum of `kCount` products of bytes from `first` of n and of m; N and M say which are signed.
template <class N, class M, unsigned kCount>
u32 dot(const LaneArray<N>& n, unsigned first_n, const LaneArray<M>& m, unsigned first_m) {
  int sum = 0;
  for (unsigned i = 0; i < kCount; ++i) sum += int{n[first_n + i]} * int{m[first_m + i]};
  return static_cast<u32>(sum);
}

template <class N, class M, bool kElement>
struct Dot {
  template <class T, bool kQ>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    const auto n = lanes_of<N>(c.v[u.rn]);
    const auto m = lanes_of<M>(c.v[u.rm]);
    const auto d = lanes_of<T>(c.v[u.rd]);
    LaneArray<T> out{};
    for (unsigned i = 0; i < kActiveLanes<T, kQ>; ++i) {
      const unsigned first = 4 * (kElement ? static_cast<unsigned>(u.imm) : i);
      out[i] = d[i] + dot<N, M, 4>(n, 4 * i, m, first);
    }
    c.v[u.rd] = vec_of<T>(out);
  };
};

// 2x8 times 8x2, both operands by rows.
template <class N, class M>
constexpr auto matrix_multiply = [](const Uop& u, CpuState& c) {
  const auto n = lanes_of<N>(c.v[u.rn]);
  const auto m = lanes_of<M>(c.v[u.rm]);
  auto d = lanes_of<u32>(c.v[u.rd]);
  for (unsigned i = 0; i < 4; ++i) d[i] += dot<N, M, 8>(n, 8 * (i / 2), m, 8 * (i % 2));
  c.v[u.rd] = vec_of<u32>(d);
};

constexpr auto xor_three = [](const Uop& u, CpuState& c) {
  const auto n = lanes_of<u64>(c.v[u.rn]);
  const auto m = lanes_of<u64>(c.v[u.rm]);
  const auto a = lanes_of<u64>(c.v[u.ra]);
  c.v[u.rd] = vec_of<u64>({n[0] ^ m[0] ^ a[0], n[1] ^ m[1] ^ a[1]});
};
constexpr auto clear_and_xor = [](const Uop& u, CpuState& c) {
  const auto n = lanes_of<u64>(c.v[u.rn]);
  const auto m = lanes_of<u64>(c.v[u.rm]);
  const auto a = lanes_of<u64>(c.v[u.ra]);
  c.v[u.rd] = vec_of<u64>({n[0] ^ (m[0] & ~a[0]), n[1] ^ (m[1] & ~a[1])});
};
constexpr auto xor_and_rotate = [](const Uop& u, CpuState& c) {
  const auto n = lanes_of<u64>(c.v[u.rn]);
  const auto m = lanes_of<u64>(c.v[u.rm]);
  c.v[u.rd] = vec_of<u64>({std::rotr(n[0] ^ m[0], u.imm), std::rotr(n[1] ^ m[1], u.imm)});
};
constexpr auto rotate_and_xor = [](const Uop& u, CpuState& c) {
  const auto n = lanes_of<u64>(c.v[u.rn]);
  const auto m = lanes_of<u64>(c.v[u.rm]);
  c.v[u.rd] = vec_of<u64>({n[0] ^ std::rotl(m[0], 1), n[1] ^ std::rotl(m[1], 1)});
};

constexpr Row kRows[] = {
    {Op::kSDOT_v, pick_vector<Dot<s8, s8, false>, u32>},
    {Op::kUDOT_v, pick_vector<Dot<u8, u8, false>, u32>},
    {Op::kUSDOT_v, pick_vector<Dot<u8, s8, false>, u32>},
    {Op::kSDOT_v_elem, pick_vector<Dot<s8, s8, true>, u32>},
    {Op::kUDOT_v_elem, pick_vector<Dot<u8, u8, true>, u32>},
    {Op::kUSDOT_v_elem, pick_vector<Dot<u8, s8, true>, u32>},
    {Op::kSUDOT_v_elem, pick_vector<Dot<s8, u8, true>, u32>},
    {Op::kSMMLA_v, plain<matrix_multiply<s8, s8>>},
    {Op::kUMMLA_v, plain<matrix_multiply<u8, u8>>},
    {Op::kUSMMLA_v, plain<matrix_multiply<u8, s8>>},
    {Op::kEOR3, plain<xor_three>},
    {Op::kBCAX, plain<clear_and_xor>},
    {Op::kXAR, plain<xor_and_rotate>},
    {Op::kRAX1, plain<rotate_and_xor>},
};

}  // namespace

std::span<const Row> simd_dot_rows() { return kRows; }

}  // namespace m2sim::emu
