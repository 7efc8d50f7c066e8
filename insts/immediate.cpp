#include "insts/immediate.h"

#include "insts/bits.h"

namespace m2sim::insts {
namespace {

bool set(Inst& inst, std::int64_t imm, std::uint32_t aux = 0) {
  inst.imm = imm;
  inst.aux = static_cast<std::uint8_t>(aux);
  return true;
}

// A 32-bit operation has no bit numbers from 32 on.
bool in_width(const Inst& inst, std::uint32_t bit) { return inst.wide() || bit < 32; }

bool gather_bitmask(std::uint32_t word, Inst& inst) {
  const auto mask = expand_bitmask(bits(word, 22, 1), bits(word, 16, 6), bits(word, 10, 6), inst.wide());
  if (!mask) return false;
  return set(inst, static_cast<std::int64_t>(inst.wide() ? *mask : *mask & UINT32_MAX));
}

bool gather_bitfield(std::uint32_t word, Inst& inst) {
  const std::uint32_t immr = bits(word, 16, 6);
  const std::uint32_t imms = bits(word, 10, 6);
  if (bits(word, 22, 1) != (inst.wide() ? 1U : 0U) || !in_width(inst, immr) || !in_width(inst, imms))
    return false;
  return set(inst, immr | imms << 8U);
}

bool gather_extract(std::uint32_t word, Inst& inst) {
  const std::uint32_t lsb = bits(word, 10, 6);
  if (bits(word, 22, 1) != (inst.wide() ? 1U : 0U) || !in_width(inst, lsb)) return false;
  return set(inst, lsb);
}

bool gather_mov_wide(std::uint32_t word, Inst& inst) {
  const std::uint32_t shift = bits(word, 21, 2) * 16;
  return in_width(inst, shift) && set(inst, bits(word, 5, 16), shift);
}

bool gather_adr(std::uint32_t word, Inst& inst, unsigned page_bits) {
  const std::int64_t offset = sign_extend(bits(word, 5, 19) << 2U | bits(word, 29, 2), 21);
  return set(inst, offset * (std::int64_t{1} << page_bits));
}

bool gather_shift(std::uint32_t word, Inst& inst, bool allows_ror) {
  const std::uint32_t type = bits(word, 22, 2);
  const std::uint32_t amount = bits(word, 10, 6);
  return (allows_ror || type != 3) && in_width(inst, amount) && set(inst, amount, type);
}

bool gather_extend(std::uint32_t word, Inst& inst) {
  const std::uint32_t shift = bits(word, 10, 3);
  return shift <= 4 && set(inst, shift, bits(word, 13, 3));
}

bool gather_mem_reg(const Encoding& row, std::uint32_t word, Inst& inst) {
  const unsigned log2 = memory_of(row, inst).bytes_log2;
  return set(inst, bits(word, 12, 1) != 0 ? log2 : 0, bits(word, 13, 3));
}

// Scalar: 64 - scale. Vector: immh:immb counts down from twice the element size.
bool gather_fp_fixed(const Encoding& row, std::uint32_t word, Inst& inst) {
  if (row.imm_shift < 16) {
    const std::uint32_t fraction = 64 - bits(word, 10, 6);
    return (row.wide_mask == 0 || in_width(inst, fraction - 1)) && set(inst, fraction);
  }
  const std::uint32_t immhb = bits(word, 16, 7);
  return immhb >= 8 && set(inst, 2 * std::bit_floor(immhb) - immhb);
}

// Element numbers come from the top of Q:S:size; the rest of these bits belongs to the encoding.
bool gather_lane(const Encoding& row, std::uint32_t word, Inst& inst) {
  const std::uint32_t q_s_size = bits(word, 30, 1) << 3U | bits(word, 12, 1) << 2U | bits(word, 10, 2);
  return set(inst, q_s_size >> memory_of(row, inst).bytes_log2);
}

bool gather_index(std::uint32_t word, Inst& inst, Imm kind) {
  const std::uint32_t h = bits(word, 11, 1);
  const std::uint32_t l = bits(word, 21, 1);
  std::uint32_t index = h << 1U | l;
  if (kind == Imm::kSimdIndexD) index = h;
  if (kind == Imm::kSimdIndexH) {
    index = index << 1U | bits(word, 20, 1);
    inst.rm &= 15U;
  }
  return set(inst, index, bits(word, 13, 2));
}

bool gather_ext(std::uint32_t word, Inst& inst) {
  const std::uint32_t index = bits(word, 11, 4);
  return (inst.wide() || index < 8) && set(inst, index);
}

bool gather_simd_mod_imm(std::uint32_t word, Inst& inst) {
  const auto imm8 = static_cast<std::uint8_t>(bits(word, 16, 3) << 5U | bits(word, 5, 5));
  const bool half = bits(word, 11, 1) != 0;  // o2: fmov of half-precision elements
  const std::uint64_t pattern = half ? replicate(fp8_to_bits(imm8, 16), 16)
                                     : expand_simd_immediate(bits(word, 29, 1), bits(word, 12, 4), imm8);
  return set(inst, static_cast<std::int64_t>(pattern));
}

bool gather_fp(const Encoding& row, std::uint32_t word, Inst& inst) {
  switch (row.imm) {
    case Imm::kFp8:
      return set(inst, bits(word, 13, 8));
    case Imm::kFpFixed:
      return gather_fp_fixed(row, word, inst);
    case Imm::kSimdModImm:
      return gather_simd_mod_imm(word, inst);
    case Imm::kSimdShift:
      return set(inst, bits(word, 16, 7));
    case Imm::kSimdCopy:
      return set(inst, bits(word, 16, 5), bits(word, 11, 4));
    case Imm::kSimdExt:
      return gather_ext(word, inst);
    case Imm::kSimdIndexH:
    case Imm::kSimdIndexS:
    case Imm::kSimdIndexD:
    case Imm::kSimdIndexB4:
      return gather_index(word, inst, row.imm);
    case Imm::kSimdLane:
      return gather_lane(row, word, inst);
    case Imm::kRotate2:
      return set(inst, bits(word, 11, 2));
    case Imm::kRotate1:
      return set(inst, bits(word, 12, 1));
    case Imm::kImm6:
      return set(inst, bits(word, 10, 6));
    case Imm::kImm2:
      return set(inst, bits(word, 12, 2));
    default:
      return false;
  }
}

// Allocated fields by op1:op2: uao, pan, spsel, ssbs, dit, tco, daifset, daifclr.
bool gather_msr_imm(std::uint32_t word, Inst& inst) {
  const std::uint32_t field = bits(word, 16, 3) << 3U | bits(word, 5, 3);
  switch (field) {
    case 0b000'011:
    case 0b000'100:
    case 0b000'101:
    case 0b011'001:
    case 0b011'010:
    case 0b011'100:
    case 0b011'110:
    case 0b011'111:
      return set(inst, bits(word, 8, 4), field);
    default:
      return false;
  }
}

bool gather_branch(const Encoding& row, std::uint32_t word, Inst& inst) {
  switch (row.imm) {
    case Imm::kBranch26:
      return set(inst, sign_extend(bits(word, 0, 26), 26) * 4);
    case Imm::kBranch19:
      return set(inst, sign_extend(bits(word, 5, 19), 19) * 4);
    case Imm::kBranch19Cond:
      return set(inst, sign_extend(bits(word, 5, 19), 19) * 4, bits(word, 0, 4));
    case Imm::kTest14:
      return set(inst, sign_extend(bits(word, 5, 14), 14) * 4, bits(word, 31, 1) << 5U | bits(word, 19, 5));
    case Imm::kImm16:
      return set(inst, bits(word, row.imm_shift, 16));
    case Imm::kSysReg:
      return set(inst, bits(word, 5, 16));
    case Imm::kSys:
      return set(inst, bits(word, 5, 14));
    case Imm::kMsrImm:
      return gather_msr_imm(word, inst);
    default:
      return gather_fp(row, word, inst);
  }
}

bool gather_memory(const Encoding& row, std::uint32_t word, Inst& inst) {
  switch (row.imm) {
    case Imm::kMemU12:
      return set(inst, std::int64_t{bits(word, 10, 12)} << memory_of(row, inst).bytes_log2);
    case Imm::kMemS9:
      return set(inst, sign_extend(bits(word, 12, 9), 9));
    case Imm::kMemS7:
      return set(inst,
                 sign_extend(bits(word, 15, 7), 7) * (std::int64_t{1} << memory_of(row, inst).bytes_log2));
    case Imm::kMemReg:
      return gather_mem_reg(row, word, inst);
    case Imm::kMemS10:
      return set(inst, sign_extend(bits(word, 22, 1) << 9U | bits(word, 12, 9), 10) * 8);
    default:
      return gather_branch(row, word, inst);
  }
}

}  // namespace

bool gather_immediate(const Encoding& row, std::uint32_t word, Inst& inst) {
  switch (row.imm) {
    case Imm::kNone:
      return true;
    case Imm::kU12Sh:
      return set(inst, std::int64_t{bits(word, 10, 12)} << (bits(word, 22, 1) * 12));
    case Imm::kBitmask:
      return gather_bitmask(word, inst);
    case Imm::kMovWide:
      return gather_mov_wide(word, inst);
    case Imm::kAdr:
      return gather_adr(word, inst, 0);
    case Imm::kAdrp:
      return gather_adr(word, inst, 12);
    case Imm::kBitfield:
      return gather_bitfield(word, inst);
    case Imm::kExtract:
      return gather_extract(word, inst);
    case Imm::kShift:
      return gather_shift(word, inst, true);
    case Imm::kShiftNoRor:
      return gather_shift(word, inst, false);
    case Imm::kExtend:
      return gather_extend(word, inst);
    case Imm::kCond:
      return set(inst, 0, bits(word, 12, 4));
    case Imm::kCondCmpReg:
      return set(inst, bits(word, 0, 4), bits(word, 12, 4));
    case Imm::kCondCmpImm:
      return set(inst, bits(word, 16, 5) | bits(word, 0, 4) << 8U, bits(word, 12, 4));
    case Imm::kMaskRmif:
      return set(inst, bits(word, 15, 6), bits(word, 0, 4));
    case Imm::kImm4Mask:
      return set(inst, 0, bits(word, 0, 4));
    default:
      return gather_memory(row, word, inst);
  }
}

}  // namespace m2sim::insts
