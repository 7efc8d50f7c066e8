// Instruction text from a row alone: its mnemonic, its roles, its immediates. No aliases.
#pragma once

#include <cstdint>
#include <string>

#include "insts/inst.h"

namespace m2sim::insts {

// `inst` must be decode(word) and defined. Branch targets and literals are absolute, from `pc`.
// Vector registers carry the element size that the row's name ends in (encodings_fp_simd.inc); where the
// name has none they are printed bare.
std::string row_text(const Inst& inst, std::uint32_t word, std::uint64_t pc);

}  // namespace m2sim::insts
