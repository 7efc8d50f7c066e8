// The text of a row's immediates, as they follow the registers.
#pragma once

#include <cstdint>
#include <string>

#include "insts/encoding.h"
#include "insts/inst.h"

namespace m2sim::insts {

const char* condition_name(unsigned condition);

// "#5, lsl #12"; empty where the row has no immediate or it needs no mention (a shift by nothing).
std::string imm_text(const Encoding& row, const Inst& inst, std::uint64_t pc);

// "s3_3_c4_c2_0", from the 16 bits of Imm::kSysReg.
std::string system_register_text(std::uint32_t bits);

// What stands between the brackets behind the base: ", #16", ", x2, lsl #3", or nothing.
std::string offset_text(const Encoding& row, const Inst& inst, const std::string& index);

}  // namespace m2sim::insts
