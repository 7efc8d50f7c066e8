#include "insts/disasm.h"

#include <gtest/gtest.h>

#include "insts/decode.h"
#include "insts/row_text.h"

namespace m2sim::insts {
namespace {

TEST(Disassemble, UsesAliasesThatPeopleWrite) {
  EXPECT_EQ(disassemble(0x91001020, 0), "add x0, x1, #4");
  EXPECT_EQ(disassemble(0xaa0103e0, 0), "mov x0, x1");
  EXPECT_EQ(disassemble(0xd65f03c0, 0), "ret");
}

TEST(Disassemble, PrintsAbsoluteTargets) {
  EXPECT_EQ(disassemble(0x14000002, 0x400000), "b #0x400008");
  EXPECT_EQ(disassemble(0x54ffffe1, 0x400000), "b.ne #0x3ffffc");
}

TEST(Disassemble, KnowsWhatCapstone4DoesNot) {
  EXPECT_EQ(disassemble(0xd503233f, 0), "paciasp");
  EXPECT_EQ(disassemble(0xd50324df, 0), "bti jc");
  EXPECT_EQ(disassemble(0xd50330ff, 0), "sb");
  EXPECT_EQ(disassemble(0xb8e10062, 0), "ldaddal w1, w2, [x3]");
  EXPECT_EQ(disassemble(0x4822fcc4, 0), "caspl x2, x3, x4, x5, [x6]");
  EXPECT_EQ(disassemble(0xf8202c41, 0), "ldraa x1, [x2, #16]!");
  EXPECT_EQ(disassemble(0xba018424, 0), "rmif x1, #3, #4");
  EXPECT_EQ(disassemble(0x6e184e83, 0), "mov v3.d[1], v20.d[1]");
}

TEST(Disassemble, GivesTheWordWhereNoRowMatches) {
  EXPECT_EQ(disassemble(0xffffffff, 0), ".word 0xffffffff");
  EXPECT_EQ(disassemble(0x00010000, 0), ".word 0x00010000");
}

TEST(RowText, SpellsOutRegistersOffsetsAndModifiers) {
  const auto text = [](std::uint32_t word) { return row_text(decode(word), word, 0x1000); };
  EXPECT_EQ(text(0xf8408420), "ldr x0, [x1], #8");
  EXPECT_EQ(text(0xf81f0fff), "str xzr, [sp, #-16]!");
  EXPECT_EQ(text(0xa8c17bfd), "ldp x29, x30, [sp], #16");
  EXPECT_EQ(text(0xf8625820), "ldr x0, [x1, w2, uxtw #3]");
  EXPECT_EQ(text(0xab250be4), "adds x4, sp, w5, uxtb #2");
  EXPECT_EQ(text(0xb6400023), "tbz x3, #40, 0x1004");
  EXPECT_EQ(text(0xfa430824), "ccmp x1, #3, #4, eq");
  EXPECT_EQ(text(0xd53b4202), "mrs x2, s3_3_c4_c2_0");
}

}  // namespace
}  // namespace m2sim::insts
