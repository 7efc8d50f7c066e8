// Exclusives and LSE atomics. One core runs, so a read-modify-write needs no host atomic.

#include <algorithm>
#include <array>
#include <cstdint>
#include <type_traits>

#include "emu/engine/handler.h"
#include "emu/exec/address_mode.h"

namespace m2sim::emu {
namespace {

using insts::Inst;
using insts::Op;

// Second register of a pair that begins at an even number; after x30 comes the zero register.
std::uint64_t read_second(const CpuState& c, std::uint8_t first) { return c.x[first + 1U]; }
void write_second(CpuState& c, std::uint8_t first, std::uint64_t value) {
  c.x[first + 1U == kZeroSlot ? kTrashSlot : first + 1U] = value;
}
// A register that is read and written has one slot: as the zero register it reads 0.
template <class T>
T read_updated(const CpuState& c, std::uint8_t slot) {
  return slot == kTrashSlot ? T{0} : read<T>(c, slot);
}

template <class T>
constexpr auto load_exclusive = [](const Uop& u, CpuState& c, auto& m) {
  const std::uint64_t address = c.x[u.rn];
  m.record(address);
  const T value = m.template load<T>(within_granule(c, address, sizeof(T)));
  c.exclusive_address = address;
  c.exclusive_bytes = sizeof(T);
  c.exclusive_value = {value, 0};
  c.x[u.rd] = value;
};
template <class T>
constexpr auto load_exclusive_pair = [](const Uop& u, CpuState& c, auto& m) {
  const std::uint64_t address = c.x[u.rn];
  m.record(address);
  const std::uint64_t at = within_granule(c, address, 2 * sizeof(T));
  const T first = m.template load<T>(at);
  const T second = m.template load<T>(at + sizeof(T));
  c.exclusive_address = address;
  c.exclusive_bytes = 2 * sizeof(T);
  c.exclusive_value = {first, second};
  c.x[u.rd] = first;
  c.x[u.ra] = second;
};

// The monitor holds while nothing changed the value since the exclusive load; rm gets 0 on success.
template <class T>
constexpr auto store_exclusive = [](const Uop& u, CpuState& c, auto& m) {
  const std::uint64_t address = c.x[u.rn];
  m.record(address);
  const std::uint64_t at = within_granule(c, address, sizeof(T));
  const T value = read<T>(c, u.rd);
  // A misaligned access faults whether the monitor holds or not.
  const bool accesses = at != address || (c.exclusive_address == address && c.exclusive_bytes == sizeof(T));
  const bool holds = accesses && m.template load<T>(at) == static_cast<T>(c.exclusive_value[0]);
  if (holds) m.template store<T>(at, value);
  c.exclusive_address = UINT64_MAX;
  c.x[u.rm] = holds ? 0 : 1;
};
template <class T>
constexpr auto store_exclusive_pair = [](const Uop& u, CpuState& c, auto& m) {
  const std::uint64_t address = c.x[u.rn];
  m.record(address);
  const std::uint64_t at = within_granule(c, address, 2 * sizeof(T));
  const T first = read<T>(c, u.rd);
  const T second = read<T>(c, u.ra);
  const bool accesses =
      at != address || (c.exclusive_address == address && c.exclusive_bytes == 2 * sizeof(T));
  const bool holds = accesses && m.template load<T>(at) == static_cast<T>(c.exclusive_value[0]) &&
                     m.template load<T>(at + sizeof(T)) == static_cast<T>(c.exclusive_value[1]);
  if (holds) {
    m.template store<T>(at, first);
    m.template store<T>(at + sizeof(T), second);
  }
  c.exclusive_address = UINT64_MAX;
  c.x[u.rm] = holds ? 0 : 1;
};

template <class T>
constexpr auto compare_and_swap = [](const Uop& u, CpuState& c, auto& m) {
  const std::uint64_t address = c.x[u.rn];
  m.record(address);
  const std::uint64_t at = within_granule(c, address, sizeof(T));
  const T old = m.template load<T>(at);
  // The store also happens when nothing changes, so that a read-only page faults either way.
  m.template store<T>(at, old == read_updated<T>(c, u.rm) ? read<T>(c, u.rd) : old);
  c.x[u.rm] = old;
};
template <class T>
constexpr auto compare_and_swap_pair = [](const Uop& u, CpuState& c, auto& m) {
  const std::uint64_t address = c.x[u.rn];
  m.record(address);
  const std::uint64_t at = within_granule(c, address, 2 * sizeof(T));
  const T first = m.template load<T>(at);
  const T second = m.template load<T>(at + sizeof(T));
  const bool equal = first == read<T>(c, u.rm) && second == static_cast<T>(read_second(c, u.rm));
  m.template store<T>(at, equal ? read<T>(c, u.rd) : first);
  m.template store<T>(at + sizeof(T), equal ? static_cast<T>(read_second(c, u.rd)) : second);
  c.x[u.rm] = first;
  write_second(c, u.rm, second);
};

enum class Rmw : std::uint8_t {
  kAdd,
  kClear,
  kXor,
  kSet,
  kSignedMax,
  kSignedMin,
  kUnsignedMax,
  kUnsignedMin,
  kSwap
};

template <Rmw kRmw, class T>
T combine(T old, T operand) {
  using Signed = std::make_signed_t<T>;
  switch (kRmw) {
    case Rmw::kAdd:
      return static_cast<T>(old + operand);
    case Rmw::kClear:
      return static_cast<T>(old & ~operand);
    case Rmw::kXor:
      return static_cast<T>(old ^ operand);
    case Rmw::kSet:
      return static_cast<T>(old | operand);
    case Rmw::kSignedMax:
      return static_cast<T>(std::max(static_cast<Signed>(old), static_cast<Signed>(operand)));
    case Rmw::kSignedMin:
      return static_cast<T>(std::min(static_cast<Signed>(old), static_cast<Signed>(operand)));
    case Rmw::kUnsignedMax:
      return std::max(old, operand);
    case Rmw::kUnsignedMin:
      return std::min(old, operand);
    default:
      return operand;
  }
}
template <Rmw kRmw, class T>
constexpr auto read_modify_write = [](const Uop& u, CpuState& c, auto& m) {
  const std::uint64_t address = c.x[u.rn];
  m.record(address);
  const std::uint64_t at = within_granule(c, address, sizeof(T));
  const T old = m.template load<T>(at);
  m.template store<T>(at, combine<kRmw, T>(old, read<T>(c, u.rm)));
  c.x[u.rd] = old;
};

// The encodings of one operation follow one another: four orderings of bytes, of halfwords, of words and
// doublewords (one row each, by `z`). Ordering is free on one core.
constexpr unsigned kOrderings = 4;
constexpr unsigned kRowsPerOperation = 3 * kOrderings;

constexpr Op plus(Op first, unsigned n) { return static_cast<Op>(static_cast<unsigned>(first) + n); }

constexpr auto family(Op first, Pick bytes, Pick halfwords, Pick words) {
  std::array<Row, kRowsPerOperation> rows{};
  for (unsigned i = 0; i < kOrderings; ++i) {
    rows[i] = {plus(first, i), bytes};
    rows[kOrderings + i] = {plus(first, kOrderings + i), halfwords};
    rows[2 * kOrderings + i] = {plus(first, 2 * kOrderings + i), words};
  }
  return rows;
}

template <Rmw kRmw>
Binding pick_word(const Inst& inst, bool log) {
  return inst.wide() ? memory<read_modify_write<kRmw, std::uint64_t>>(inst, log)
                     : memory<read_modify_write<kRmw, std::uint32_t>>(inst, log);
}
template <Rmw kRmw>
constexpr auto rmw_family(Op first) {
  return family(first, memory<read_modify_write<kRmw, std::uint8_t>>,
                memory<read_modify_write<kRmw, std::uint16_t>>, pick_word<kRmw>);
}
Binding pick_cas(const Inst& inst, bool log) {
  return inst.wide() ? memory<compare_and_swap<std::uint64_t>>(inst, log)
                     : memory<compare_and_swap<std::uint32_t>>(inst, log);
}
Binding pick_casp(const Inst& inst, bool log) {
  return inst.wide() ? memory<compare_and_swap_pair<std::uint64_t>>(inst, log)
                     : memory<compare_and_swap_pair<std::uint32_t>>(inst, log);
}
Binding pick_load_exclusive(const Inst& inst, bool log) {
  return inst.wide() ? memory<load_exclusive<std::uint64_t>>(inst, log)
                     : memory<load_exclusive<std::uint32_t>>(inst, log);
}
Binding pick_store_exclusive(const Inst& inst, bool log) {
  return inst.wide() ? memory<store_exclusive<std::uint64_t>>(inst, log)
                     : memory<store_exclusive<std::uint32_t>>(inst, log);
}
Binding pick_load_exclusive_pair(const Inst& inst, bool log) {
  return inst.wide() ? memory<load_exclusive_pair<std::uint64_t>>(inst, log)
                     : memory<load_exclusive_pair<std::uint32_t>>(inst, log);
}
Binding pick_store_exclusive_pair(const Inst& inst, bool log) {
  return inst.wide() ? memory<store_exclusive_pair<std::uint64_t>>(inst, log)
                     : memory<store_exclusive_pair<std::uint32_t>>(inst, log);
}

static_assert(plus(Op::kLDADDB, kRowsPerOperation - 1) == Op::kLDADDAL);
static_assert(plus(Op::kLDUMINB, kRowsPerOperation - 1) == Op::kLDUMINAL);
static_assert(plus(Op::kCASB, kRowsPerOperation - 1) == Op::kCASAL);
static_assert(plus(Op::kSWPB, kRowsPerOperation - 1) == Op::kSWPAL);

constexpr std::array kFamilies = {
    rmw_family<Rmw::kAdd>(Op::kLDADDB),
    rmw_family<Rmw::kClear>(Op::kLDCLRB),
    rmw_family<Rmw::kXor>(Op::kLDEORB),
    rmw_family<Rmw::kSet>(Op::kLDSETB),
    rmw_family<Rmw::kSignedMax>(Op::kLDSMAXB),
    rmw_family<Rmw::kSignedMin>(Op::kLDSMINB),
    rmw_family<Rmw::kUnsignedMax>(Op::kLDUMAXB),
    rmw_family<Rmw::kUnsignedMin>(Op::kLDUMINB),
    rmw_family<Rmw::kSwap>(Op::kSWPB),
    family(Op::kCASB, memory<compare_and_swap<std::uint8_t>>, memory<compare_and_swap<std::uint16_t>>,
           pick_cas),
};

constexpr Row kOthers[] = {
    {Op::kLDXRB, memory<load_exclusive<std::uint8_t>>},
    {Op::kLDAXRB, memory<load_exclusive<std::uint8_t>>},
    {Op::kLDXRH, memory<load_exclusive<std::uint16_t>>},
    {Op::kLDAXRH, memory<load_exclusive<std::uint16_t>>},
    {Op::kLDXR, pick_load_exclusive},
    {Op::kLDAXR, pick_load_exclusive},
    {Op::kLDXP, pick_load_exclusive_pair},
    {Op::kLDAXP, pick_load_exclusive_pair},
    {Op::kSTXRB, memory<store_exclusive<std::uint8_t>>},
    {Op::kSTLXRB, memory<store_exclusive<std::uint8_t>>},
    {Op::kSTXRH, memory<store_exclusive<std::uint16_t>>},
    {Op::kSTLXRH, memory<store_exclusive<std::uint16_t>>},
    {Op::kSTXR, pick_store_exclusive},
    {Op::kSTLXR, pick_store_exclusive},
    {Op::kSTXP, pick_store_exclusive_pair},
    {Op::kSTLXP, pick_store_exclusive_pair},
    {Op::kCASP, pick_casp},
    {Op::kCASPA, pick_casp},
    {Op::kCASPL, pick_casp},
    {Op::kCASPAL, pick_casp},
};

constexpr auto joined() {
  std::array<Row, kFamilies.size() * kRowsPerOperation + std::size(kOthers)> rows{};
  std::size_t n = 0;
  for (const auto& one : kFamilies) {
    for (const Row& row : one) rows[n++] = row;
  }
  for (const Row& row : kOthers) rows[n++] = row;
  return rows;
}
constexpr auto kRows = joined();

}  // namespace

std::span<const Row> atomic_rows() { return kRows; }

}  // namespace m2sim::emu
