// Loads and stores of general registers.

#include <cstdint>
#include <type_traits>

#include "emu/engine/handler.h"
#include "emu/exec/address_mode.h"

namespace m2sim::emu {
namespace {

using insts::Inst;
using insts::Op;
using std::int16_t;
using std::int32_t;
using std::int8_t;
using std::uint16_t;
using std::uint32_t;
using std::uint64_t;
using std::uint8_t;

// Value: what lies in memory, signed when it is sign-extended; Result: the register's width.
template <class Value, class Result, class Access>
uint64_t fetch(Access& m, uint64_t address) {
  const auto raw = static_cast<Value>(m.template load<std::make_unsigned_t<Value>>(address));
  if constexpr (std::is_unsigned_v<Value>) {
    return raw;
  } else {
    return static_cast<Result>(std::make_signed_t<Result>{raw});
  }
}

template <class Mode, class Value, class Result = uint64_t>
constexpr auto load_one = [](const Uop& u, CpuState& c, auto& m) {
  const uint64_t address = Mode::address(u, c);
  m.record(address);
  const uint64_t value = fetch<Value, Result>(m, address);
  Mode::write_back(u, c, address);
  c.x[u.rd] = value;
};
template <class Mode, class Value>
constexpr auto store_one = [](const Uop& u, CpuState& c, auto& m) {
  const uint64_t address = Mode::address(u, c);
  m.record(address);
  m.template store<Value>(address, static_cast<Value>(c.x[u.rd]));
  Mode::write_back(u, c, address);
};
// Acquire and release; the order itself is free on one core.
template <class Value, class Result = uint64_t>
constexpr auto load_ordered = [](const Uop& u, CpuState& c, auto& m) {
  const uint64_t address = Offset::address(u, c);
  m.record(address);
  c.x[u.rd] = fetch<Value, Result>(m, within_granule(c, address, sizeof(Value)));
};
template <class Value>
constexpr auto store_ordered = [](const Uop& u, CpuState& c, auto& m) {
  const uint64_t address = Offset::address(u, c);
  m.record(address);
  m.template store<Value>(within_granule(c, address, sizeof(Value)), static_cast<Value>(c.x[u.rd]));
};
template <class Mode, class Value, class Result = uint64_t>
constexpr auto load_two = [](const Uop& u, CpuState& c, auto& m) {
  const uint64_t address = Mode::address(u, c);
  m.record(address);
  const uint64_t first = fetch<Value, Result>(m, address);
  const uint64_t second = fetch<Value, Result>(m, address + sizeof(Value));
  Mode::write_back(u, c, address);
  c.x[u.rd] = first;
  c.x[u.ra] = second;
};
template <class Mode, class Value>
constexpr auto store_two = [](const Uop& u, CpuState& c, auto& m) {
  const uint64_t address = Mode::address(u, c);
  m.record(address);
  m.template store<Value>(address, static_cast<Value>(c.x[u.rd]));
  m.template store<Value>(address + sizeof(Value), static_cast<Value>(c.x[u.ra]));
  Mode::write_back(u, c, address);
};
// A prefetch may name any address and never faults.
template <class Mode>
constexpr auto prefetch = [](const Uop& u, CpuState& c, auto& m) { m.record(Mode::address(u, c)); };

template <class Value>
constexpr auto load_literal = [](const Uop& u, CpuState& c, auto& m, const Constant& k) {
  m.record(k.value);
  c.x[u.rd] = fetch<Value, uint64_t>(m, k.value);
};
constexpr auto prefetch_literal = [](const Uop& /*u*/, CpuState& /*c*/, auto& m, const Constant& k) {
  m.record(k.value);
};

template <class Mode>
Binding pick_load(const Inst& inst, bool log) {
  return inst.wide() ? memory<load_one<Mode, uint64_t>>(inst, log)
                     : memory<load_one<Mode, uint32_t>>(inst, log);
}
template <class Mode>
Binding pick_store(const Inst& inst, bool log) {
  return inst.wide() ? memory<store_one<Mode, uint64_t>>(inst, log)
                     : memory<store_one<Mode, uint32_t>>(inst, log);
}
template <class Mode>
Binding pick_load_pair(const Inst& inst, bool log) {
  return inst.wide() ? memory<load_two<Mode, uint64_t>>(inst, log)
                     : memory<load_two<Mode, uint32_t>>(inst, log);
}
template <class Mode>
Binding pick_store_pair(const Inst& inst, bool log) {
  return inst.wide() ? memory<store_two<Mode, uint64_t>>(inst, log)
                     : memory<store_two<Mode, uint32_t>>(inst, log);
}

Binding pick_load_ordered(const Inst& inst, bool log) {
  return inst.wide() ? memory<load_ordered<uint64_t>>(inst, log) : memory<load_ordered<uint32_t>>(inst, log);
}
Binding pick_store_ordered(const Inst& inst, bool log) {
  return inst.wide() ? memory<store_ordered<uint64_t>>(inst, log)
                     : memory<store_ordered<uint32_t>>(inst, log);
}

template <class Value, class Result = uint64_t>
Binding pick_load_indexed(const Inst& inst, bool log) {
  return with_index_mode(inst.aux,
                         [&]<class Mode>() { return memory<load_one<Mode, Value, Result>>(inst, log); });
}
template <class Value>
Binding pick_store_indexed(const Inst& inst, bool log) {
  return with_index_mode(inst.aux, [&]<class Mode>() { return memory<store_one<Mode, Value>>(inst, log); });
}
Binding pick_load_reg(const Inst& inst, bool log) {
  return inst.wide() ? pick_load_indexed<uint64_t>(inst, log) : pick_load_indexed<uint32_t>(inst, log);
}
Binding pick_store_reg(const Inst& inst, bool log) {
  return inst.wide() ? pick_store_indexed<uint64_t>(inst, log) : pick_store_indexed<uint32_t>(inst, log);
}
Binding pick_prefetch_reg(const Inst& inst, bool log) {
  return with_index_mode(inst.aux, [&]<class Mode>() { return memory<prefetch<Mode>>(inst, log); });
}
Binding pick_load_literal(const Inst& inst, bool log) {
  return inst.wide() ? extended_memory<load_literal<uint64_t>>(inst, log)
                     : extended_memory<load_literal<uint32_t>>(inst, log);
}

constexpr Row kRows[] = {
    {Op::kLDR_lit, pick_load_literal},
    {Op::kLDRSW_lit, extended_memory<load_literal<int32_t>>},
    {Op::kPRFM_lit, extended_memory<prefetch_literal>},

    {Op::kSTRB_uimm, memory<store_one<Offset, uint8_t>>},
    {Op::kLDRB_uimm, memory<load_one<Offset, uint8_t>>},
    {Op::kLDRSB64_uimm, memory<load_one<Offset, int8_t>>},
    {Op::kLDRSB32_uimm, memory<load_one<Offset, int8_t, uint32_t>>},
    {Op::kSTRH_uimm, memory<store_one<Offset, uint16_t>>},
    {Op::kLDRH_uimm, memory<load_one<Offset, uint16_t>>},
    {Op::kLDRSH64_uimm, memory<load_one<Offset, int16_t>>},
    {Op::kLDRSH32_uimm, memory<load_one<Offset, int16_t, uint32_t>>},
    {Op::kSTR_uimm, pick_store<Offset>},
    {Op::kLDR_uimm, pick_load<Offset>},
    {Op::kLDRSW_uimm, memory<load_one<Offset, int32_t>>},
    {Op::kPRFM_uimm, memory<prefetch<Offset>>},

    {Op::kSTURB, memory<store_one<Offset, uint8_t>>},
    {Op::kLDURB, memory<load_one<Offset, uint8_t>>},
    {Op::kLDURSB64, memory<load_one<Offset, int8_t>>},
    {Op::kLDURSB32, memory<load_one<Offset, int8_t, uint32_t>>},
    {Op::kSTURH, memory<store_one<Offset, uint16_t>>},
    {Op::kLDURH, memory<load_one<Offset, uint16_t>>},
    {Op::kLDURSH64, memory<load_one<Offset, int16_t>>},
    {Op::kLDURSH32, memory<load_one<Offset, int16_t, uint32_t>>},
    {Op::kSTUR, pick_store<Offset>},
    {Op::kLDUR, pick_load<Offset>},
    {Op::kLDURSW, memory<load_one<Offset, int32_t>>},
    {Op::kPRFUM, memory<prefetch<Offset>>},

    // Unprivileged accesses are ordinary ones at user level.
    {Op::kSTTRB, memory<store_one<Offset, uint8_t>>},
    {Op::kLDTRB, memory<load_one<Offset, uint8_t>>},
    {Op::kLDTRSB64, memory<load_one<Offset, int8_t>>},
    {Op::kLDTRSB32, memory<load_one<Offset, int8_t, uint32_t>>},
    {Op::kSTTRH, memory<store_one<Offset, uint16_t>>},
    {Op::kLDTRH, memory<load_one<Offset, uint16_t>>},
    {Op::kLDTRSH64, memory<load_one<Offset, int16_t>>},
    {Op::kLDTRSH32, memory<load_one<Offset, int16_t, uint32_t>>},
    {Op::kSTTR, pick_store<Offset>},
    {Op::kLDTR, pick_load<Offset>},
    {Op::kLDTRSW, memory<load_one<Offset, int32_t>>},

    {Op::kSTRB_post, memory<store_one<PostIndexed, uint8_t>>},
    {Op::kLDRB_post, memory<load_one<PostIndexed, uint8_t>>},
    {Op::kLDRSB64_post, memory<load_one<PostIndexed, int8_t>>},
    {Op::kLDRSB32_post, memory<load_one<PostIndexed, int8_t, uint32_t>>},
    {Op::kSTRH_post, memory<store_one<PostIndexed, uint16_t>>},
    {Op::kLDRH_post, memory<load_one<PostIndexed, uint16_t>>},
    {Op::kLDRSH64_post, memory<load_one<PostIndexed, int16_t>>},
    {Op::kLDRSH32_post, memory<load_one<PostIndexed, int16_t, uint32_t>>},
    {Op::kSTR_post, pick_store<PostIndexed>},
    {Op::kLDR_post, pick_load<PostIndexed>},
    {Op::kLDRSW_post, memory<load_one<PostIndexed, int32_t>>},

    {Op::kSTRB_pre, memory<store_one<PreIndexed, uint8_t>>},
    {Op::kLDRB_pre, memory<load_one<PreIndexed, uint8_t>>},
    {Op::kLDRSB64_pre, memory<load_one<PreIndexed, int8_t>>},
    {Op::kLDRSB32_pre, memory<load_one<PreIndexed, int8_t, uint32_t>>},
    {Op::kSTRH_pre, memory<store_one<PreIndexed, uint16_t>>},
    {Op::kLDRH_pre, memory<load_one<PreIndexed, uint16_t>>},
    {Op::kLDRSH64_pre, memory<load_one<PreIndexed, int16_t>>},
    {Op::kLDRSH32_pre, memory<load_one<PreIndexed, int16_t, uint32_t>>},
    {Op::kSTR_pre, pick_store<PreIndexed>},
    {Op::kLDR_pre, pick_load<PreIndexed>},
    {Op::kLDRSW_pre, memory<load_one<PreIndexed, int32_t>>},

    {Op::kSTRB_reg, pick_store_indexed<uint8_t>},
    {Op::kLDRB_reg, pick_load_indexed<uint8_t>},
    {Op::kLDRSB64_reg, pick_load_indexed<int8_t>},
    {Op::kLDRSB32_reg, pick_load_indexed<int8_t, uint32_t>},
    {Op::kSTRH_reg, pick_store_indexed<uint16_t>},
    {Op::kLDRH_reg, pick_load_indexed<uint16_t>},
    {Op::kLDRSH64_reg, pick_load_indexed<int16_t>},
    {Op::kLDRSH32_reg, pick_load_indexed<int16_t, uint32_t>},
    {Op::kSTR_reg, pick_store_reg},
    {Op::kLDR_reg, pick_load_reg},
    {Op::kLDRSW_reg, pick_load_indexed<int32_t>},
    {Op::kPRFM_reg, pick_prefetch_reg},

    {Op::kSTNP, pick_store_pair<Offset>},
    {Op::kLDNP, pick_load_pair<Offset>},
    {Op::kSTP_off, pick_store_pair<Offset>},
    {Op::kLDP_off, pick_load_pair<Offset>},
    {Op::kLDPSW_off, memory<load_two<Offset, int32_t>>},
    {Op::kSTP_post, pick_store_pair<PostIndexed>},
    {Op::kLDP_post, pick_load_pair<PostIndexed>},
    {Op::kLDPSW_post, memory<load_two<PostIndexed, int32_t>>},
    {Op::kSTP_pre, pick_store_pair<PreIndexed>},
    {Op::kLDP_pre, pick_load_pair<PreIndexed>},
    {Op::kLDPSW_pre, memory<load_two<PreIndexed, int32_t>>},

    // Ordering is free on one core: what retires is in program order.
    {Op::kLDLARB, memory<load_ordered<uint8_t>>},
    {Op::kLDARB, memory<load_ordered<uint8_t>>},
    {Op::kLDAPRB, memory<load_ordered<uint8_t>>},
    {Op::kSTLLRB, memory<store_ordered<uint8_t>>},
    {Op::kSTLRB, memory<store_ordered<uint8_t>>},
    {Op::kLDLARH, memory<load_ordered<uint16_t>>},
    {Op::kLDARH, memory<load_ordered<uint16_t>>},
    {Op::kLDAPRH, memory<load_ordered<uint16_t>>},
    {Op::kSTLLRH, memory<store_ordered<uint16_t>>},
    {Op::kSTLRH, memory<store_ordered<uint16_t>>},
    {Op::kLDLAR, pick_load_ordered},
    {Op::kLDAR, pick_load_ordered},
    {Op::kLDAPR, pick_load_ordered},
    {Op::kSTLLR, pick_store_ordered},
    {Op::kSTLR, pick_store_ordered},
    {Op::kSTLURB, memory<store_ordered<uint8_t>>},
    {Op::kLDAPURB, memory<load_ordered<uint8_t>>},
    {Op::kLDAPURSB64, memory<load_ordered<int8_t>>},
    {Op::kLDAPURSB32, memory<load_ordered<int8_t, uint32_t>>},
    {Op::kSTLURH, memory<store_ordered<uint16_t>>},
    {Op::kLDAPURH, memory<load_ordered<uint16_t>>},
    {Op::kLDAPURSH64, memory<load_ordered<int16_t>>},
    {Op::kLDAPURSH32, memory<load_ordered<int16_t, uint32_t>>},
    {Op::kSTLUR, pick_store_ordered},
    {Op::kLDAPUR, pick_load_ordered},
    {Op::kLDAPURSW, memory<load_ordered<int32_t>>},
};

}  // namespace

std::span<const Row> load_store_rows() { return kRows; }

}  // namespace m2sim::emu
