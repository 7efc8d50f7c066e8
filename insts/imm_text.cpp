#include "insts/imm_text.h"

#include <fmt/format.h>

#include <array>
#include <bit>

#include "insts/bits.h"

namespace m2sim::insts {
namespace {

constexpr std::array<const char*, 4> kShifts = {"lsl", "lsr", "asr", "ror"};
constexpr std::array<const char*, 8> kExtends = {"uxtb", "uxth", "uxtw", "uxtx",
                                                 "sxtb", "sxth", "sxtw", "sxtx"};

std::string number(std::int64_t value) { return fmt::format("#{}", value); }

std::string hex(std::uint64_t value) { return fmt::format("{:#x}", value); }

std::string target(std::uint64_t pc, const Inst& inst) {
  return hex(pc + static_cast<std::uint64_t>(inst.imm));
}

std::string shift_text(const Inst& inst) {
  if (inst.imm == 0 && inst.aux == 0) return "";
  return fmt::format("{} #{}", kShifts[inst.aux & 3U], inst.imm);
}

std::string extend_text(unsigned option, std::int64_t amount) {
  if (amount == 0) return kExtends[option & 7U];
  return fmt::format("{} #{}", kExtends[option & 7U], amount);
}

std::string fp_text(double value) { return fmt::format("#{:.8f}", value); }

// Of the normal numbers that an 8-bit immediate expands to.
double half_to_double(std::uint32_t half) {
  const std::uint64_t magnitude = (std::uint64_t{half & 0x7FFFU} << 42U) + (std::uint64_t{1023 - 15} << 52U);
  return std::bit_cast<double>(std::uint64_t{half >> 15U} << 63U | magnitude);
}

// PSTATE fields by op1:op2; the rest is named like a system register.
std::string msr_imm_text(const Inst& inst) {
  const char* name = nullptr;
  switch (inst.aux) {
    case 0b000'011:
      name = "uao";
      break;
    case 0b000'100:
      name = "pan";
      break;
    case 0b000'101:
      name = "spsel";
      break;
    case 0b011'001:
      name = "ssbs";
      break;
    case 0b011'010:
      name = "dit";
      break;
    case 0b011'100:
      name = "tco";
      break;
    case 0b011'110:
      name = "daifset";
      break;
    case 0b011'111:
      name = "daifclr";
      break;
    default:
      return fmt::format("s0_{}_c4_c{}_{}, xzr", inst.aux >> 3U, inst.imm, inst.aux & 7U);
  }
  return fmt::format("{}, #{}", name, inst.imm);
}

std::string hint_text(const Inst& inst) {
  constexpr std::array<const char*, 4> kBtiTargets = {"", "c", "j", "jc"};
  const auto hint = static_cast<std::uint32_t>(inst.imm) & 127U;
  switch (inst.op) {
    case Op::kHINT:
      return number(hint);
    case Op::kBTI:
      return kBtiTargets[hint >> 1U & 3U];
    case Op::kPSB:
    case Op::kTSB:
      return "csync";
    case Op::kDSB:
    case Op::kDMB:
      return number(hint >> 3U);
    case Op::kSYS:
    case Op::kSYSL: {
      const auto bits = static_cast<std::uint32_t>(inst.imm);
      return fmt::format("#{}, c{}, c{}, #{}", bits >> 11U, bits >> 7U & 15U, bits >> 3U & 15U, bits & 7U);
    }
    default:
      return "";
  }
}

// The by-element rows whose aux is a rotation.
bool is_rotated(Op op) {
  return op == Op::kFCMLA_v4h_elem || op == Op::kFCMLA_v8h_elem || op == Op::kFCMLA_v4s_elem;
}

std::string simd_text(const Encoding& row, const Inst& inst) {
  switch (row.imm) {
    case Imm::kFp8:
      return fp_text(std::bit_cast<double>(fp8_to_bits(static_cast<std::uint8_t>(inst.imm), 64)));
    case Imm::kSimdModImm:
      if (inst.op == Op::kFMOV_vh_imm)
        return fp_text(half_to_double(static_cast<std::uint32_t>(inst.imm) & 0xFFFFU));
      return fmt::format("#{:#x}", static_cast<std::uint64_t>(inst.imm));
    case Imm::kFpFixed:
    case Imm::kSimdExt:
    case Imm::kSimdShift:
    case Imm::kImm6:
      return number(inst.imm);
    case Imm::kRotate2:
      return number(inst.imm * 90);
    case Imm::kSimdIndexS:
    case Imm::kSimdIndexD:
      return is_rotated(inst.op) ? number(inst.aux * 90) : "";
    case Imm::kRotate1:
      return number(90 + inst.imm * 180);
    default:
      return "";
  }
}

std::string branch_text(const Encoding& row, const Inst& inst, std::uint64_t pc) {
  switch (row.imm) {
    case Imm::kAdr:
    case Imm::kBranch26:
    case Imm::kBranch19:
    case Imm::kBranch19Cond:
      return target(pc, inst);
    case Imm::kAdrp:
      return target(pc & ~std::uint64_t{4095}, inst);
    case Imm::kTest14:
      return fmt::format("#{}, {}", inst.aux, target(pc, inst));
    case Imm::kImm16:
      return fmt::format("#{:#x}", static_cast<std::uint64_t>(inst.imm));
    case Imm::kSys:
      return hint_text(inst);
    case Imm::kMsrImm:
      return msr_imm_text(inst);
    default:
      return simd_text(row, inst);
  }
}

}  // namespace

const char* condition_name(unsigned condition) {
  constexpr std::array<const char*, 16> kNames = {"eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc",
                                                  "hi", "ls", "ge", "lt", "gt", "le", "al", "nv"};
  return kNames[condition & 15U];
}

std::string system_register_text(std::uint32_t bits) {
  return fmt::format("s{}_{}_c{}_c{}_{}", bits >> 14U, bits >> 11U & 7U, bits >> 7U & 15U, bits >> 3U & 15U,
                     bits & 7U);
}

std::string imm_text(const Encoding& row, const Inst& inst, std::uint64_t pc) {
  switch (row.imm) {
    case Imm::kU12Sh:
      return number(inst.imm);
    case Imm::kBitmask:
      return fmt::format("#{:#x}", static_cast<std::uint64_t>(inst.imm));
    case Imm::kMovWide:
      return fmt::format("#{:#x}, lsl #{}", inst.imm, inst.aux);
    case Imm::kBitfield:
      return fmt::format("#{}, #{}", inst.imm & 255, inst.imm >> 8);
    case Imm::kExtract:
      return number(inst.imm);
    case Imm::kShift:
    case Imm::kShiftNoRor:
      return shift_text(inst);
    case Imm::kExtend:
      return extend_text(inst.aux, inst.imm);
    case Imm::kCond:
      return condition_name(inst.aux);
    case Imm::kCondCmpReg:
      return fmt::format("#{}, {}", inst.imm, condition_name(inst.aux));
    case Imm::kCondCmpImm:
      return fmt::format("#{}, #{}, {}", inst.imm & 255, inst.imm >> 8, condition_name(inst.aux));
    case Imm::kMaskRmif:
      return fmt::format("#{}, #{}", inst.imm, inst.aux);
    case Imm::kImm4Mask:
      return number(inst.aux);
    default:
      return branch_text(row, inst, pc);
  }
}

std::string offset_text(const Encoding& row, const Inst& inst, const std::string& index) {
  switch (row.imm) {
    case Imm::kMemReg:
      if (inst.aux != 3) return fmt::format(", {}, {}", index, extend_text(inst.aux, inst.imm));
      if (inst.imm == 0) return fmt::format(", {}", index);
      return fmt::format(", {}, lsl #{}", index, inst.imm);
    case Imm::kMemU12:
    case Imm::kMemS7:
    case Imm::kMemS9:
    case Imm::kMemS10:
      return inst.imm != 0 ? fmt::format(", #{}", inst.imm) : "";
    default:
      return "";
  }
}

}  // namespace m2sim::insts
