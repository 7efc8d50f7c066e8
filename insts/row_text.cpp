#include "insts/row_text.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "insts/bits.h"
#include "insts/encoding.h"
#include "insts/imm_text.h"
#include "insts/vector_shape.h"

namespace m2sim::insts {
namespace {

bool is_by_element(Imm imm) {
  return imm == Imm::kSimdIndexH || imm == Imm::kSimdIndexS || imm == Imm::kSimdIndexD ||
         imm == Imm::kSimdIndexB4;
}

struct Writer {
  const Encoding& row;
  const Inst& inst;
  std::uint32_t word;
  VectorShape shape = vector_shape(inst);

  std::string vector(RegField field, unsigned number) const;
  bool is_wide(const RegRole& role) const;
  std::string general(RegClass reg_class, unsigned number, bool wide) const;
  std::string reg(const RegRole& role, unsigned index) const;
  std::string address(const RegRole& base, const RegRole* index) const;
  std::string operands(std::uint64_t pc) const;
};

std::string Writer::vector(RegField field, unsigned number) const {
  if (field == RegField::kM && is_by_element(row.imm)) {
    return fmt::format("v{}.{}[{}]", number, shape.element, inst.imm);
  }
  const std::string_view arrangement = shape.of(field);
  if (arrangement.empty()) return fmt::format("v{}", number);
  if (arrangement.size() == 1) return fmt::format("{}{}", arrangement, number);
  return fmt::format("v{}.{}", number, arrangement);
}

std::string Writer::general(RegClass reg_class, unsigned number, bool wide) const {
  if (number != 31) return fmt::format("{}{}", wide ? 'x' : 'w', number);
  if (reg_class == RegClass::kS) return wide ? "sp" : "wsp";
  return wide ? "xzr" : "wzr";
}

std::string Writer::reg(const RegRole& role, unsigned index) const {
  const std::array<std::uint8_t, 4> numbers = {inst.rd, inst.rn, inst.rm, inst.ra};
  const unsigned number = (numbers[static_cast<std::size_t>(role.field)] + index) % 32;
  if (role.reg_class == RegClass::kVector) return vector(role.field, number);
  return general(role.reg_class, number, is_wide(role));
}

bool Writer::is_wide(const RegRole& role) const {
  if (role.use == Role::kBase || row.imm == Imm::kMemS10) return true;
  if (role.reg_class == RegClass::kW || shape.narrow_general) return false;
  if (role.use == Role::kIndex) return row.imm != Imm::kMemReg || (inst.aux & 1U) != 0;
  if (row.imm == Imm::kExtend && role.field == RegField::kM) return (inst.aux & 3U) == 3;
  if (row.imm == Imm::kTest14) return inst.aux >= 32;
  return row.wide_mask == 0 || shape.wide_general || inst.wide();
}

// Bits 11 (one register) and 24 (pairs) tell pre- from post-indexed where the base is written back.
bool is_pre_indexed(Imm imm, std::uint32_t word) {
  switch (imm) {
    case Imm::kMemS9:
      return bits(word, 11, 1) != 0;
    case Imm::kMemS7:
      return bits(word, 24, 1) != 0;
    default:
      return true;
  }
}

std::string Writer::address(const RegRole& base, const RegRole* index) const {
  const std::string start = reg(base, 0);
  const std::string offset = offset_text(row, inst, index != nullptr ? reg(*index, 0) : "");
  if (!base.written) return fmt::format("[{}{}]", start, offset);
  if (row.imm == Imm::kMemS9 || row.imm == Imm::kMemS7 || row.imm == Imm::kMemS10) {
    const char* format = is_pre_indexed(row.imm, word) ? "[{}{}]!" : "[{}]{}";
    return fmt::format(fmt::runtime(format), start, offset.empty() ? ", #0" : offset);
  }
  if (index != nullptr) return fmt::format("[{}], {}", start, reg(*index, 0));
  return fmt::format("[{}], #{}", start, memory_of(row, inst).bytes());
}

std::string Writer::operands(std::uint64_t pc) const {
  std::string text;
  const auto add = [&text](const std::string& part) {
    if (part.empty()) return;
    if (!text.empty()) text += ", ";
    text += part;
  };
  const RegRole* base = nullptr;
  const RegRole* index = nullptr;
  if (inst.op == Op::kMSR) add(system_register_text(static_cast<std::uint32_t>(inst.imm)));
  if (row.memory.kind == Access::kPrefetch) add(fmt::format("#{}", bits(word, 0, 5)));
  for (const RegRole& role : row.roles()) {
    if (role.field == RegField::kFixed || role.field == RegField::kFlags) continue;
    if (role.use == Role::kBase) {
      base = &role;
    } else if (role.use == Role::kIndex) {
      index = &role;
    } else {
      for (unsigned i = 0; i < role.count; ++i) add(reg(role, i));
    }
  }
  if (inst.op == Op::kMRS) add(system_register_text(static_cast<std::uint32_t>(inst.imm)));
  if (base != nullptr) add(address(*base, index));
  add(imm_text(row, inst, pc));
  if (shape.compares_zero) add("#0.0");
  return text;
}

}  // namespace

std::string row_text(const Inst& inst, std::uint32_t word, std::uint64_t pc) {
  const Encoding& row = encoding_of(inst.op);
  const Writer writer{row, inst, word};
  const std::string operands = writer.operands(pc);
  const char* condition = inst.op == Op::kB_cond ? condition_name(inst.aux) : "";
  const std::string_view mnemonic = inst.op == Op::kB_cond ? "b." : row.mnemonic;
  return fmt::format("{}{}{}{}", mnemonic, condition, operands.empty() ? "" : " ", operands);
}

}  // namespace m2sim::insts
