#include "insts/operands.h"

#include <cassert>

#include "insts/encoding.h"

namespace m2sim::insts {
namespace {

constexpr RegId kZeroRegister = kRegCount;    // no register: left out
constexpr std::int64_t kSysRegNzcv = 0xDA10;  // S3_3_C4_C2_0

std::uint8_t number_of(const RegRole& role, const Inst& inst) {
  switch (role.field) {
    case RegField::kD:
      return inst.rd;
    case RegField::kN:
      return inst.rn;
    case RegField::kM:
      return inst.rm;
    case RegField::kA:
      return inst.ra;
    default:
      return role.number;
  }
}

RegId reg_of(const RegRole& role, const Inst& inst, unsigned index) {
  if (role.field == RegField::kFlags) return kNzcv;
  const unsigned number = (number_of(role, inst) + index) % 32;
  if (role.reg_class == RegClass::kVector) return static_cast<RegId>(kV0 + number);
  if (number == 31 && role.reg_class != RegClass::kS) return kZeroRegister;
  return static_cast<RegId>(number);
}

void add_read(Operands& operands, RegId reg, Role role) {
  if (reg == kZeroRegister) return;
  assert(operands.reads < operands.read_store.size());
  operands.read_store[operands.reads++] = {reg, role};
}

void add_write(Operands& operands, RegId reg) {
  if (reg == kZeroRegister) return;
  assert(operands.writes < operands.written_store.size());
  operands.written_store[operands.writes++] = reg;
}

}  // namespace

Operands operands_of(const Inst& inst) {
  Operands operands;
  if (inst.op == Op::kUndefined) return operands;
  const Encoding& row = encoding_of(inst.op);
  RegId written_base = kZeroRegister;
  for (const RegRole& role : row.roles()) {
    for (unsigned i = 0; i < role.count; ++i) {
      const RegId reg = reg_of(role, inst, i);
      if (role.read) add_read(operands, reg, role.use);
      if (!role.written) continue;
      if (role.use == Role::kBase) {
        written_base = reg;
      } else {
        add_write(operands, reg);
      }
    }
  }
  // The flags as a system register: the only one that is renamed.
  if (inst.op == Op::kMRS && inst.imm == kSysRegNzcv) add_read(operands, kNzcv, Role::kData);
  if (inst.op == Op::kMSR && inst.imm == kSysRegNzcv) add_write(operands, kNzcv);
  if (written_base != kZeroRegister) {
    add_write(operands, written_base);
    operands.writes_base = true;
  }
  operands.memory = memory_of(row, inst);
  // The register of dc zva is an address.
  if (inst.op == Op::kSYS && operands.memory.kind == Access::kStore && operands.reads != 0) {
    operands.read_store[0].role = Role::kBase;
  }
  return operands;
}

TimingClass timing_class_of(Op op) { return encoding_of(op).timing; }

const char* mnemonic_of(Op op) { return encoding_of(op).mnemonic; }

Flow flow_of(Op op) { return encoding_of(op).flow; }

std::optional<std::uint64_t> direct_target(const Inst& inst, std::uint64_t pc) {
  const Flow flow = flow_of(inst.op);
  if (flow != Flow::kJump && flow != Flow::kConditional && flow != Flow::kCall) return std::nullopt;
  return pc + static_cast<std::uint64_t>(inst.imm);
}

const Traits& traits_of(Op op) { return encoding_of(op).traits; }

Extension extension_of(Op op) { return encoding_of(op).extension; }

}  // namespace m2sim::insts
