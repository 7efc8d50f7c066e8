// Instructions of an x86-64 host, as far as compiled handlers contain them: read, changed, written again.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace m2sim::emu {

// Numbers of general registers, as encoded.
enum X86Reg : std::uint8_t {
  kRax,
  kRcx,
  kRdx,
  kRbx,
  kRsp,
  kRbp,
  kRsi,
  kRdi,
  kR8,
  kR9,
  kR10,
  kR11,
  kR12,
  kR13,
  kR14,
  kR15
};
inline constexpr unsigned kX86Regs = 16;
inline constexpr std::uint8_t kNoReg = 0xFF;

// Sets of general registers, one bit each.
using X86RegSet = std::uint16_t;
constexpr X86RegSet set_of(unsigned reg) { return static_cast<X86RegSet>(1U << reg); }

enum class X86Map : std::uint8_t { kOneByte, k0F, k0F38, k0F3A };

// base + index * 2^scale + disp, or an absolute address, which is encoded relative to the instruction.
struct X86Memory {
  bool used = false;
  bool absolute = false;  // disp is the address, there are no registers
  std::uint8_t base = kNoReg;
  std::uint8_t index = kNoReg;
  std::uint8_t scale = 0;
  std::int64_t disp = 0;
};

struct X86Inst {
  X86Map map = X86Map::kOneByte;
  std::uint8_t opcode = 0;
  bool operand_size = false;  // prefix 66
  std::uint8_t repeat = 0;    // prefix F2 or F3, or 0
  bool high_byte = false;     // names ah, ch, dh or bh, which is not possible beside a REX prefix
  bool rex = false;           // has one, whose presence changes the names of byte registers
  bool wide = false;          // REX.W or VEX.W
  bool vex = false;
  bool vex_256 = false;
  std::uint8_t vex_reg = 0;  // the third operand
  bool has_modrm = false;
  std::uint8_t reg = 0;      // operand, or more of the opcode
  std::uint8_t rm = 0;       // operand, unless in memory
  std::uint8_t low_reg = 0;  // that the opcode's last three bits name
  X86Memory memory;
  std::uint8_t imm_bytes = 0;
  std::int64_t imm = 0;  // sign-extended; of a jump, what is added to the address behind it
  std::uint8_t length = 0;

  // What it does with general registers, its address apart, and with the flags.
  X86RegSet reads = 0;
  X86RegSet writes = 0;
  bool reads_flags = false;
  bool writes_flags = false;

  unsigned operand_bytes() const { return wide ? 8 : operand_size ? 2 : 4; }
  bool is(X86Map in_map, std::uint8_t code) const { return !vex && map == in_map && opcode == code; }
};

// Nothing for what handlers are not expected to contain. `code` is that of a function: it is read as far as
// the instruction reaches.
std::optional<X86Inst> decode_x86(const std::byte* code);

inline constexpr std::size_t kMostX86Bytes = 15;

// Writes the instruction as it stands at `at`, where it is to execute; nothing when an operand does not fit.
// Jumps are not for this. Returns the number of bytes.
std::size_t encode_x86(const X86Inst& inst, std::byte* at);

}  // namespace m2sim::emu
