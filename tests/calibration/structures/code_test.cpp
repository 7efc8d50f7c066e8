#include "calibration/structures/code.h"

#include <gtest/gtest.h>

#include <string>

#include "insts/disasm.h"

namespace m2sim::calibration {
namespace {

using namespace a64;

std::string text(std::uint32_t word) { return insts::disassemble(word, 0x1000); }

// The decoder, which is checked against objdump, reads what the encoder wrote.
TEST(Code, WordsAreWhatTheirNamesSay) {
  EXPECT_EQ(text(kNop), "nop");
  EXPECT_EQ(text(kRet), "ret");
  EXPECT_EQ(text(b(-8)), "b #0xff8");
  EXPECT_EQ(text(bl(0x40)), "bl #0x1040");
  EXPECT_EQ(text(b_ne(-4)), "b.ne #0xffc");
  EXPECT_EQ(text(cbnz(9, 8)), "cbnz x9, #0x1008");
  EXPECT_EQ(text(cbz(2, 12)), "cbz x2, #0x100c");
  EXPECT_EQ(text(tbz(2, 3, 12)), "tbz w2, #3, #0x100c");
  EXPECT_EQ(text(tbz(2, 35, 12)), "tbz x2, #0x23, #0x100c");
  EXPECT_EQ(text(and_1(3, 4)), "and x3, x4, #1");
  EXPECT_EQ(text(mov(1, 2)), "mov x1, x2");
  EXPECT_EQ(text(add(1, kSp, 16)), "add x1, sp, #0x10");
  EXPECT_EQ(text(sub(kSp, kSp, 16)), "sub sp, sp, #0x10");
  EXPECT_EQ(text(subs(0, 0, 1)), "subs x0, x0, #1");
  EXPECT_EQ(text(cmp(1, 2)), "cmp x1, x2");
  EXPECT_EQ(text(eor(1, 2, 3)), "eor x1, x2, x3");
  EXPECT_EQ(text(mul(1, 2, 3)), "mul x1, x2, x3");
  EXPECT_EQ(text(crc32x(1, 2, 3)), "crc32x w1, w2, x3");
}

TEST(Code, LoadsAndStores) {
  EXPECT_EQ(text(ldr(1, 2, 8)), "ldr x1, [x2, #8]");
  EXPECT_EQ(text(str(1, kSp, 0)), "str x1, [sp]");
  EXPECT_EQ(text(ldr_w(1, 2, 4)), "ldr w1, [x2, #4]");
  EXPECT_EQ(text(str_w(1, 2, 4)), "str w1, [x2, #4]");
  EXPECT_EQ(text(strb(1, 2, 3)), "strb w1, [x2, #3]");
  EXPECT_EQ(text(ldr_q(1, 2, 16)), "ldr q1, [x2, #0x10]");
  EXPECT_EQ(text(str_q(1, 2, 16)), "str q1, [x2, #0x10]");
  EXPECT_EQ(text(ldr_index(1, 2, 3)), "ldr x1, [x2, x3]");
  EXPECT_EQ(text(ldur(1, 2, -3)), "ldur x1, [x2, #-3]");
  EXPECT_EQ(text(stur(1, 2, 28)), "stur x1, [x2, #0x1c]");
  EXPECT_EQ(text(ldr_post(1, 2, 8)), "ldr x1, [x2], #8");
  EXPECT_EQ(text(ldp(1, 2, 3, 16)), "ldp x1, x2, [x3, #0x10]");
  EXPECT_EQ(text(stp(1, 2, 3)), "stp x1, x2, [x3]");
  EXPECT_EQ(text(ldp_q(1, 2, 3, 32)), "ldp q1, q2, [x3, #0x20]");
  EXPECT_EQ(text(stp_q(1, 2, 3, 32)), "stp q1, q2, [x3, #0x20]");
}

TEST(Code, FloatingPoint) {
  EXPECT_EQ(text(fadd(1, 2, 3)), "fadd d1, d2, d3");
  EXPECT_EQ(text(fsqrt(1, 2)), "fsqrt d1, d2");
  EXPECT_EQ(text(fcmp(1, 2)), "fcmp d1, d2");
  EXPECT_EQ(text(fmov_to_fp(1, 2)), "fmov d1, x2");
  EXPECT_EQ(text(fmov_from_fp(1, 2)), "fmov x1, d2");
}

TEST(Code, ConstantsTakeAsManyWordsAsTheyHaveParts) {
  Code code;
  code.load_constant(3, 0x40000000);
  code.load_constant(4, 0);
  const std::vector<std::uint32_t> words = std::move(code).take();
  ASSERT_EQ(words.size(), 3U);
  EXPECT_EQ(text(words[0]), "movz x3, #0");
  EXPECT_EQ(text(words[1]), "movk x3, #0x4000, lsl #16");
  EXPECT_EQ(text(words[2]), "movz x4, #0");
}

TEST(Code, JumpsToItsPlace) {
  Code code;
  code.jump_to_place(4096, 8);
  EXPECT_EQ(code.here() % 4096, 8U);
  EXPECT_EQ(insts::disassemble(std::move(code).take()[0], kFirstWord), "b #0x401008");
}

}  // namespace
}  // namespace m2sim::calibration
