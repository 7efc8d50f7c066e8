#include <cstring>

#include "emu/jit/x86.h"
#include "emu/jit/x86_form.h"

namespace m2sim::emu {
namespace {

class Reader {
 public:
  explicit Reader(const std::byte* code) : begin_(code), at_(code) {}

  std::optional<X86Inst> read() {
    if (!read_prefixes()) return {};
    inst_.low_reg = static_cast<std::uint8_t>((inst_.opcode & 7U) | ((rex_ & 1U) << 3U));
    const X86Form form = form_of(inst_);
    if (!form.known) return {};
    if (form.modrm) read_modrm();
    read_immediate(form);
    const X86Form whole = refined(form, inst_);
    if (!whole.known) return {};
    if (whole.imm_bytes != form.imm_bytes) {
      inst_.imm_bytes = whole.imm_bytes;
      read_immediate(whole);
    }
    note_uses(whole);
    inst_.length = static_cast<std::uint8_t>(at_ - begin_);
    if (rip_relative_) inst_.memory.disp += reinterpret_cast<std::intptr_t>(at_);
    return inst_;
  }

 private:
  std::uint8_t peek() const { return static_cast<std::uint8_t>(*at_); }
  std::uint8_t byte() { return static_cast<std::uint8_t>(*at_++); }

  bool read_prefixes() {
    for (;; ++at_) {
      const std::uint8_t b = peek();
      if (b == 0x66) {
        inst_.operand_size = true;
      } else if (b == 0xF2 || b == 0xF3) {
        inst_.repeat = b;
      } else {
        break;
      }
    }
    const std::uint8_t b = peek();
    if (b == 0xC4 || b == 0xC5) return read_vex();
    if ((b & 0xF0U) == 0x40) {
      inst_.rex = true;
      rex_ = byte();
      inst_.wide = (rex_ & 8U) != 0;
    }
    inst_.opcode = byte();
    if (inst_.opcode == 0x0F) {
      inst_.map = X86Map::k0F;
      inst_.opcode = byte();
      if (inst_.opcode == 0x38 || inst_.opcode == 0x3A) {
        inst_.map = inst_.opcode == 0x38 ? X86Map::k0F38 : X86Map::k0F3A;
        inst_.opcode = byte();
      }
    }
    return true;
  }

  bool read_vex() {
    if (inst_.operand_size || inst_.repeat != 0) return false;
    inst_.vex = true;
    const bool three = byte() == 0xC4;
    std::uint8_t b = byte();
    rex_ = (b & 0x80U) == 0 ? 4 : 0;
    inst_.map = X86Map::k0F;
    if (three) {
      if ((b & 0x40U) == 0) rex_ |= 2;
      if ((b & 0x20U) == 0) rex_ |= 1;
      const unsigned map = b & 0x1FU;
      if (map < 1 || map > 3) return false;
      inst_.map = static_cast<X86Map>(map);
      b = byte();
      inst_.wide = (b & 0x80U) != 0;
    }
    inst_.vex_reg = static_cast<std::uint8_t>((~static_cast<unsigned>(b) >> 3U) & 15U);
    inst_.vex_256 = (b & 4U) != 0;
    constexpr std::array<std::uint8_t, 4> kPrefix = {0, 0x66, 0xF3, 0xF2};
    const std::uint8_t prefix = kPrefix[b & 3U];
    inst_.operand_size = prefix == 0x66;
    inst_.repeat = prefix == 0x66 ? 0 : prefix;
    inst_.opcode = byte();
    return true;
  }

  void read_modrm() {
    inst_.has_modrm = true;
    const unsigned modrm = byte();
    const unsigned mod = modrm >> 6U;
    const unsigned rm = modrm & 7U;
    inst_.reg = static_cast<std::uint8_t>((modrm >> 3U & 7U) | ((rex_ & 4U) << 1U));
    if (mod == 3) {
      inst_.rm = static_cast<std::uint8_t>(rm | ((rex_ & 1U) << 3U));
      return;
    }
    X86Memory& m = inst_.memory;
    m.used = true;
    unsigned base = rm;
    if (rm == 4) {
      const unsigned sib = byte();
      base = sib & 7U;
      m.scale = static_cast<std::uint8_t>(sib >> 6U);
      const unsigned index = (sib >> 3U & 7U) | ((rex_ & 2U) << 2U);
      if (index != 4) m.index = static_cast<std::uint8_t>(index);
    }
    const bool no_base = mod == 0 && base == 5;
    if (!no_base) m.base = static_cast<std::uint8_t>(base | ((rex_ & 1U) << 3U));
    rip_relative_ = no_base && rm == 5;
    if (mod == 1) {
      m.disp = static_cast<std::int8_t>(byte());
    } else if (mod == 2 || no_base) {
      m.disp = signed_bytes(4);
    }
    m.absolute = rip_relative_;
  }

  std::int64_t signed_bytes(unsigned count) {
    std::uint64_t value = 0;
    std::memcpy(&value, at_, count);
    at_ += count;
    const unsigned drop = 64 - 8 * count;
    return count == 0 ? 0 : static_cast<std::int64_t>(value << drop) >> drop;
  }
  void read_immediate(const X86Form& form) {
    if (form.imm_bytes == 0) return;
    inst_.imm_bytes = form.imm_bytes;
    inst_.imm = signed_bytes(form.imm_bytes);
  }

  // Without a REX prefix four of the byte registers are the second bytes of the first four.
  unsigned general(std::uint8_t reg, bool is_byte) {
    if (!is_byte || inst_.rex || reg < 4 || reg >= 8) return reg;
    inst_.high_byte = true;
    return reg - 4U;
  }

  void note_uses(const X86Form& form) {
    inst_.reads = form.reads;
    inst_.writes = form.writes;
    inst_.reads_flags = form.reads_flags;
    inst_.writes_flags = form.writes_flags;
    note(form.reg, general(inst_.reg, form.byte_reg), form.byte_reg);
    if (form.modrm && !inst_.memory.used) note(form.rm, general(inst_.rm, form.byte_rm), form.byte_rm);
  }
  void note(X86Use use, unsigned reg, bool is_byte) {
    if (use == X86Use::kNone) return;
    // What writes less than 32 bits of a register keeps the rest.
    const bool partial = is_byte || (inst_.operand_size && !inst_.vex);
    if (use != X86Use::kWrite || partial) inst_.reads |= set_of(reg);
    if (use != X86Use::kRead) inst_.writes |= set_of(reg);
  }

  const std::byte* begin_;
  const std::byte* at_;
  X86Inst inst_;
  unsigned rex_ = 0;
  bool rip_relative_ = false;
};

}  // namespace

std::optional<X86Inst> decode_x86(const std::byte* code) { return Reader(code).read(); }

}  // namespace m2sim::emu
