// Scalar floating point: conversions between formats, to and from integers and fixed point, rounding.

#include <cstdint>

#include "emu/cpu/flags.h"
#include "emu/exec/simd.h"
#include "emu/fp/fp.h"

namespace m2sim::emu {
namespace {

using insts::Inst;
using insts::Op;
using insts::op_after;

// Between a vector register's scalar and a general register of the row's width.
template <Rounding kMode, class T, class Int>
constexpr auto to_general = [](const Uop& u, CpuState& c) {
  c.x[u.rd] = static_cast<std::make_unsigned_t<Int>>(fp_to_int<Int, kMode>(c, c.v[u.rn].get<T>(0)));
};
template <class T, class Int>
constexpr auto from_general =
    [](const Uop& u, CpuState& c) { c.v[u.rd].set_scalar(fp_from_int<T>(c, static_cast<Int>(c.x[u.rn]))); };
template <class T, class Int>
constexpr auto fixed_to_general = [](const Uop& u, CpuState& c) {
  const Int value =
      fp_to_int_slow<Int>(c, c.v[u.rn].get<T>(0), Rounding::kZero, static_cast<unsigned>(u.imm));
  c.x[u.rd] = static_cast<std::make_unsigned_t<Int>>(value);
};
template <class T, class Int>
constexpr auto fixed_from_general = [](const Uop& u, CpuState& c) {
  c.v[u.rd].set_scalar(fp_from_int_slow<T>(c, static_cast<Int>(c.x[u.rn]), static_cast<unsigned>(u.imm)));
};

template <Rounding kMode, class T, bool kSigned>
Binding pick_to_general(const Inst& inst, bool /*log*/) {
  using W = std::conditional_t<kSigned, s32, u32>;
  using X = std::conditional_t<kSigned, s64, u64>;
  return {inst.wide() ? plain_handler<to_general<kMode, T, X>> : plain_handler<to_general<kMode, T, W>>};
}
template <class T, bool kSigned>
Binding pick_from_general(const Inst& inst, bool /*log*/) {
  using W = std::conditional_t<kSigned, s32, u32>;
  using X = std::conditional_t<kSigned, s64, u64>;
  return {inst.wide() ? plain_handler<from_general<T, X>> : plain_handler<from_general<T, W>>};
}

// The table's order within a format, from fcvtns on.
template <class T>
consteval std::array<Row, 12> integer_rows(Op first) {
  using enum softfloat::Round;
  return {Row{first, pick_to_general<kNearest, T, true>},
          Row{op_after(first, 1, "FCVTNU_?_int"), pick_to_general<kNearest, T, false>},
          Row{op_after(first, 2, "SCVTF_?_int"), pick_from_general<T, true>},
          Row{op_after(first, 3, "UCVTF_?_int"), pick_from_general<T, false>},
          Row{op_after(first, 4, "FCVTAS_?_int"), pick_to_general<kAway, T, true>},
          Row{op_after(first, 5, "FCVTAU_?_int"), pick_to_general<kAway, T, false>},
          Row{op_after(first, 6, "FCVTPS_?_int"), pick_to_general<kPlus, T, true>},
          Row{op_after(first, 7, "FCVTPU_?_int"), pick_to_general<kPlus, T, false>},
          Row{op_after(first, 8, "FCVTMS_?_int"), pick_to_general<kMinus, T, true>},
          Row{op_after(first, 9, "FCVTMU_?_int"), pick_to_general<kMinus, T, false>},
          Row{op_after(first, 10, "FCVTZS_?_int"), pick_to_general<kZero, T, true>},
          Row{op_after(first, 11, "FCVTZU_?_int"), pick_to_general<kZero, T, false>}};
}
// And from scvtf on, 32-bit then 64-bit general registers.
template <class T>
consteval std::array<Row, 8> fixed_rows(Op first) {
  return {Row{first, plain<fixed_from_general<T, s32>>},
          Row{op_after(first, 1, "UCVTF_?_w_fix"), plain<fixed_from_general<T, u32>>},
          Row{op_after(first, 2, "FCVTZS_?_w_fix"), plain<fixed_to_general<T, s32>>},
          Row{op_after(first, 3, "FCVTZU_?_w_fix"), plain<fixed_to_general<T, u32>>},
          Row{op_after(first, 4, "SCVTF_?_x_fix"), plain<fixed_from_general<T, s64>>},
          Row{op_after(first, 5, "UCVTF_?_x_fix"), plain<fixed_from_general<T, u64>>},
          Row{op_after(first, 6, "FCVTZS_?_x_fix"), plain<fixed_to_general<T, s64>>},
          Row{op_after(first, 7, "FCVTZU_?_x_fix"), plain<fixed_to_general<T, u64>>}};
}

template <class To, class From>
constexpr auto convert =
    [](const Uop& u, CpuState& c) { c.v[u.rd].set_scalar(fp_convert<To>(c, c.v[u.rn].get<From>(0))); };

template <Rounding kMode>
struct RoundTo {
  template <class T>
  static constexpr auto body =
      [](const Uop& u, CpuState& c) { c.v[u.rd].set_scalar(fp_round_to_int<kMode>(c, c.v[u.rn].get<T>(0))); };
};
// By FPCR's mode; kExact: inexact is raised.
template <bool kExact>
struct RoundCurrent {
  template <class T>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    c.v[u.rd].set_scalar(fp_round_to_int_slow(c, c.v[u.rn].get<T>(0), fp_mode(c), kExact));
  };
};
// kToZero: otherwise by FPCR's mode.
template <unsigned kIntBits, bool kToZero>
struct RoundToSize {
  template <class T>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    const Rounding mode = kToZero ? Rounding::kZero : fp_mode(c);
    c.v[u.rd].set_scalar(fp_round_to_size(c, c.v[u.rn].get<T>(0), mode, kIntBits));
  };
};

constexpr auto javascript_convert = [](const Uop& u, CpuState& c) {
  const u64 result = fp_to_javascript_int(c, c.v[u.rn].get<u64>(0));
  c.x[u.rd] = static_cast<u32>(result);
  c.flags = flags_from_nzcv((result >> 32U) != 0 ? kFlagZ : 0);
};

constexpr Row kFormats[] = {
    {Op::kFCVT_d_s, plain<convert<u64, u32>>}, {Op::kFCVT_h_s, plain<convert<u16, u32>>},
    {Op::kFCVT_s_d, plain<convert<u32, u64>>}, {Op::kFCVT_h_d, plain<convert<u16, u64>>},
    {Op::kFCVT_s_h, plain<convert<u32, u16>>}, {Op::kFCVT_d_h, plain<convert<u64, u16>>},
    {Op::kFJCVTZS, plain<javascript_convert>},
};

template <class Shape>
consteval auto rounding_rows(Op first) {
  return single_rows<Shape, u32, u64, u16>(first);
}

constexpr auto kRows = join_rows(
    std::to_array(kFormats), integer_rows<u32>(Op::kFCVTNS_s_int), integer_rows<u64>(Op::kFCVTNS_d_int),
    integer_rows<u16>(Op::kFCVTNS_h_int), fixed_rows<u32>(Op::kSCVTF_s_w_fix),
    fixed_rows<u64>(Op::kSCVTF_d_w_fix), fixed_rows<u16>(Op::kSCVTF_h_w_fix),
    rounding_rows<RoundTo<Rounding::kNearest>>(Op::kFRINTN_s),
    rounding_rows<RoundTo<Rounding::kPlus>>(Op::kFRINTP_s),
    rounding_rows<RoundTo<Rounding::kMinus>>(Op::kFRINTM_s),
    rounding_rows<RoundTo<Rounding::kZero>>(Op::kFRINTZ_s),
    rounding_rows<RoundTo<Rounding::kAway>>(Op::kFRINTA_s), rounding_rows<RoundCurrent<true>>(Op::kFRINTX_s),
    rounding_rows<RoundCurrent<false>>(Op::kFRINTI_s),
    single_rows<RoundToSize<32, true>, u32, u64>(Op::kFRINT32Z_s),
    single_rows<RoundToSize<32, false>, u32, u64>(Op::kFRINT32X_s),
    single_rows<RoundToSize<64, true>, u32, u64>(Op::kFRINT64Z_s),
    single_rows<RoundToSize<64, false>, u32, u64>(Op::kFRINT64X_s));

}  // namespace

std::span<const Row> fp_convert_rows() { return kRows; }

}  // namespace m2sim::emu
