#include <cstring>
#include <limits>

#include "emu/jit/x86.h"

namespace m2sim::emu {
namespace {

template <class T>
bool fits(std::int64_t value) {
  return value >= std::numeric_limits<T>::min() && value <= std::numeric_limits<T>::max();
}

class Writer {
 public:
  Writer(const X86Inst& inst, std::byte* at) : inst_(inst), begin_(at), at_(at) {}

  std::size_t write() {
    const X86Memory& m = inst_.memory;
    const unsigned base = m.used            ? (m.base == kNoReg ? 0U : m.base)
                          : inst_.has_modrm ? inst_.rm
                                            : inst_.low_reg;
    const unsigned index = m.used && m.index != kNoReg ? m.index : 0U;
    const unsigned high = (inst_.reg >> 3U & 1U) << 2U | (index >> 3U) << 1U | (base >> 3U);
    if (inst_.high_byte && high != 0) return 0;
    if (inst_.vex) {
      vex_prefix(high);
    } else {
      legacy_prefixes(high);
    }
    byte(inst_.opcode);
    if (inst_.has_modrm) {
      if (m.used) {
        if (!memory_operand()) return 0;
      } else {
        byte(0xC0U | (inst_.reg & 7U) << 3U | (inst_.rm & 7U));
      }
    }
    number(inst_.imm, inst_.imm_bytes);
    return static_cast<std::size_t>(at_ - begin_);
  }

 private:
  void byte(unsigned value) { *at_++ = static_cast<std::byte>(value); }
  void number(std::int64_t value, unsigned bytes) {
    std::memcpy(at_, &value, bytes);
    at_ += bytes;
  }

  void legacy_prefixes(unsigned high) {
    if (inst_.operand_size) byte(0x66);
    if (inst_.repeat != 0) byte(inst_.repeat);
    if (inst_.rex || inst_.wide || high != 0) byte(0x40U | (inst_.wide ? 8U : 0U) | high);
    if (inst_.map == X86Map::kOneByte) return;
    byte(0x0F);
    if (inst_.map == X86Map::k0F38) byte(0x38);
    if (inst_.map == X86Map::k0F3A) byte(0x3A);
  }

  void vex_prefix(unsigned high) {
    const unsigned prefix = inst_.operand_size ? 1 : inst_.repeat == 0xF3 ? 2 : inst_.repeat == 0xF2 ? 3 : 0;
    const unsigned rest =
        (~static_cast<unsigned>(inst_.vex_reg) & 15U) << 3U | (inst_.vex_256 ? 4U : 0U) | prefix;
    const unsigned inverted = ~high & 7U;
    if (inst_.map == X86Map::k0F && !inst_.wide && (high & 3U) == 0) {
      byte(0xC5);
      byte((inverted & 4U) << 5U | rest);
      return;
    }
    byte(0xC4);
    byte(inverted << 5U | static_cast<unsigned>(inst_.map));
    byte((inst_.wide ? 0x80U : 0U) | rest);
  }

  bool memory_operand() {
    const X86Memory& m = inst_.memory;
    const unsigned reg = (inst_.reg & 7U) << 3U;
    if (m.absolute) {
      const std::int64_t end = reinterpret_cast<std::intptr_t>(at_) + 5 + inst_.imm_bytes;
      if (!fits<std::int32_t>(m.disp - end)) return false;
      byte(reg | 5U);
      number(m.disp - end, 4);
      return true;
    }
    if (!fits<std::int32_t>(m.disp)) return false;
    const bool sib = m.index != kNoReg || m.base == kNoReg || (m.base & 7U) == 4;
    const bool needs_disp = m.base != kNoReg && (m.base & 7U) == 5;
    const unsigned mod = m.base == kNoReg             ? 0
                         : m.disp == 0 && !needs_disp ? 0
                         : fits<std::int8_t>(m.disp)  ? 1
                                                      : 2;
    byte(mod << 6U | reg | (sib ? 4U : m.base & 7U));
    if (sib) {
      const unsigned index = m.index == kNoReg ? 4U : m.index & 7U;
      byte(static_cast<unsigned>(m.scale) << 6U | index << 3U | (m.base == kNoReg ? 5U : m.base & 7U));
    }
    if (mod == 1) number(m.disp, 1);
    if (mod == 2 || m.base == kNoReg) number(m.disp, 4);
    return true;
  }

  const X86Inst& inst_;
  std::byte* begin_;
  std::byte* at_;
};

}  // namespace

std::size_t encode_x86(const X86Inst& inst, std::byte* at) { return Writer(inst, at).write(); }

}  // namespace m2sim::emu
