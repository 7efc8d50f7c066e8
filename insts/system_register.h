// Names of system registers, as Inst::imm of mrs and msr has them (Imm::kSysReg).
#pragma once

#include <cstdint>

namespace m2sim::insts {

constexpr std::int64_t system_register(unsigned op0, unsigned op1, unsigned crn, unsigned crm, unsigned op2) {
  return std::int64_t{op0} << 14 | std::int64_t{op1} << 11 | std::int64_t{crn} << 7 | std::int64_t{crm} << 3 |
         op2;
}

inline constexpr std::int64_t kFpcr = system_register(3, 3, 4, 4, 0);
inline constexpr std::int64_t kCntvctEl0 = system_register(3, 3, 14, 0, 2);
inline constexpr std::int64_t kCntvctssEl0 = system_register(3, 3, 14, 0, 6);
inline constexpr std::int64_t kFpsr = system_register(3, 3, 4, 4, 1);

}  // namespace m2sim::insts
