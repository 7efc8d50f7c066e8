#include "insts/system_register.h"

#include <gtest/gtest.h>

#include "insts/decode.h"

namespace m2sim::insts {
namespace {

TEST(SystemRegister, IsWhatTheDecoderGives) {
  EXPECT_EQ(decode(0xd53b4400).imm, kFpcr);                            // mrs x0, fpcr
  EXPECT_EQ(decode(0xd51b4420).imm, kFpsr);                            // msr fpsr, x0
  EXPECT_EQ(decode(0xd53bd040).imm, system_register(3, 3, 13, 0, 2));  // mrs x0, tpidr_el0
}

}  // namespace
}  // namespace m2sim::insts
