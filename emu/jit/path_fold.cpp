// What an instruction does to known values is done here, once; what then is left of it is appended.

#include <bit>
#include <utility>

#include "emu/jit/path.h"

namespace m2sim::emu {
namespace {

using Kind = KnownValue::Kind;

// Arithmetic of two operands, as opcodes 01 to 3B and the extended opcodes of 81 number it.
enum Operation : unsigned { kAdd, kOr, kAdc, kSbb, kAnd, kSub, kXor, kCmp };
// Shifts, as the extended opcodes of C1 number them.
enum Shift : unsigned { kShl = 4, kShr = 5, kSar = 7 };

KnownValue constant(std::uint64_t number, bool wide) {
  return {Kind::kConstant, false,
          static_cast<std::int64_t>(wide ? number : static_cast<std::uint32_t>(number))};
}

bool fits_imm(std::int64_t number, bool wide) { return !wide || number == static_cast<std::int32_t>(number); }

std::int64_t extended(std::int64_t number, unsigned bytes, bool is_signed) {
  const unsigned drop = 64 - 8 * bytes;
  const std::uint64_t high = static_cast<std::uint64_t>(number) << drop;
  return is_signed ? static_cast<std::int64_t>(high) >> drop : static_cast<std::int64_t>(high >> drop);
}

std::uint64_t shifted(unsigned operation, std::uint64_t number, unsigned count, bool wide) {
  if (operation == kShl) return number << count;
  if (operation == kShr) return (wide ? number : static_cast<std::uint32_t>(number)) >> count;
  return wide ? static_cast<std::uint64_t>(static_cast<std::int64_t>(number) >> count)
              : static_cast<std::uint64_t>(
                    static_cast<std::int64_t>(static_cast<std::int32_t>(number) >> count));
}

// `operation` by an immediate, on what `like` has as its register or memory operand `rm`.
X86Inst with_immediate(const X86Inst& like, std::uint8_t opcode, unsigned operation, std::int64_t imm,
                       std::uint8_t imm_bytes) {
  X86Inst x;
  x.opcode = opcode;
  x.wide = like.wide;
  x.operand_size = like.operand_size;
  x.has_modrm = true;
  x.reg = static_cast<std::uint8_t>(operation);
  x.rm = like.rm;
  x.memory = like.memory;
  x.imm = imm;
  x.imm_bytes = imm_bytes;
  return x;
}
X86Inst arithmetic_by(const X86Inst& like, unsigned operation, std::int64_t imm) {
  const auto narrow = static_cast<std::int32_t>(imm);
  const bool small = narrow == static_cast<std::int8_t>(narrow);
  return with_immediate(like, small ? 0x83 : 0x81, operation, narrow, small ? 1 : 4);
}
X86Inst to_register(std::uint8_t opcode, std::uint8_t reg, const X86Inst& like) {
  X86Inst x;
  x.opcode = opcode;
  x.wide = like.wide;
  x.has_modrm = true;
  x.reg = reg;
  x.rm = like.rm;
  x.memory = like.memory;
  return x;
}

}  // namespace

// False: nothing is known that helps, and nothing was changed but registers that an address needs.
bool PathMaker::fold(const X86Inst& x, const std::byte* following) {
  const X86Memory memory = x.memory.used ? resolved(x.memory) : X86Memory{};
  if (x.vex) return x.map == X86Map::k0F38 && x.opcode == 0xF7 && fold_shift(x, memory, following);
  if (x.operand_size || x.repeat != 0) return false;
  if (fold_load(x, memory)) return true;
  if (x.map != X86Map::kOneByte) return false;
  return fold_move(x, memory) || fold_arithmetic(x, memory) || fold_immediate(x) ||
         fold_shift(x, memory, following);
}

// mov, movzx, movsx of what is known into a register.
bool PathMaker::fold_load(const X86Inst& x, const X86Memory& memory) {
  struct Load {
    unsigned bytes;
    bool is_signed;
  };
  Load load{};
  if (x.is(X86Map::kOneByte, 0x8B)) load = {x.operand_bytes(), false};
  if (x.is(X86Map::kOneByte, 0x63)) load = {4, true};
  if (x.is(X86Map::k0F, 0xB6)) load = {1, false};
  if (x.is(X86Map::k0F, 0xB7)) load = {2, false};
  if (x.is(X86Map::k0F, 0xBE)) load = {1, true};
  if (x.is(X86Map::k0F, 0xBF)) load = {2, true};
  if (load.bytes == 0) return false;
  KnownValue from;
  if (memory.used) {
    const std::optional<KnownValue> known = known_at(memory, load.bytes);
    if (!known) return false;
    from = *known;
  } else {
    const bool high_byte = load.bytes == 1 && !x.rex && x.rm >= 4 && x.rm < 8;
    if (high_byte) return false;
    from = value(x.rm);
  }
  if (from.kind == Kind::kConstant) {
    const std::int64_t number = extended(from.number, load.bytes, load.is_signed);
    set(x.reg, constant(static_cast<std::uint64_t>(number), x.wide));
    return true;
  }
  if (from.kind == Kind::kNothing || load.bytes != 8) return false;
  from.in_register = false;
  set(x.reg, from);
  return true;
}

bool PathMaker::fold_move(const X86Inst& x, const X86Memory& memory) {
  switch (x.opcode) {
    case 0x89: {
      KnownValue from = value(x.reg);
      if (from.kind == Kind::kNothing) return false;
      if (!memory.used) {
        if (from.kind == Kind::kConstant) {
          set(x.rm, constant(static_cast<std::uint64_t>(from.number), x.wide));
          return true;
        }
        if (!x.wide) return false;
        from.in_register = false;
        set(x.rm, from);
        return true;
      }
      if (from.kind != Kind::kConstant || !fits_imm(from.number, x.wide)) return false;
      X86Inst store = with_immediate(x, 0xC7, 0, static_cast<std::int32_t>(from.number), 4);
      return emit(store);
    }
    case 0x8D:
      if (!x.wide) return false;
      if (memory.absolute) {
        set(x.reg, constant(static_cast<std::uint64_t>(memory.disp), true));
        return true;
      }
      if (memory.index != kNoReg || value(memory.base).kind != Kind::kCpu) return false;
      set(x.reg, {Kind::kCpu, false, value(memory.base).number + memory.disp});
      return true;
    case 0x98:
      if (!is_constant(kRax)) return false;
      set(kRax,
          constant(static_cast<std::uint64_t>(extended(value(kRax).number, x.wide ? 4 : 2, true)), x.wide));
      return true;
    case 0xC7:
      if (memory.used) return false;
      set(x.rm, constant(static_cast<std::uint64_t>(x.imm), x.wide));
      return true;
    default:
      if (x.opcode < 0xB8 || x.opcode > 0xBF) return false;
      set(x.low_reg, constant(static_cast<std::uint64_t>(x.imm), x.wide));
      return true;
  }
}

// A register by a known value; false where the result is not known.
bool PathMaker::combine(unsigned operation, std::uint8_t target, const KnownValue& by, bool wide) {
  const KnownValue& from = value(target);
  const auto a = static_cast<std::uint64_t>(from.number);
  const auto b = static_cast<std::uint64_t>(by.number);
  const bool adds = operation == kAdd || operation == kSub;
  KnownValue result;
  if (from.kind == Kind::kConstant && by.kind == Kind::kConstant) {
    const std::array<std::uint64_t, 8> results = {a + b, a | b, 0, 0, a & b, a - b, a ^ b, 0};
    if (operation == kAdc || operation == kSbb || operation == kCmp) return false;
    result = constant(results[operation], wide);
  } else if (wide && adds && from.kind == Kind::kCpu && by.kind == Kind::kConstant) {
    result = {Kind::kCpu, false, static_cast<std::int64_t>(operation == kAdd ? a + b : a - b)};
  } else if (wide && operation == kAdd && from.kind == Kind::kConstant && by.kind == Kind::kCpu) {
    result = {Kind::kCpu, false, static_cast<std::int64_t>(a + b)};
  } else {
    return false;
  }
  set(target, result);
  state_.flags_valid = false;
  return true;
}

// Opcodes 01 to 3B, and test: one operand that is known becomes an immediate.
bool PathMaker::fold_arithmetic(const X86Inst& x, const X86Memory& memory) {
  const bool tests = x.opcode == 0x85;
  const unsigned form = x.opcode & 7U;
  if (!tests && (x.opcode >= 0x40 || (form != 1 && form != 3))) return false;
  const unsigned operation = x.opcode >> 3U;
  if (form == 3 && !tests) {
    // reg by rm
    if (!memory.used && value(x.rm).kind != Kind::kNothing) {
      if (combine(operation, x.reg, value(x.rm), x.wide)) return true;
      if (!is_constant(x.rm) || !fits_imm(value(x.rm).number, x.wide)) return false;
      X86Inst y = arithmetic_by(x, operation, value(x.rm).number);
      y.rm = x.reg;
      y.reads = set_of(x.reg);
      y.writes = operation == kCmp ? X86RegSet{0} : set_of(x.reg);
      y.reads_flags = x.reads_flags;
      y.writes_flags = true;
      return emit(y);
    }
    // A sum with something known: what is not known first.
    if (operation != kAdd || !is_constant(x.reg) || !fits_imm(value(x.reg).number, x.wide)) return false;
    const std::int64_t number = value(x.reg).number;
    X86Inst load = to_register(0x8B, x.reg, x);
    load.reads = memory.used ? X86RegSet{0} : set_of(x.rm);
    load.writes = set_of(x.reg);
    if (!emit(load)) return false;
    state_.flags_valid = false;
    if (number == 0) return true;
    X86Inst y = arithmetic_by(x, kAdd, number);
    y.memory = {};
    y.rm = x.reg;
    y.reads = y.writes = set_of(x.reg);
    y.writes_flags = true;
    return emit(y);
  }
  // rm by reg
  if (operation == kXor && !memory.used && x.reg == x.rm && !tests) {
    set(x.rm, constant(0, true));
    state_.flags_valid = false;
    return true;
  }
  if (value(x.reg).kind == Kind::kNothing) return false;
  if (!tests && !memory.used && combine(operation, x.rm, value(x.reg), x.wide)) return true;
  if (!is_constant(x.reg) || !fits_imm(value(x.reg).number, x.wide) || x.reg == x.rm) return false;
  X86Inst y = tests ? with_immediate(x, 0xF7, 0, static_cast<std::int32_t>(value(x.reg).number), 4)
                    : arithmetic_by(x, operation, value(x.reg).number);
  const bool reads_only = tests || operation == kCmp;
  y.reads = memory.used ? X86RegSet{0} : set_of(x.rm);
  y.writes = reads_only ? X86RegSet{0} : y.reads;
  y.reads_flags = x.reads_flags;
  y.writes_flags = true;
  return emit(y);
}

// Arithmetic by an immediate, negation and complement of a register that is known.
bool PathMaker::fold_immediate(const X86Inst& x) {
  if (x.memory.used) return false;
  const unsigned operation = x.reg & 7U;
  switch (x.opcode) {
    case 0x81:
    case 0x83:
      return combine(operation, x.rm, {Kind::kConstant, false, x.imm}, x.wide);
    case 0xF7: {
      if (!is_constant(x.rm) || (operation != 2 && operation != 3)) return false;
      const auto number = static_cast<std::uint64_t>(value(x.rm).number);
      set(x.rm, constant(operation == 2 ? ~number : 0 - number, x.wide));
      if (operation == 3) state_.flags_valid = false;
      return true;
    }
    default:
      return false;
  }
}

// Shifts of what is known, or by a known count.
bool PathMaker::fold_shift(const X86Inst& x, const X86Memory& memory, const std::byte* following) {
  const unsigned mask = x.wide ? 63 : 31;
  unsigned operation = x.reg & 7U;
  if (x.vex) {
    // shlx, shrx, sarx leave the flags alone.
    if (!is_constant(x.vex_reg) || (!x.operand_size && x.repeat == 0)) return false;
    operation = x.operand_size ? kShl : x.repeat == 0xF2 ? kShr : kSar;
    const unsigned count = static_cast<unsigned>(value(x.vex_reg).number) & mask;
    if (!memory.used && is_constant(x.rm)) {
      set(x.reg, constant(shifted(operation, static_cast<std::uint64_t>(value(x.rm).number), count, x.wide),
                          x.wide));
      return true;
    }
    if (state_.flags_valid && !flags_are_dead(following)) return false;
    X86Inst load = to_register(0x8B, x.reg, x);
    load.reads = memory.used ? X86RegSet{0} : set_of(x.rm);
    load.writes = set_of(x.reg);
    // A move of 32 bits to itself clears the upper half.
    const bool moves = memory.used || x.rm != x.reg || !x.wide;
    if (moves && !emit(load)) return false;
    if (count == 0) return true;
    X86Inst y = with_immediate(load, 0xC1, operation, static_cast<std::int64_t>(count), 1);
    y.memory = {};
    y.rm = x.reg;
    y.reads = y.writes = set_of(x.reg);
    y.writes_flags = true;
    if (!emit(y)) return false;
    state_.flags_valid = false;
    return true;
  }
  unsigned count = 0;
  if (x.opcode == 0xC1) {
    count = static_cast<unsigned>(x.imm) & mask;
  } else if (x.opcode == 0xD1) {
    count = 1;
  } else if (x.opcode == 0xD3 && is_constant(kRcx)) {
    count = static_cast<unsigned>(value(kRcx).number) & mask;
  } else {
    return false;
  }
  const bool plain = operation == kShl || operation == kShr || operation == kSar;
  if (plain && !memory.used && is_constant(x.rm)) {
    set(x.rm,
        constant(shifted(operation, static_cast<std::uint64_t>(value(x.rm).number), count, x.wide), x.wide));
    state_.flags_valid = false;
    return true;
  }
  if (x.opcode != 0xD3) return false;
  X86Inst y = with_immediate(x, 0xC1, operation, static_cast<std::int64_t>(count), 1);
  y.reads = y.writes = memory.used ? X86RegSet{0} : set_of(x.rm);
  y.writes_flags = true;
  return emit(y);
}

}  // namespace m2sim::emu
