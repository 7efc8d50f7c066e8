// Cases of system registers and system operations: by name, since few of the numbers exist.
#pragma once

#include <optional>

#include "tests/rows/random_values.h"
#include "tests/rows/sample.h"

namespace m2sim::rows {

bool is_system(insts::Op op);  // mrs, msr, sys, sysl
std::optional<Case> draw_system_case(insts::Op op, Random& random, unsigned turn);

// What a user program reads of a register where the modelled core and QEMU's differ.
struct OwnRegister {
  std::int64_t id;  // as Inst::imm has it
  const char* name;
  const char* reason;
};
// Null where both read the same.
const OwnRegister* own_register(std::int64_t id);

}  // namespace m2sim::rows
