// Immediates: from the bits of a word to the values that imm_kind.h promises.
#pragma once

#include <cstdint>
#include <optional>

#include "insts/encoding.h"
#include "insts/inst.h"

namespace m2sim::insts {

// Fills imm and aux (and narrows rm where index bits share its field); the registers and shape of
// `inst` are already decoded. False: a reserved value, the word is undefined.
bool gather_immediate(const Encoding& row, std::uint32_t word, Inst& inst);

// The logical immediate N:immr:imms as a mask, or nothing where it is reserved for that width.
std::optional<std::uint64_t> expand_bitmask(unsigned n, unsigned immr, unsigned imms, bool wide);

// AdvSIMDExpandImm: the 64-bit pattern of movi, mvni, orr, bic and vector fmov. mvni's and bic's
// inversion is not applied.
std::uint64_t expand_simd_immediate(unsigned op, unsigned cmode, std::uint8_t imm8);

}  // namespace m2sim::insts
