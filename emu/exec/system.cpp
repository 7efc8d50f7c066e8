// System registers, cache maintenance, hints and barriers, as a user program may use them.

#include <array>
#include <cstdint>

#include "emu/cpu/id_registers.h"
#include "emu/engine/handler.h"
#include "emu/fp/fp.h"
#include "insts/system_register.h"

namespace m2sim::emu {
namespace {

using insts::Inst;
using insts::kCntvctEl0;
using insts::kCntvctssEl0;
using insts::kFpcr;
using insts::kFpsr;
using insts::Op;
using insts::system_register;

constexpr std::int64_t kNzcv = system_register(3, 3, 4, 2, 0);
constexpr std::int64_t kDit = system_register(3, 3, 4, 2, 5);
constexpr std::int64_t kSsbs = system_register(3, 3, 4, 2, 6);
constexpr std::int64_t kTpidrEl0 = system_register(3, 3, 13, 0, 2);
constexpr std::int64_t kTpidrroEl0 = system_register(3, 3, 13, 0, 3);
constexpr std::int64_t kCntfrqEl0 = system_register(3, 3, 14, 0, 0);
constexpr std::int64_t kCtr = system_register(3, 3, 0, 0, 1);
constexpr std::int64_t kDczid = system_register(3, 3, 0, 0, 7);

// Reads that give the same value always.
struct Fixed {
  std::int64_t id;
  std::uint64_t value;
};
template <Cpu kCpu>
constexpr Fixed kFixed[] = {
    {kCtr, kCtrEl0},
    {kDczid, kDczidEl0},
    {kCntfrqEl0, kCounterHz},
    {kTpidrroEl0, 0},
    {system_register(3, 0, 0, 0, 0), processor(kCpu).midr_el1},
    {system_register(3, 0, 0, 0, 5), kMpidrEl1},
    {system_register(3, 0, 0, 0, 6), kRevidrEl1},
    {system_register(3, 0, 0, 4, 0), id_register(IdRegister::kPfr0, kCpu)},
    {system_register(3, 0, 0, 4, 1), id_register(IdRegister::kPfr1, kCpu)},
    {system_register(3, 0, 0, 5, 0), kDfr0El1},
    {system_register(3, 0, 0, 6, 0), id_register(IdRegister::kIsar0, kCpu)},
    {system_register(3, 0, 0, 6, 1), id_register(IdRegister::kIsar1, kCpu)},
    {system_register(3, 0, 0, 6, 2), id_register(IdRegister::kIsar2, kCpu)},
    {system_register(3, 0, 0, 7, 0), id_register(IdRegister::kMmfr0, kCpu)},
    {system_register(3, 0, 0, 7, 2), id_register(IdRegister::kMmfr2, kCpu)},
};
// Linux answers every other register of the ID space (op0 3, op1 0, CRn 0, CRm 1..7) with zero.
constexpr bool in_id_space(std::int64_t id) {
  return (id & ~system_register(0, 0, 0, 7, 7)) == system_register(3, 0, 0, 0, 0) &&
         (id & system_register(0, 0, 0, 7, 0)) != 0;
}
template <Cpu kCpu>
const Fixed* find_fixed(std::int64_t id) {
  for (const Fixed& fixed : kFixed<kCpu>) {
    if (fixed.id == id) return &fixed;
  }
  return nullptr;
}

template <Cpu kCpu>
constexpr auto read_fixed = [](const Uop& u, CpuState& c, const Constant& k) {
  const Fixed* fixed = find_fixed<kCpu>(static_cast<std::int64_t>(k.value));
  c.x[u.rd] = fixed == nullptr ? 0 : fixed->value;
};
constexpr auto read_nzcv = [](const Uop& u, CpuState& c) {
  c.x[u.rd] = std::uint64_t{nzcv_of(c.flags)} << 28U;
};
constexpr auto read_fpcr_register = [](const Uop& u, CpuState& c) { c.x[u.rd] = c.fpcr; };
constexpr auto read_fpsr_register = [](const Uop& u, CpuState& c) { c.x[u.rd] = read_fpsr(c); };
constexpr auto read_tpidr = [](const Uop& u, CpuState& c) { c.x[u.rd] = c.tpidr_el0; };
template <std::uint32_t kBit>
constexpr auto read_pstate = [](const Uop& u, CpuState& c) { c.x[u.rd] = c.pstate & kBit; };

// Exact to the instruction, so that it is the same in every mode, however their runs of handlers are cut:
// the budget has not been charged for this block yet, and the translator says how much of it came before.
const Uop* read_counter(const Uop* uop, CpuState* cpu, std::int64_t budget, std::uint64_t* log,
                        std::byte* memory) {
  constexpr std::uint64_t kMega = 1'000'000;
  static_assert(kCounterHz % kMega == 0);
  const Uop* const following = behind(uop);
  const std::uint64_t now = cpu->clock_at_budget_end - static_cast<std::uint64_t>(budget - following[-1].imm);
  cpu->x[following[-1].rd] = now * (kCounterHz / kMega) / (kInstsPerNanosecond * 1000);
  return next(following, cpu, budget, log, memory);
}

template <Cpu kCpu>
Binding pick_mrs(const Inst& inst, bool log) {
  switch (inst.imm) {
    case kNzcv:
      return plain<read_nzcv>(inst, log);
    case kFpcr:
      return plain<read_fpcr_register>(inst, log);
    case kFpsr:
      return plain<read_fpsr_register>(inst, log);
    case kTpidrEl0:
      return plain<read_tpidr>(inst, log);
    case kDit:
      return plain<read_pstate<kDitBit>>(inst, log);
    case kSsbs:
      return plain<read_pstate<kSsbsBit>>(inst, log);
    case kCntvctEl0:
      return {read_counter};
    case kCntvctssEl0:  // the same in program order, which is the only order here
      return {processor(kCpu).ecv ? read_counter : nullptr};
    default:
      break;
  }
  const bool readable = find_fixed<kCpu>(inst.imm) != nullptr || in_id_space(inst.imm);
  return readable ? extended<read_fixed<kCpu>>(inst, log) : Binding{nullptr};
}

constexpr auto write_nzcv = [](const Uop& u, CpuState& c) {
  c.flags = flags_from_nzcv(static_cast<std::uint32_t>(c.x[u.rd] >> 28U) & 15U);
};
constexpr auto write_fpcr_register = [](const Uop& u, CpuState& c) {
  write_fpcr(c, static_cast<std::uint32_t>(c.x[u.rd]));
};
constexpr auto write_fpsr_register = [](const Uop& u, CpuState& c) {
  write_fpsr(c, static_cast<std::uint32_t>(c.x[u.rd]));
};
template <std::uint32_t kBit>
void set_pstate(CpuState& c, bool value) {
  c.pstate = value ? c.pstate | kBit : c.pstate & ~kBit;
}
template <std::uint32_t kBit>
constexpr auto write_pstate = [](const Uop& u, CpuState& c) { set_pstate<kBit>(c, (c.x[u.rd] & kBit) != 0); };
template <std::uint32_t kBit>
constexpr auto write_pstate_immediate =
    [](const Uop& u, CpuState& c) { set_pstate<kBit>(c, (u.imm & 1) != 0); };
constexpr auto write_tpidr = [](const Uop& u, CpuState& c) { c.tpidr_el0 = c.x[u.rd]; };

Binding pick_msr(const Inst& inst, bool log) {
  switch (inst.imm) {
    case kNzcv:
      return plain<write_nzcv>(inst, log);
    case kFpcr:
      return plain<write_fpcr_register>(inst, log);
    case kFpsr:
      return plain<write_fpsr_register>(inst, log);
    case kTpidrEl0:
      return plain<write_tpidr>(inst, log);
    case kDit:
      return plain<write_pstate<kDitBit>>(inst, log);
    case kSsbs:
      return plain<write_pstate<kSsbsBit>>(inst, log);
    default:
      return {nullptr};
  }
}

// op1:op2 of the fields that a user program may set; the others are undefined for it.
Binding pick_msr_immediate(const Inst& inst, bool log) {
  constexpr unsigned kSsbsField = 0b011'001;
  constexpr unsigned kDitField = 0b011'010;
  if (inst.aux == kSsbsField) return plain<write_pstate_immediate<kSsbsBit>>(inst, log);
  if (inst.aux == kDitField) return plain<write_pstate_immediate<kDitBit>>(inst, log);
  return {nullptr};
}

// op1:CRn:CRm:op2 of the cache operations that Linux allows at user level.
constexpr std::int64_t system_operation(unsigned op1, unsigned crn, unsigned crm, unsigned op2) {
  return std::int64_t{op1} << 11 | std::int64_t{crn} << 7 | std::int64_t{crm} << 3 | op2;
}
constexpr std::int64_t kDcZva = system_operation(3, 7, 4, 1);
constexpr std::int64_t kIcIvau = system_operation(3, 7, 5, 1);
constexpr std::array kDataCacheMaintenance = {
    system_operation(3, 7, 10, 1),  // dc cvac
    system_operation(3, 7, 11, 1),  // dc cvau
    system_operation(3, 7, 12, 1),  // dc cvap
    system_operation(3, 7, 13, 1),  // dc cvadp
    system_operation(3, 7, 14, 1),  // dc civac
};

constexpr std::uint64_t kZvaBytes = 64;  // DCZID_EL0
constexpr auto dc_zva = [](const Uop& u, CpuState& c, auto& m) {
  const std::uint64_t line = c.x[u.rd] & ~(kZvaBytes - 1);
  m.record(line);
  for (std::uint64_t i = 0; i < kZvaBytes; i += sizeof(Vec)) m.template store<Vec>(line + i, Vec{});
};
// By address, and thus a fault where nothing can be read. The data itself is always clean here.
constexpr auto maintain_data = [](const Uop& u, CpuState& c, auto& m) {
  static_cast<void>(m.template load<std::uint8_t>(c.x[u.rd]));
};
constexpr auto ic_ivau = [](const Uop& u, CpuState& c, auto& m) {
  static_cast<void>(m.template load<std::uint8_t>(c.x[u.rd]));
  constexpr std::uint64_t kLine = 64;                     // CTR_EL0.IminLine
  constexpr std::uint64_t kAddress = (UINT64_MAX >> 8U);  // without its tag
  const std::uint64_t line = c.x[u.rd] & kAddress & ~(kLine - 1);
  c.stale_code.add({line, line + kLine});
};
constexpr auto nothing = [](const Uop& /*u*/, CpuState& /*c*/) {};
constexpr auto clear_exclusive = [](const Uop& /*u*/, CpuState& c) { c.exclusive_address = UINT64_MAX; };

Binding pick_sys(const Inst& inst, bool log) {
  if (inst.imm == kDcZva) return memory<dc_zva>(inst, log);
  if (inst.imm == kIcIvau) return memory<ic_ivau>(inst, log);
  for (const std::int64_t operation : kDataCacheMaintenance) {
    if (inst.imm == operation) return memory<maintain_data>(inst, log);
  }
  return {nullptr};
}

// No operation that returns a value is a user program's.
Binding pick_sysl(const Inst& /*inst*/, bool /*log*/) { return {nullptr}; }

template <Cpu kCpu>
constexpr Row kProcessorRows[] = {{Op::kMRS, pick_mrs<kCpu>}};

constexpr Row kRows[] = {
    {Op::kMSR, pick_msr},
    {Op::kMSR_imm, pick_msr_immediate},
    {Op::kSYS, pick_sys},
    {Op::kSYSL, pick_sysl},
    {Op::kCLREX, plain<clear_exclusive>},
    // Barriers: memory is sequential here; what they cost is the timing models' business.
    {Op::kDSB, plain<nothing>},
    {Op::kDMB, plain<nothing>},
    {Op::kSB, plain<nothing>},
    {Op::kHINT, plain<nothing>},
    {Op::kNOP, plain<nothing>},
    {Op::kYIELD, plain<nothing>},
    {Op::kWFE, plain<nothing>},
    {Op::kWFI, plain<nothing>},
    {Op::kSEV, plain<nothing>},
    {Op::kSEVL, plain<nothing>},
    {Op::kDGH, plain<nothing>},
    {Op::kESB, plain<nothing>},
    {Op::kPSB, plain<nothing>},
    {Op::kTSB, plain<nothing>},
    {Op::kCSDB, plain<nothing>},
    {Op::kBTI, plain<nothing>},
};

}  // namespace

std::span<const Row> system_rows() { return kRows; }

std::span<const Row> system_register_rows(Cpu cpu) {
  if (cpu == Cpu::kM1) return kProcessorRows<Cpu::kM1>;
  return kProcessorRows<Cpu::kM2>;
}

}  // namespace m2sim::emu
