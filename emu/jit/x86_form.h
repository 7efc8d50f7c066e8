// What an opcode of the host says before its operands are read.
#pragma once

#include <cstdint>

#include "emu/jit/x86.h"

namespace m2sim::emu {

// What an operand in ModRM's reg or rm field is.
enum class X86Use : std::uint8_t { kNone, kRead, kWrite, kBoth };

struct X86Form {
  bool known = false;
  bool modrm = false;
  std::uint8_t imm_bytes = 0;
  bool byte_reg = false;  // operands of 8 bits
  bool byte_rm = false;
  X86Use reg = X86Use::kNone;  // of general registers
  X86Use rm = X86Use::kNone;
  X86RegSet reads = 0;
  X86RegSet writes = 0;
  bool reads_flags = false;
  bool writes_flags = false;
};

// By prefixes and opcode.
X86Form form_of(const X86Inst& inst);
// Where ModRM's reg field is more of the opcode, and where operands decide.
X86Form refined(X86Form form, const X86Inst& inst);

}  // namespace m2sim::emu
