// Loads and stores of SIMD&FP registers: one register, pairs, literals.

#include <cstdint>

#include "emu/exec/address_mode.h"
#include "emu/exec/simd.h"

namespace m2sim::emu {
namespace {

using insts::Inst;
using insts::Op;
using insts::op_after;

// T: an unsigned integer or Vec, the part of the register that is in memory; the rest becomes zero.
template <class T>
void put(CpuState& c, std::uint8_t number, T value) {
  if constexpr (sizeof(T) == 16) {
    c.v[number] = value;
  } else {
    c.v[number].set_scalar(value);
  }
}
template <class T>
T low_part(const CpuState& c, std::uint8_t number) {
  return c.v[number].get<T>(0);
}

template <class Mode, class T>
constexpr auto load_one = [](const Uop& u, CpuState& c, auto& m) {
  const std::uint64_t address = Mode::address(u, c);
  m.record(address);
  const T value = m.template load<T>(address);
  Mode::write_back(u, c, address);
  put(c, u.rd, value);
};
template <class Mode, class T>
constexpr auto store_one = [](const Uop& u, CpuState& c, auto& m) {
  const std::uint64_t address = Mode::address(u, c);
  m.record(address);
  m.template store<T>(address, low_part<T>(c, u.rd));
  Mode::write_back(u, c, address);
};
template <class Mode, class T>
constexpr auto load_two = [](const Uop& u, CpuState& c, auto& m) {
  const std::uint64_t address = Mode::address(u, c);
  m.record(address);
  const T first = m.template load<T>(address);
  const T second = m.template load<T>(address + sizeof(T));
  Mode::write_back(u, c, address);
  put(c, u.rd, first);
  put(c, u.ra, second);
};
template <class Mode, class T>
constexpr auto store_two = [](const Uop& u, CpuState& c, auto& m) {
  const std::uint64_t address = Mode::address(u, c);
  m.record(address);
  m.template store<T>(address, low_part<T>(c, u.rd));
  m.template store<T>(address + sizeof(T), low_part<T>(c, u.ra));
  Mode::write_back(u, c, address);
};
template <class T>
constexpr auto load_literal = [](const Uop& u, CpuState& c, auto& m, const Constant& k) {
  m.record(k.value);
  put(c, u.rd, m.template load<T>(k.value));
};

template <class T>
Binding pick_load_reg(const Inst& inst, bool log) {
  return with_index_mode(inst.aux, [&]<class Mode>() { return memory<load_one<Mode, T>>(inst, log); });
}
template <class T>
Binding pick_store_reg(const Inst& inst, bool log) {
  return with_index_mode(inst.aux, [&]<class Mode>() { return memory<store_one<Mode, T>>(inst, log); });
}

// The table's order within a size: stur, str post, pre, register, unsigned offset; then the loads.
template <class T>
consteval std::array<Row, 10> one_register(Op stur, Op ldur) {
  return {Row{stur, memory<store_one<Offset, T>>},
          Row{op_after(stur, 1, "STR_?_post"), memory<store_one<PostIndexed, T>>},
          Row{op_after(stur, 2, "STR_?_pre"), memory<store_one<PreIndexed, T>>},
          Row{op_after(stur, 3, "STR_?_reg"), pick_store_reg<T>},
          Row{op_after(stur, 4, "STR_?_uimm"), memory<store_one<Offset, T>>},
          Row{ldur, memory<load_one<Offset, T>>},
          Row{op_after(ldur, 1, "LDR_?_post"), memory<load_one<PostIndexed, T>>},
          Row{op_after(ldur, 2, "LDR_?_pre"), memory<load_one<PreIndexed, T>>},
          Row{op_after(ldur, 3, "LDR_?_reg"), pick_load_reg<T>},
          Row{op_after(ldur, 4, "LDR_?_uimm"), memory<load_one<Offset, T>>}};
}

constexpr Row kPairsAndLiterals[] = {
    {Op::kLDR_s_lit, extended_memory<load_literal<std::uint32_t>>},
    {Op::kLDR_d_lit, extended_memory<load_literal<std::uint64_t>>},
    {Op::kLDR_q_lit, extended_memory<load_literal<Vec>>},

    {Op::kSTNP_s, memory<store_two<Offset, std::uint32_t>>},
    {Op::kLDNP_s, memory<load_two<Offset, std::uint32_t>>},
    {Op::kSTP_s_post, memory<store_two<PostIndexed, std::uint32_t>>},
    {Op::kLDP_s_post, memory<load_two<PostIndexed, std::uint32_t>>},
    {Op::kSTP_s_off, memory<store_two<Offset, std::uint32_t>>},
    {Op::kLDP_s_off, memory<load_two<Offset, std::uint32_t>>},
    {Op::kSTP_s_pre, memory<store_two<PreIndexed, std::uint32_t>>},
    {Op::kLDP_s_pre, memory<load_two<PreIndexed, std::uint32_t>>},

    {Op::kSTNP_d, memory<store_two<Offset, std::uint64_t>>},
    {Op::kLDNP_d, memory<load_two<Offset, std::uint64_t>>},
    {Op::kSTP_d_post, memory<store_two<PostIndexed, std::uint64_t>>},
    {Op::kLDP_d_post, memory<load_two<PostIndexed, std::uint64_t>>},
    {Op::kSTP_d_off, memory<store_two<Offset, std::uint64_t>>},
    {Op::kLDP_d_off, memory<load_two<Offset, std::uint64_t>>},
    {Op::kSTP_d_pre, memory<store_two<PreIndexed, std::uint64_t>>},
    {Op::kLDP_d_pre, memory<load_two<PreIndexed, std::uint64_t>>},

    {Op::kSTNP_q, memory<store_two<Offset, Vec>>},
    {Op::kLDNP_q, memory<load_two<Offset, Vec>>},
    {Op::kSTP_q_post, memory<store_two<PostIndexed, Vec>>},
    {Op::kLDP_q_post, memory<load_two<PostIndexed, Vec>>},
    {Op::kSTP_q_off, memory<store_two<Offset, Vec>>},
    {Op::kLDP_q_off, memory<load_two<Offset, Vec>>},
    {Op::kSTP_q_pre, memory<store_two<PreIndexed, Vec>>},
    {Op::kLDP_q_pre, memory<load_two<PreIndexed, Vec>>},
};

constexpr auto kRows = join_rows(
    std::to_array(kPairsAndLiterals), one_register<std::uint8_t>(Op::kSTUR_b, Op::kLDUR_b),
    one_register<std::uint16_t>(Op::kSTUR_h, Op::kLDUR_h),
    one_register<std::uint32_t>(Op::kSTUR_s, Op::kLDUR_s),
    one_register<std::uint64_t>(Op::kSTUR_d, Op::kLDUR_d), one_register<Vec>(Op::kSTUR_q, Op::kLDUR_q));

}  // namespace

std::span<const Row> simd_memory_rows() { return kRows; }

}  // namespace m2sim::emu
