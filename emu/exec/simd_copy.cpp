// Advanced SIMD copy, permute, extract, table look-up, and modified immediate.

#include <bit>
#include <cstdint>

#include "emu/exec/simd_map.h"

namespace m2sim::emu {
namespace {

using insts::Inst;
using insts::Op;

// imm5 holds the lane above a one that marks the element size; imm4 the second lane, in bytes.
template <class T>
void lane_from_imm5(const Inst& inst, Uop& uop) {
  uop.imm = static_cast<std::int32_t>(inst.imm) >> (std::countr_zero(sizeof(T)) + 1);
}

template <class T, bool kQ>
Vec replicated(T value) {
  LaneArray<T> out{};
  for (unsigned i = 0; i < kActiveLanes<T, kQ>; ++i) out[i] = value;
  return vec_of<T>(out);
}

struct DupElement {
  template <class T>
  static constexpr auto adjust = lane_from_imm5<T>;
  template <class T, bool kQ>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    c.v[u.rd] = replicated<T, kQ>(c.v[u.rn].get<T>(static_cast<unsigned>(u.imm)));
  };
};
struct DupGeneral {
  template <class T, bool kQ>
  static constexpr auto body =
      [](const Uop& u, CpuState& c) { c.v[u.rd] = replicated<T, kQ>(static_cast<T>(c.x[u.rn])); };
};
struct ScalarDup {
  template <class T>
  static constexpr auto adjust = lane_from_imm5<T>;
  template <class T>
  static constexpr auto body =
      [](const Uop& u, CpuState& c) { c.v[u.rd].set_scalar(c.v[u.rn].get<T>(static_cast<unsigned>(u.imm))); };
};
template <class Result>
struct ToGeneral {
  template <class T>
  static constexpr auto adjust = lane_from_imm5<T>;
  template <class T>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    c.x[u.rd] =
        static_cast<std::make_unsigned_t<Result>>(Result{c.v[u.rn].get<T>(static_cast<unsigned>(u.imm))});
  };
};
struct InsertGeneral {
  template <class T>
  static constexpr auto adjust = lane_from_imm5<T>;
  template <class T>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    c.v[u.rd].set<T>(static_cast<unsigned>(u.imm), static_cast<T>(c.x[u.rn]));
  };
};
struct InsertElement {
  template <class T>
  static void adjust(const Inst& inst, Uop& uop) {
    lane_from_imm5<T>(inst, uop);
    uop.ra = static_cast<u8>(inst.aux / sizeof(T));
  }
  template <class T>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    c.v[u.rd].set<T>(static_cast<unsigned>(u.imm), c.v[u.rn].get<T>(u.ra));
  };
};

// kPart 0: even or lower elements; 1: odd or upper ones.
template <unsigned kPart>
struct Unzip {
  template <class T, bool kQ>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    const auto n = lanes_of<T>(c.v[u.rn]);
    const auto m = lanes_of<T>(c.v[u.rm]);
    LaneArray<T> out{};
    constexpr unsigned kHalf = kActiveLanes<T, kQ> / 2;
    for (unsigned i = 0; i < kHalf; ++i) {
      out[i] = n[2 * i + kPart];
      out[kHalf + i] = m[2 * i + kPart];
    }
    c.v[u.rd] = vec_of<T>(out);
  };
};
template <unsigned kPart>
struct Transpose {
  template <class T, bool kQ>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    const auto n = lanes_of<T>(c.v[u.rn]);
    const auto m = lanes_of<T>(c.v[u.rm]);
    LaneArray<T> out{};
    for (unsigned i = 0; i < kActiveLanes<T, kQ>; i += 2) {
      out[i] = n[i + kPart];
      out[i + 1] = m[i + kPart];
    }
    c.v[u.rd] = vec_of<T>(out);
  };
};
template <unsigned kPart>
struct Zip {
  template <class T, bool kQ>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    const auto n = lanes_of<T>(c.v[u.rn]);
    const auto m = lanes_of<T>(c.v[u.rm]);
    LaneArray<T> out{};
    constexpr unsigned kHalf = kActiveLanes<T, kQ> / 2;
    for (unsigned i = 0; i < kHalf; ++i) {
      out[2 * i] = n[kPart * kHalf + i];
      out[2 * i + 1] = m[kPart * kHalf + i];
    }
    c.v[u.rd] = vec_of<T>(out);
  };
};

// Bytes from imm on of m:n.
struct Extract {
  template <class T, bool kQ>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    constexpr unsigned kBytes = kActiveLanes<T, kQ>;
    std::array<T, 2 * kBytes> both;
    std::memcpy(both.data(), c.v[u.rn].bytes.data(), kBytes);
    std::memcpy(both.data() + kBytes, c.v[u.rm].bytes.data(), kBytes);
    LaneArray<T> out{};
    std::memcpy(out.data(), both.data() + u.imm, kBytes);
    c.v[u.rd] = vec_of<T>(out);
  };
};

// An index beyond the table gives zero (tbl) or leaves the destination's byte (tbx).
template <unsigned kRegs, bool kKeep>
struct Table {
  template <class T, bool kQ>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    std::array<Vec, kRegs> regs;
    for (unsigned r = 0; r < kRegs; ++r) regs[r] = c.v[(u.rn + r) % 32];
    const auto table = std::bit_cast<std::array<T, 16 * kRegs>>(regs);
    const auto index = lanes_of<T>(c.v[u.rm]);
    const auto d = lanes_of<T>(c.v[u.rd]);
    LaneArray<T> out{};
    for (unsigned i = 0; i < kActiveLanes<T, kQ>; ++i) {
      const T beyond = kKeep ? d[i] : T{0};
      out[i] = index[i] < 16 * kRegs ? table[index[i] % (16 * kRegs)] : beyond;
    }
    c.v[u.rd] = vec_of<T>(out);
  };
};

// Modified immediates: the constant is the 64-bit pattern, repeated where the form has 128 bits.
constexpr auto kMove = [](u64 /*d*/, u64 k) -> u64 { return k; };
constexpr auto kMoveNot = [](u64 /*d*/, u64 k) -> u64 { return ~k; };
constexpr auto kOr = [](u64 d, u64 k) -> u64 { return d | k; };
constexpr auto kClear = [](u64 d, u64 k) -> u64 { return d & ~k; };

template <auto kF, bool kQ>
constexpr auto with_pattern = [](const Uop& u, CpuState& c, const Constant& k) {
  const auto d = lanes_of<u64>(c.v[u.rd]);
  c.v[u.rd] = vec_of<u64>({kF(d[0], k.value), kQ ? kF(d[1], k.value) : 0});
};
template <auto kF>
Binding pick_pattern(const Inst& inst, bool /*log*/) {
  return {inst.wide() ? extended_handler<with_pattern<kF, true>> : extended_handler<with_pattern<kF, false>>,
          true};
}

constexpr Row kImmediates[] = {
    {Op::kMOVI_vs, pick_pattern<kMove>},
    {Op::kORR_vs_imm, pick_pattern<kOr>},
    {Op::kMOVI_vh, pick_pattern<kMove>},
    {Op::kORR_vh_imm, pick_pattern<kOr>},
    {Op::kMOVI_vs_msl, pick_pattern<kMove>},
    {Op::kMOVI_vb, pick_pattern<kMove>},
    {Op::kFMOV_vs_imm, pick_pattern<kMove>},
    {Op::kFMOV_vh_imm, pick_pattern<kMove>},
    {Op::kMVNI_vs, pick_pattern<kMoveNot>},
    {Op::kBIC_vs_imm, pick_pattern<kClear>},
    {Op::kMVNI_vh, pick_pattern<kMoveNot>},
    {Op::kBIC_vh_imm, pick_pattern<kClear>},
    {Op::kMVNI_vs_msl, pick_pattern<kMoveNot>},
    {Op::kMOVI_d, extended<with_pattern<kMove, false>>},
    {Op::kMOVI_vd, extended<with_pattern<kMove, true>>},
    {Op::kFMOV_vd_imm, extended<with_pattern<kMove, true>>},
};

constexpr auto kRows =
    join_rows(std::to_array(kImmediates), vector_rows<DupElement, u8, u16, u32, u64>(Op::kDUP_vb_elem),
              vector_rows<DupGeneral, u8, u16, u32, u64>(Op::kDUP_vb_gen),
              single_rows<ScalarDup, u8, u16, u32, u64>(Op::kDUP_b_elem),
              single_rows<ToGeneral<std::int32_t>, std::int8_t, std::int16_t>(Op::kSMOV_w_b),
              single_rows<ToGeneral<std::int64_t>, std::int8_t, std::int16_t, std::int32_t>(Op::kSMOV_x_b),
              single_rows<ToGeneral<u64>, u8, u16, u32, u64>(Op::kUMOV_b),
              single_rows<InsertGeneral, u8, u16, u32, u64>(Op::kINS_b_gen),
              single_rows<InsertElement, u8, u16, u32, u64>(Op::kINS_b_elem),
              vector_rows<Unzip<0>, u8, u16, u32, u64>(Op::kUZP1_vb),
              vector_rows<Transpose<0>, u8, u16, u32, u64>(Op::kTRN1_vb),
              vector_rows<Zip<0>, u8, u16, u32, u64>(Op::kZIP1_vb),
              vector_rows<Unzip<1>, u8, u16, u32, u64>(Op::kUZP2_vb),
              vector_rows<Transpose<1>, u8, u16, u32, u64>(Op::kTRN2_vb),
              vector_rows<Zip<1>, u8, u16, u32, u64>(Op::kZIP2_vb), vector_rows<Extract, u8>(Op::kEXT_v),
              vector_rows<Table<1, false>, u8>(Op::kTBL_x1), vector_rows<Table<1, true>, u8>(Op::kTBX_x1),
              vector_rows<Table<2, false>, u8>(Op::kTBL_x2), vector_rows<Table<2, true>, u8>(Op::kTBX_x2),
              vector_rows<Table<3, false>, u8>(Op::kTBL_x3), vector_rows<Table<3, true>, u8>(Op::kTBX_x3),
              vector_rows<Table<4, false>, u8>(Op::kTBL_x4), vector_rows<Table<4, true>, u8>(Op::kTBX_x4));

}  // namespace

std::span<const Row> simd_copy_rows() { return kRows; }

}  // namespace m2sim::emu
