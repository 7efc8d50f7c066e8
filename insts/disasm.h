// Instruction text: Capstone where it knows the word, our own mnemonic and operands where it does not.
#pragma once

#include <cstdint>
#include <string>

namespace m2sim::insts {

// "add x0, x1, #4"; ".word 0x00000000" where no row matches either.
std::string disassemble(std::uint32_t word, std::uint64_t pc);

}  // namespace m2sim::insts
