// Scalar floating point: moves, immediates, select, absolute value and sign; nothing here rounds or raises.

#include <cstdint>
#include <limits>

#include "emu/cpu/flags.h"
#include "emu/exec/simd.h"
#include "insts/imm_kind.h"

namespace m2sim::emu {
namespace {

using insts::Inst;
using insts::Op;

template <class T>
constexpr T kSignBit = static_cast<T>(T{1} << (std::numeric_limits<T>::digits - 1));

struct Move {
  template <class T>
  static constexpr auto body = [](const Uop& u, CpuState& c) { c.v[u.rd].set_scalar(c.v[u.rn].get<T>(0)); };
};
struct Absolute {
  template <class T>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    c.v[u.rd].set_scalar(static_cast<T>(c.v[u.rn].get<T>(0) & ~kSignBit<T>));
  };
};
struct Negate {
  template <class T>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    c.v[u.rd].set_scalar(static_cast<T>(c.v[u.rn].get<T>(0) ^ kSignBit<T>));
  };
};
struct ToGeneral {
  template <class T>
  static constexpr auto body = [](const Uop& u, CpuState& c) { c.x[u.rd] = c.v[u.rn].get<T>(0); };
};
struct FromGeneral {
  template <class T>
  static constexpr auto body =
      [](const Uop& u, CpuState& c) { c.v[u.rd].set_scalar(static_cast<T>(c.x[u.rn])); };
};
constexpr auto top_to_general = [](const Uop& u, CpuState& c) { c.x[u.rd] = c.v[u.rn].get<u64>(1); };
constexpr auto general_to_top = [](const Uop& u, CpuState& c) { c.v[u.rd].set<u64>(1, c.x[u.rn]); };

// Only the top 16 bits of an expanded immediate can be other than zero; imm holds these.
struct Immediate {
  template <class T>
  static constexpr unsigned kShift = 8 * sizeof(T) - 16;
  template <class T>
  static void adjust(const Inst& inst, Uop& uop) {
    const u64 bits = insts::fp8_to_bits(static_cast<std::uint8_t>(inst.imm), 8 * sizeof(T));
    uop.imm = static_cast<std::int32_t>(bits >> kShift<T>);
  }
  template <class T>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    c.v[u.rd].set_scalar(static_cast<T>(static_cast<T>(static_cast<u16>(u.imm)) << kShift<T>));
  };
};

// imm: the condition as the set of flag values for which it holds.
struct Select {
  template <class T>
  static void adjust(const Inst& inst, Uop& uop) {
    uop.imm = static_cast<std::int32_t>(condition_mask(inst.aux));
  }
  template <class T>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    const T n = c.v[u.rn].get<T>(0);
    const T m = c.v[u.rm].get<T>(0);
    c.v[u.rd].set_scalar(holds(c.flags, static_cast<u32>(u.imm)) ? n : m);
  };
};

// Vector forms, by lane.
struct VectorAbsolute {
  template <class T, bool kQ>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    const auto n = lanes_of<T>(c.v[u.rn]);
    LaneArray<T> out{};
    for (unsigned i = 0; i < kActiveLanes<T, kQ>; ++i) out[i] = static_cast<T>(n[i] & ~kSignBit<T>);
    c.v[u.rd] = vec_of<T>(out);
  };
};
struct VectorNegate {
  template <class T, bool kQ>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    const auto n = lanes_of<T>(c.v[u.rn]);
    LaneArray<T> out{};
    for (unsigned i = 0; i < kActiveLanes<T, kQ>; ++i) out[i] = static_cast<T>(n[i] ^ kSignBit<T>);
    c.v[u.rd] = vec_of<T>(out);
  };
};

constexpr Row kGeneral[] = {
    {Op::kFMOV_w_s, plain<ToGeneral::body<u32>>},
    {Op::kFMOV_s_w, plain<FromGeneral::body<u32>>},
    {Op::kFMOV_x_d, plain<ToGeneral::body<u64>>},
    {Op::kFMOV_d_x, plain<FromGeneral::body<u64>>},
    {Op::kFMOV_w_h, plain<ToGeneral::body<u16>>},
    {Op::kFMOV_h_w, plain<FromGeneral::body<u16>>},
    {Op::kFMOV_x_h, plain<ToGeneral::body<u16>>},
    {Op::kFMOV_h_x, plain<FromGeneral::body<u16>>},
    {Op::kFMOV_x_top, plain<top_to_general>},
    {Op::kFMOV_top_x, plain<general_to_top>},
    {Op::kFMOV_s_imm, plain<Immediate::body<u32>>, Immediate::adjust<u32>},
    {Op::kFMOV_d_imm, plain<Immediate::body<u64>>, Immediate::adjust<u64>},
    {Op::kFMOV_h_imm, plain<Immediate::body<u16>>, Immediate::adjust<u16>},
    {Op::kFCSEL_s, plain<Select::body<u32>>, Select::adjust<u32>},
    {Op::kFCSEL_d, plain<Select::body<u64>>, Select::adjust<u64>},
    {Op::kFCSEL_h, plain<Select::body<u16>>, Select::adjust<u16>},
    {Op::kFABS_vh, pick_vector<VectorAbsolute, u16>},
    {Op::kFNEG_vh, pick_vector<VectorNegate, u16>},
};

// The table's order of a scalar operation is s, d, h.
constexpr auto kRows = join_rows(
    std::to_array(kGeneral), single_rows<Move, u32, u64, u16>(Op::kFMOV_s),
    single_rows<Absolute, u32, u64, u16>(Op::kFABS_s), single_rows<Negate, u32, u64, u16>(Op::kFNEG_s),
    vector_rows<VectorAbsolute, u32, u64>(Op::kFABS_vs), vector_rows<VectorNegate, u32, u64>(Op::kFNEG_vs));

}  // namespace

std::span<const Row> fp_move_rows() { return kRows; }

}  // namespace m2sim::emu
