// Pointer authentication: signing, checking, stripping, and the branches and loads that check first.
//
// With FEAT_FPAC a failed check by aut* is an exception. That of a combined instruction is not (that would be
// FEAT_FPACCOMBINE): it goes on with an address that no memory has.

#include <cstdint>

#include "emu/engine/block_end.h"
#include "emu/engine/handler.h"
#include "emu/exec/address_mode.h"
#include "emu/exec/pointer_auth.h"

namespace m2sim::emu {
namespace {

using insts::Inst;
using insts::Op;

constexpr PointerKey kIa = PointerKey::kInstructionA;
constexpr PointerKey kIb = PointerKey::kInstructionB;
constexpr PointerKey kDa = PointerKey::kDataA;
constexpr PointerKey kDb = PointerKey::kDataB;

// Which registers hold pointer and modifier.
struct DAndN {
  static std::uint8_t pointer(const Uop& u) { return u.rd; }
  static std::uint64_t modifier(const Uop& u, const CpuState& c) { return c.x[u.rn]; }
};
struct DAlone {
  static std::uint8_t pointer(const Uop& u) { return u.rd; }
  static std::uint64_t modifier(const Uop& /*u*/, const CpuState& /*c*/) { return 0; }
};
struct X17AndX16 {
  static std::uint8_t pointer(const Uop& /*u*/) { return 17; }
  static std::uint64_t modifier(const Uop& /*u*/, const CpuState& c) { return c.x[16]; }
};
struct LinkAndSp {
  static std::uint8_t pointer(const Uop& /*u*/) { return 30; }
  static std::uint64_t modifier(const Uop& /*u*/, const CpuState& c) { return c.x[kSpSlot]; }
};
struct LinkAlone {
  static std::uint8_t pointer(const Uop& /*u*/) { return 30; }
  static std::uint64_t modifier(const Uop& /*u*/, const CpuState& /*c*/) { return 0; }
};

// A register that is read and written has one slot: as the zero register it reads 0.
template <class Registers>
std::uint64_t pointer_of(const Uop& u, const CpuState& c) {
  const std::uint8_t slot = Registers::pointer(u);
  return slot == kTrashSlot ? 0 : c.x[slot];
}

template <class Registers, PointerKey kKey>
constexpr auto sign = [](const Uop& u, CpuState& c) {
  c.x[Registers::pointer(u)] = sign_pointer(pointer_of<Registers>(u, c), Registers::modifier(u, c), kKey);
};

template <class Registers>
constexpr auto strip = [](const Uop& u, CpuState& c) {
  c.x[Registers::pointer(u)] = strip_pointer(pointer_of<Registers>(u, c));
};

constexpr auto generic_code = [](const Uop& u, CpuState& c) {
  constexpr std::uint64_t kHigh = UINT64_MAX << 32U;
  c.x[u.rd] = authentication_code(c.x[u.rn], c.x[u.rm], PointerKey::kGeneric) & kHigh;
};

template <class Registers, PointerKey kKey>
const Uop* check_handler(const Uop* uop, CpuState* cpu, std::int64_t budget, std::uint64_t* log,
                         std::byte* memory) {
  const std::uint64_t pointer =
      authenticate_pointer(pointer_of<Registers>(*uop, *cpu), Registers::modifier(*uop, *cpu), kKey);
  if (!is_canonical(pointer) && cpu->failed_authentication_faults) [[unlikely]]
    return leave(Exit::kPointerAuth, uop, cpu, budget, log);
  cpu->x[Registers::pointer(*uop)] = pointer;
  return next(uop + 1, cpu, budget, log, memory);
}
template <class Registers, PointerKey kKey>
Binding check(const Inst& /*inst*/, bool /*log*/) {
  return {check_handler<Registers, kKey>};
}

template <class Mode, PointerKey kKey>
constexpr auto load = [](const Uop& u, CpuState& c, auto& m) {
  const std::uint64_t base = authenticate_pointer(c.x[u.rn], 0, kKey);
  const std::uint64_t address = base + static_cast<std::uint64_t>(std::int64_t{u.imm});
  m.record(address);
  const std::uint64_t value = m.template load<std::uint64_t>(address);
  Mode::write_back(u, c, address);
  c.x[u.rd] = value;
};

constexpr Row kRows[] = {
    {Op::kXPACLRI, plain<strip<LinkAlone>>},
    {Op::kPACIA1716, plain<sign<X17AndX16, kIa>>},
    {Op::kPACIB1716, plain<sign<X17AndX16, kIb>>},
    {Op::kAUTIA1716, check<X17AndX16, kIa>},
    {Op::kAUTIB1716, check<X17AndX16, kIb>},
    {Op::kPACIAZ, plain<sign<LinkAlone, kIa>>},
    {Op::kPACIASP, plain<sign<LinkAndSp, kIa>>},
    {Op::kPACIBZ, plain<sign<LinkAlone, kIb>>},
    {Op::kPACIBSP, plain<sign<LinkAndSp, kIb>>},
    {Op::kAUTIAZ, check<LinkAlone, kIa>},
    {Op::kAUTIASP, check<LinkAndSp, kIa>},
    {Op::kAUTIBZ, check<LinkAlone, kIb>},
    {Op::kAUTIBSP, check<LinkAndSp, kIb>},
    {Op::kPACGA, plain<generic_code>},
    {Op::kPACIA, plain<sign<DAndN, kIa>>},
    {Op::kPACIB, plain<sign<DAndN, kIb>>},
    {Op::kPACDA, plain<sign<DAndN, kDa>>},
    {Op::kPACDB, plain<sign<DAndN, kDb>>},
    {Op::kAUTIA, check<DAndN, kIa>},
    {Op::kAUTIB, check<DAndN, kIb>},
    {Op::kAUTDA, check<DAndN, kDa>},
    {Op::kAUTDB, check<DAndN, kDb>},
    {Op::kPACIZA, plain<sign<DAlone, kIa>>},
    {Op::kPACIZB, plain<sign<DAlone, kIb>>},
    {Op::kPACDZA, plain<sign<DAlone, kDa>>},
    {Op::kPACDZB, plain<sign<DAlone, kDb>>},
    {Op::kAUTIZA, check<DAlone, kIa>},
    {Op::kAUTIZB, check<DAlone, kIb>},
    {Op::kAUTDZA, check<DAlone, kDa>},
    {Op::kAUTDZB, check<DAlone, kDb>},
    {Op::kXPACI, plain<strip<DAlone>>},
    {Op::kXPACD, plain<strip<DAlone>>},
    {Op::kLDRAA, memory<load<Offset, kDa>>},
    {Op::kLDRAA_pre, memory<load<PreIndexed, kDa>>},
    {Op::kLDRAB, memory<load<Offset, kDb>>},
    {Op::kLDRAB_pre, memory<load<PreIndexed, kDb>>},
};

enum class Target : std::uint8_t { kNAlone, kNAndD, kLinkAndSp };

template <Target kTarget>
std::uint64_t checked_target(const Uop& u, const CpuState& c, PointerKey key) {
  if constexpr (kTarget == Target::kLinkAndSp) return authenticate_pointer(c.x[30], c.x[kSpSlot], key);
  return authenticate_pointer(c.x[u.rn], kTarget == Target::kNAndD ? c.x[u.rd] : 0, key);
}

template <Target kTarget, PointerKey kKey, bool kLog>
const Uop* checked_jump(const Uop* uop, CpuState* cpu, std::int64_t budget, std::uint64_t* log,
                        std::byte* memory) {
  return jump<kLog>(checked_target<kTarget>(*uop, *cpu, kKey), uop, cpu, budget, log, memory);
}
template <Target kTarget, PointerKey kKey, bool kLog>
const Uop* checked_call(const Uop* uop, CpuState* cpu, std::int64_t budget, std::uint64_t* log,
                        std::byte* memory) {
  const std::uint64_t target = checked_target<kTarget>(*uop, *cpu, kKey);
  cpu->x[30] = reinterpret_cast<const Constant*>(uop + 1)->value;
  return jump<kLog>(target, uop, cpu, budget, log, memory);
}

template <Target kTarget, PointerKey kKey>
Handler pick_jump(bool log) {
  return log ? checked_jump<kTarget, kKey, true> : checked_jump<kTarget, kKey, false>;
}
template <Target kTarget, PointerKey kKey>
Handler pick_call(bool log) {
  return log ? checked_call<kTarget, kKey, true> : checked_call<kTarget, kKey, false>;
}

}  // namespace

std::span<const Row> pointer_auth_rows() { return kRows; }

Handler authenticated_handler(Op op, bool log) {
  switch (op) {
    case Op::kBRAAZ:
      return pick_jump<Target::kNAlone, kIa>(log);
    case Op::kBRABZ:
      return pick_jump<Target::kNAlone, kIb>(log);
    case Op::kBRAA:
      return pick_jump<Target::kNAndD, kIa>(log);
    case Op::kBRAB:
      return pick_jump<Target::kNAndD, kIb>(log);
    case Op::kBLRAAZ:
      return pick_call<Target::kNAlone, kIa>(log);
    case Op::kBLRABZ:
      return pick_call<Target::kNAlone, kIb>(log);
    case Op::kBLRAA:
      return pick_call<Target::kNAndD, kIa>(log);
    case Op::kBLRAB:
      return pick_call<Target::kNAndD, kIb>(log);
    case Op::kRETAA:
      return pick_jump<Target::kLinkAndSp, kIa>(log);
    case Op::kRETAB:
      return pick_jump<Target::kLinkAndSp, kIb>(log);
    default:
      return nullptr;
  }
}

}  // namespace m2sim::emu
