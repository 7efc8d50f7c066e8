#include "emu/jit/x86_form.h"

namespace m2sim::emu {
namespace {

using Form = X86Form;
using Use = X86Use;

Form modrm(Use reg, Use rm, std::uint8_t imm_bytes = 0) {
  Form form;
  form.known = form.modrm = true;
  form.reg = reg;
  form.rm = rm;
  form.imm_bytes = imm_bytes;
  return form;
}
Form without_modrm(X86RegSet reads, X86RegSet writes, std::uint8_t imm_bytes = 0) {
  Form form;
  form.known = true;
  form.reads = reads;
  form.writes = writes;
  form.imm_bytes = imm_bytes;
  return form;
}
Form of_bytes(Form form) {
  form.byte_reg = form.byte_rm = true;
  return form;
}
Form flags(Form form, bool reads, bool writes) {
  form.reads_flags = reads;
  form.writes_flags = writes;
  return form;
}

std::uint8_t word_imm(const X86Inst& inst) { return inst.operand_size ? 2 : 4; }

Form arithmetic_form(const X86Inst& inst) {
  const unsigned operation = inst.opcode >> 3U;
  const bool compares = operation == 7;
  const bool with_carry = operation == 2 || operation == 3;
  const Use target = compares ? Use::kRead : Use::kBoth;
  Form form;
  switch (inst.opcode & 7U) {
    case 0:
    case 1:
      form = modrm(Use::kRead, target);
      break;
    case 2:
    case 3:
      form = modrm(target, Use::kRead);
      break;
    case 4:
    case 5:
      form = without_modrm(set_of(kRax), compares ? X86RegSet{0} : set_of(kRax),
                           (inst.opcode & 1U) == 0 ? std::uint8_t{1} : word_imm(inst));
      break;
    default:
      return {};
  }
  if ((inst.opcode & 1U) == 0) form = of_bytes(form);
  return flags(form, with_carry, true);
}

// Opcodes from C0 on.
Form later_form(const X86Inst& inst) {
  switch (inst.opcode) {
    case 0xC0:
      return of_bytes(flags(modrm(Use::kNone, Use::kBoth, 1), false, true));
    case 0xC1:
      return flags(modrm(Use::kNone, Use::kBoth, 1), false, true);
    case 0xC3:
      return without_modrm(set_of(kRax), 0);
    case 0xC6:
      return of_bytes(modrm(Use::kNone, Use::kWrite, 1));
    case 0xC7:
      return modrm(Use::kNone, Use::kWrite, word_imm(inst));
    case 0xD1:
      return flags(modrm(Use::kNone, Use::kBoth), false, true);
    case 0xD3: {
      Form form = flags(modrm(Use::kNone, Use::kBoth), false, true);
      form.reads = set_of(kRcx);
      return form;
    }
    case 0xE9:
      return without_modrm(0, 0, 4);
    case 0xEB:
      return without_modrm(0, 0, 1);
    case 0xF5:
      return flags(without_modrm(0, 0), true, true);
    case 0xF6:
      return of_bytes(flags(modrm(Use::kNone, Use::kRead), false, true));
    case 0xF7:
      return flags(modrm(Use::kNone, Use::kRead), false, true);
    case 0xFF:
      return modrm(Use::kNone, Use::kRead);
    default:
      return {};
  }
}

Form one_byte_form(const X86Inst& inst) {
  const std::uint8_t op = inst.opcode;
  if (op < 0x40) return arithmetic_form(inst);
  if (op >= 0x50 && op <= 0x5F) {
    const X86RegSet reg = set_of(inst.low_reg);
    return op < 0x58 ? without_modrm(set_of(kRsp) | reg, set_of(kRsp))
                     : without_modrm(set_of(kRsp), set_of(kRsp) | reg);
  }
  if (op >= 0x70 && op <= 0x7F) return flags(without_modrm(0, 0, 1), true, false);
  if (op >= 0xB8 && op <= 0xBF) {
    return without_modrm(0, set_of(inst.low_reg), inst.wide ? std::uint8_t{8} : word_imm(inst));
  }
  switch (op) {
    case 0x63:
      return modrm(Use::kWrite, Use::kRead);
    case 0x69:
      return flags(modrm(Use::kWrite, Use::kRead, word_imm(inst)), false, true);
    case 0x6B:
      return flags(modrm(Use::kWrite, Use::kRead, 1), false, true);
    case 0x80:
      return of_bytes(flags(modrm(Use::kNone, Use::kBoth, 1), false, true));
    case 0x81:
      return flags(modrm(Use::kNone, Use::kBoth, word_imm(inst)), false, true);
    case 0x83:
      return flags(modrm(Use::kNone, Use::kBoth, 1), false, true);
    case 0x84:
      return of_bytes(flags(modrm(Use::kRead, Use::kRead), false, true));
    case 0x85:
      return flags(modrm(Use::kRead, Use::kRead), false, true);
    case 0x88:
      return of_bytes(modrm(Use::kRead, Use::kWrite));
    case 0x89:
      return modrm(Use::kRead, Use::kWrite);
    case 0x8A:
      return of_bytes(modrm(Use::kWrite, Use::kRead));
    case 0x8B:
      return modrm(Use::kWrite, Use::kRead);
    case 0x8D:
      return modrm(Use::kWrite, Use::kNone);
    case 0x90:
      return inst.repeat != 0 || inst.low_reg != 0 ? Form{} : without_modrm(0, 0);
    case 0x98:
      return without_modrm(set_of(kRax), set_of(kRax));
    case 0x99:
      return without_modrm(set_of(kRax), set_of(kRdx));
    case 0x9F:
      return flags(without_modrm(set_of(kRax), set_of(kRax)), true, false);
    case 0xA8:
      return flags(without_modrm(set_of(kRax), 0, 1), false, true);
    case 0xA9:
      return flags(without_modrm(set_of(kRax), 0, word_imm(inst)), false, true);
    default:
      return later_form(inst);
  }
}

// SSE and AVX, encoded either way.
Form vector_form_0f(const X86Inst& inst) {
  const std::uint8_t op = inst.opcode;
  const bool scalar = inst.repeat != 0;
  switch (op) {
    case 0x2A:
      return scalar ? modrm(Use::kNone, Use::kRead) : Form{};
    case 0x2C:
    case 0x2D:
      return scalar ? modrm(Use::kWrite, Use::kNone) : Form{};
    case 0x2E:
    case 0x2F:
      return flags(modrm(Use::kNone, Use::kNone), false, true);
    case 0x50:
    case 0xD7:
      return modrm(Use::kWrite, Use::kNone);
    case 0x6E:
      return inst.operand_size ? modrm(Use::kNone, Use::kRead) : Form{};
    case 0x7E:
      if (inst.repeat == 0xF3) return modrm(Use::kNone, Use::kNone);
      return inst.operand_size ? modrm(Use::kNone, Use::kWrite) : Form{};
    case 0x77:
      return inst.vex ? without_modrm(0, 0) : Form{};
    case 0xC4:
      return modrm(Use::kNone, Use::kRead, 1);
    case 0xC5:
      return modrm(Use::kWrite, Use::kNone, 1);
    case 0xC2:
    case 0xC6:
    case 0x70:
    case 0x71:
    case 0x72:
    case 0x73:
      return modrm(Use::kNone, Use::kNone, 1);
    case 0xF7:
      return {};
    default:
      break;
  }
  const bool known = (op >= 0x10 && op <= 0x17) || op == 0x28 || op == 0x29 || op == 0x2B ||
                     (op >= 0x51 && op <= 0x76) || op == 0x7C || op == 0x7D || op == 0x7F ||
                     (op >= 0xD0 && op <= 0xFE);
  return known ? modrm(Use::kNone, Use::kNone) : Form{};
}

Form form_0f(const X86Inst& inst) {
  const std::uint8_t op = inst.opcode;
  if (op >= 0x40 && op <= 0x4F) return flags(modrm(Use::kBoth, Use::kRead), true, false);
  if (op >= 0x80 && op <= 0x8F) return flags(without_modrm(0, 0, 4), true, false);
  if (op >= 0x90 && op <= 0x9F) {
    Form form = flags(modrm(Use::kNone, Use::kWrite), true, false);
    form.byte_rm = true;
    return form;
  }
  if (op >= 0xC8 && op <= 0xCF) {
    const X86RegSet reg = set_of(inst.low_reg);
    return without_modrm(reg, reg);
  }
  switch (op) {
    case 0x1F:
      return modrm(Use::kNone, Use::kNone);
    case 0xA3:
      return inst.memory.used ? Form{} : flags(modrm(Use::kRead, Use::kRead), false, true);
    case 0xAC:
    case 0xA4:
      return flags(modrm(Use::kRead, Use::kBoth, 1), false, true);
    case 0xAF:
      return flags(modrm(Use::kBoth, Use::kRead), false, true);
    case 0xB6:
    case 0xBE: {
      Form form = modrm(Use::kWrite, Use::kRead);
      form.byte_rm = true;
      return form;
    }
    case 0xB7:
    case 0xBF:
      return modrm(Use::kWrite, Use::kRead);
    case 0xB8:
    case 0xBC:
    case 0xBD:
      // popcnt, tzcnt, lzcnt; without the prefix bsf and bsr, which may leave their target alone.
      return flags(modrm(Use::kBoth, Use::kRead), false, true);
    case 0xBA:
      return flags(modrm(Use::kNone, Use::kBoth, 1), false, true);
    default:
      return vector_form_0f(inst);
  }
}

Form form_0f38(const X86Inst& inst) {
  const std::uint8_t op = inst.opcode;
  if (op == 0xF0 || op == 0xF1) {
    if (inst.repeat != 0xF2) return {};
    Form form = modrm(Use::kBoth, Use::kRead);  // crc32
    form.byte_rm = op == 0xF0;
    return form;
  }
  const bool vector = op < 0x80 || (op >= 0x96 && op <= 0xBF) || (op >= 0xC8 && op <= 0xDF);
  return vector && op != 0x2E && op != 0x2F ? modrm(Use::kNone, Use::kNone) : Form{};
}

Form form_0f3a(const X86Inst& inst) {
  const std::uint8_t op = inst.opcode;
  if (op >= 0x14 && op <= 0x17) return modrm(Use::kNone, Use::kWrite, 1);
  if (op == 0x20 || op == 0x22) return modrm(Use::kNone, Use::kRead, 1);
  if (op == 0x19 || op == 0x39) return modrm(Use::kNone, Use::kNone, 1);
  if (op == 0x1D || (op >= 0x60 && op <= 0x63)) return {};
  return modrm(Use::kNone, Use::kNone, 1);
}

Form bmi_form(const X86Inst& inst) {
  const X86RegSet third = set_of(inst.vex_reg);
  Form form = modrm(Use::kWrite, Use::kRead);
  form.reads = third;
  switch (inst.opcode) {
    case 0xF2:
      return flags(form, false, true);
    case 0xF3:
      form = flags(modrm(Use::kNone, Use::kRead), false, true);
      form.writes = third;
      return form;
    case 0xF5:
      form.writes_flags = inst.repeat == 0;
      return form;
    case 0xF6:
      if (inst.repeat != 0xF2) return {};
      form.reads = set_of(kRdx);
      form.writes = third;
      return form;
    case 0xF7:
      form.writes_flags = inst.repeat == 0 && !inst.operand_size;
      return form;
    default:
      return {};
  }
}

Form vex_form(const X86Inst& inst) {
  const std::uint8_t op = inst.opcode;
  if (inst.map == X86Map::k0F) return op >= 0x40 && op <= 0x4F ? Form{} : vector_form_0f(inst);
  if (inst.map == X86Map::k0F3A) return op == 0xF0 ? modrm(Use::kWrite, Use::kRead, 1) : form_0f3a(inst);
  if (op >= 0xF0) return bmi_form(inst);
  return form_0f38(inst);
}

Form group3(Form form, const X86Inst& inst) {
  const unsigned more = inst.reg & 7U;
  const bool bytes = inst.opcode == 0xF6;
  if (more < 2) {
    form.imm_bytes = bytes ? std::uint8_t{1} : word_imm(inst);
    return form;
  }
  if (more == 2) {
    form.rm = Use::kBoth;
    form.writes_flags = false;
    return form;
  }
  if (more == 3) {
    form.rm = Use::kBoth;
    return form;
  }
  if (bytes) return {};
  form.reads = static_cast<X86RegSet>(set_of(kRax) | (more >= 6 ? set_of(kRdx) : 0));
  form.writes = static_cast<X86RegSet>(set_of(kRax) | set_of(kRdx));
  return form;
}

}  // namespace

X86Form form_of(const X86Inst& inst) {
  if (inst.vex) return vex_form(inst);
  switch (inst.map) {
    case X86Map::kOneByte:
      return one_byte_form(inst);
    case X86Map::k0F:
      return form_0f(inst);
    case X86Map::k0F38:
      return form_0f38(inst);
    default:
      return form_0f3a(inst);
  }
}

X86Form refined(Form form, const X86Inst& inst) {
  if (inst.vex || inst.map == X86Map::k0F38 || inst.map == X86Map::k0F3A) return form;
  const unsigned more = inst.reg & 7U;
  if (inst.map == X86Map::k0F) {
    if (inst.opcode == 0xA3 && inst.memory.used) return {};
    if (inst.opcode != 0xBA) return form;
    if (more < 4) return {};
    if (more == 4) form.rm = Use::kRead;
    return form;
  }
  switch (inst.opcode) {
    case 0x80:
    case 0x81:
    case 0x83:
      if (more == 7) form.rm = Use::kRead;
      form.reads_flags = more == 2 || more == 3;
      return form;
    case 0xC0:
    case 0xC1:
    case 0xD1:
    case 0xD3:
      // rcl and rcr take the carry.
      return more == 2 || more == 3 || more == 6 ? Form{} : form;
    case 0xF6:
    case 0xF7:
      return group3(form, inst);
    case 0xFF:
      if (more == 4) return form;  // jmp
      return {};
    default:
      return form;
  }
}

}  // namespace m2sim::emu
