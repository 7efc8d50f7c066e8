// Pointer authentication: signing, checking, stripping, and the branches and loads that check first.
//
// With FEAT_FPAC, of an M2, a failed check by aut* is an exception. That of a combined instruction is not
// (that would be FEAT_FPACCOMBINE): it goes on with an address that no memory has. On an M1 so does aut*.

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

template <Cpu kCpu>
std::uint64_t sign_on(std::uint64_t pointer, std::uint64_t modifier, PointerKey key) {
  if constexpr (processor(kCpu).fpac) return pauth2::sign_pointer(pointer, modifier, key);
  return epac::sign_pointer(pointer, modifier, key);
}
template <Cpu kCpu>
std::uint64_t authenticate_on(std::uint64_t pointer, std::uint64_t modifier, PointerKey key) {
  if constexpr (processor(kCpu).fpac) return pauth2::authenticate_pointer(pointer, modifier, key);
  return epac::authenticate_pointer(pointer, modifier, key);
}

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

template <Cpu kCpu, class Registers, PointerKey kKey>
constexpr auto sign = [](const Uop& u, CpuState& c) {
  c.x[Registers::pointer(u)] = sign_on<kCpu>(pointer_of<Registers>(u, c), Registers::modifier(u, c), kKey);
};

template <class Registers>
constexpr auto strip = [](const Uop& u, CpuState& c) {
  c.x[Registers::pointer(u)] = strip_pointer(pointer_of<Registers>(u, c));
};

constexpr auto generic_code = [](const Uop& u, CpuState& c) {
  constexpr std::uint64_t kHigh = UINT64_MAX << 32U;
  c.x[u.rd] = authentication_code(c.x[u.rn], c.x[u.rm], PointerKey::kGeneric) & kHigh;
};

template <Cpu kCpu, class Registers, PointerKey kKey>
constexpr auto check_quietly = [](const Uop& u, CpuState& c) {
  c.x[Registers::pointer(u)] =
      authenticate_on<kCpu>(pointer_of<Registers>(u, c), Registers::modifier(u, c), kKey);
};
template <Cpu kCpu, class Registers, PointerKey kKey>
const Uop* check_or_leave(const Uop* uop, CpuState* cpu, std::int64_t budget, std::uint64_t* log,
                          std::byte* memory) {
  const std::uint64_t pointer =
      authenticate_on<kCpu>(pointer_of<Registers>(*uop, *cpu), Registers::modifier(*uop, *cpu), kKey);
  if (!is_canonical(pointer)) [[unlikely]]
    return leave(Exit::kPointerAuth, uop, cpu, budget, log);
  cpu->x[Registers::pointer(*uop)] = pointer;
  return next(uop + 1, cpu, budget, log, memory);
}
template <Cpu kCpu, class Registers, PointerKey kKey>
Binding check(const Inst& inst, bool log) {
  if constexpr (processor(kCpu).fpac) return {check_or_leave<kCpu, Registers, kKey>};
  return plain<check_quietly<kCpu, Registers, kKey>>(inst, log);
}

template <Cpu kCpu, class Mode, PointerKey kKey>
constexpr auto load = [](const Uop& u, CpuState& c, auto& m) {
  const std::uint64_t base = authenticate_on<kCpu>(c.x[u.rn], 0, kKey);
  const std::uint64_t address = base + static_cast<std::uint64_t>(std::int64_t{u.imm});
  m.record(address);
  const std::uint64_t value = m.template load<std::uint64_t>(address);
  Mode::write_back(u, c, address);
  c.x[u.rd] = value;
};

template <Cpu kCpu>
constexpr Row kRows[] = {
    {Op::kXPACLRI, plain<strip<LinkAlone>>},
    {Op::kPACIA1716, plain<sign<kCpu, X17AndX16, kIa>>},
    {Op::kPACIB1716, plain<sign<kCpu, X17AndX16, kIb>>},
    {Op::kAUTIA1716, check<kCpu, X17AndX16, kIa>},
    {Op::kAUTIB1716, check<kCpu, X17AndX16, kIb>},
    {Op::kPACIAZ, plain<sign<kCpu, LinkAlone, kIa>>},
    {Op::kPACIASP, plain<sign<kCpu, LinkAndSp, kIa>>},
    {Op::kPACIBZ, plain<sign<kCpu, LinkAlone, kIb>>},
    {Op::kPACIBSP, plain<sign<kCpu, LinkAndSp, kIb>>},
    {Op::kAUTIAZ, check<kCpu, LinkAlone, kIa>},
    {Op::kAUTIASP, check<kCpu, LinkAndSp, kIa>},
    {Op::kAUTIBZ, check<kCpu, LinkAlone, kIb>},
    {Op::kAUTIBSP, check<kCpu, LinkAndSp, kIb>},
    {Op::kPACGA, plain<generic_code>},
    {Op::kPACIA, plain<sign<kCpu, DAndN, kIa>>},
    {Op::kPACIB, plain<sign<kCpu, DAndN, kIb>>},
    {Op::kPACDA, plain<sign<kCpu, DAndN, kDa>>},
    {Op::kPACDB, plain<sign<kCpu, DAndN, kDb>>},
    {Op::kAUTIA, check<kCpu, DAndN, kIa>},
    {Op::kAUTIB, check<kCpu, DAndN, kIb>},
    {Op::kAUTDA, check<kCpu, DAndN, kDa>},
    {Op::kAUTDB, check<kCpu, DAndN, kDb>},
    {Op::kPACIZA, plain<sign<kCpu, DAlone, kIa>>},
    {Op::kPACIZB, plain<sign<kCpu, DAlone, kIb>>},
    {Op::kPACDZA, plain<sign<kCpu, DAlone, kDa>>},
    {Op::kPACDZB, plain<sign<kCpu, DAlone, kDb>>},
    {Op::kAUTIZA, check<kCpu, DAlone, kIa>},
    {Op::kAUTIZB, check<kCpu, DAlone, kIb>},
    {Op::kAUTDZA, check<kCpu, DAlone, kDa>},
    {Op::kAUTDZB, check<kCpu, DAlone, kDb>},
    {Op::kXPACI, plain<strip<DAlone>>},
    {Op::kXPACD, plain<strip<DAlone>>},
    {Op::kLDRAA, memory<load<kCpu, Offset, kDa>>},
    {Op::kLDRAA_pre, memory<load<kCpu, PreIndexed, kDa>>},
    {Op::kLDRAB, memory<load<kCpu, Offset, kDb>>},
    {Op::kLDRAB_pre, memory<load<kCpu, PreIndexed, kDb>>},
};

enum class Target : std::uint8_t { kNAlone, kNAndD, kLinkAndSp };

template <Cpu kCpu, Target kTarget>
std::uint64_t checked_target(const Uop& u, const CpuState& c, PointerKey key) {
  if constexpr (kTarget == Target::kLinkAndSp) return authenticate_on<kCpu>(c.x[30], c.x[kSpSlot], key);
  return authenticate_on<kCpu>(c.x[u.rn], kTarget == Target::kNAndD ? c.x[u.rd] : 0, key);
}

template <Cpu kCpu, Target kTarget, PointerKey kKey, bool kLog>
const Uop* checked_jump(const Uop* uop, CpuState* cpu, std::int64_t budget, std::uint64_t* log,
                        std::byte* memory) {
  return jump<kLog>(checked_target<kCpu, kTarget>(*uop, *cpu, kKey), uop, cpu, budget, log, memory);
}
template <Cpu kCpu, Target kTarget, PointerKey kKey, bool kLog>
const Uop* checked_call(const Uop* uop, CpuState* cpu, std::int64_t budget, std::uint64_t* log,
                        std::byte* memory) {
  const std::uint64_t target = checked_target<kCpu, kTarget>(*uop, *cpu, kKey);
  cpu->x[30] = reinterpret_cast<const Constant*>(uop + 1)->value;
  return jump<kLog>(target, uop, cpu, budget, log, memory);
}

template <Cpu kCpu, Target kTarget, PointerKey kKey>
Handler pick_jump(bool log) {
  return log ? checked_jump<kCpu, kTarget, kKey, true> : checked_jump<kCpu, kTarget, kKey, false>;
}
template <Cpu kCpu, Target kTarget, PointerKey kKey>
Handler pick_call(bool log) {
  return log ? checked_call<kCpu, kTarget, kKey, true> : checked_call<kCpu, kTarget, kKey, false>;
}

template <Cpu kCpu>
Handler pick_authenticated(Op op, bool log) {
  switch (op) {
    case Op::kBRAAZ:
      return pick_jump<kCpu, Target::kNAlone, kIa>(log);
    case Op::kBRABZ:
      return pick_jump<kCpu, Target::kNAlone, kIb>(log);
    case Op::kBRAA:
      return pick_jump<kCpu, Target::kNAndD, kIa>(log);
    case Op::kBRAB:
      return pick_jump<kCpu, Target::kNAndD, kIb>(log);
    case Op::kBLRAAZ:
      return pick_call<kCpu, Target::kNAlone, kIa>(log);
    case Op::kBLRABZ:
      return pick_call<kCpu, Target::kNAlone, kIb>(log);
    case Op::kBLRAA:
      return pick_call<kCpu, Target::kNAndD, kIa>(log);
    case Op::kBLRAB:
      return pick_call<kCpu, Target::kNAndD, kIb>(log);
    case Op::kRETAA:
      return pick_jump<kCpu, Target::kLinkAndSp, kIa>(log);
    case Op::kRETAB:
      return pick_jump<kCpu, Target::kLinkAndSp, kIb>(log);
    default:
      return nullptr;
  }
}

}  // namespace

std::span<const Row> pointer_auth_rows(Cpu cpu) {
  if (cpu == Cpu::kM1) return kRows<Cpu::kM1>;
  return kRows<Cpu::kM2>;
}

Handler authenticated_handler(Op op, bool log, Cpu cpu) {
  return cpu == Cpu::kM1 ? pick_authenticated<Cpu::kM1>(op, log) : pick_authenticated<Cpu::kM2>(op, log);
}

}  // namespace m2sim::emu
