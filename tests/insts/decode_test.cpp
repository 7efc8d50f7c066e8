#include "insts/decode.h"

#include <gtest/gtest.h>

#include <span>

#include "insts/encoding.h"

namespace m2sim::insts {
namespace {

struct Case {
  std::uint32_t word;
  const char* source;
  Op op;
  std::int64_t imm;
  unsigned aux = 0;
};

void check(std::span<const Case> cases) {
  for (const Case& c : cases) {
    const Inst inst = decode(c.word);
    EXPECT_STREQ(name_of(inst.op), name_of(c.op)) << c.source;
    EXPECT_EQ(inst.imm, c.imm) << c.source;
    EXPECT_EQ(inst.aux, c.aux) << c.source;
  }
}

constexpr Case kDataProcessing[] = {
    {0xd17ffc41, "sub x1, x2, #4095, lsl #12", Op::kSUB_imm, 4095 << 12},
    {0xd2f579a3, "movz x3, #0xabcd, lsl #48", Op::kMOVZ, 0xabcd, 48},
    {0x12a00023, "movn w3, #1, lsl #16", Op::kMOVN, 1, 16},
    {0x30ffffe5, "adr x5, .-3", Op::kADR, -3},
    {0xf0ffffe6, "adrp x6, .-4096", Op::kADRP, -4096},
    {0x93472441, "sbfm x1, x2, #7, #9", Op::kSBFM, 7 | 9 << 8},
    {0x13837c41, "extr w1, w2, w3, #31", Op::kEXTR, 31},
    {0xcac3fc41, "eor x1, x2, x3, ror #63", Op::kEOR_shift, 63, 3},
    {0x3a5fc82f, "ccmn w1, #31, #15, gt", Op::kCCMN_imm, 31 | 15 << 8, 12},
    {0xfa423027, "ccmp x1, x2, #7, cc", Op::kCCMP_reg, 7, 3},
};

constexpr Case kBranchesAndSystem[] = {
    {0x17fffffe, "b .-8", Op::kB, -8},
    {0x15ffffff, "b .+134217724", Op::kB, 134217724},
    {0x54ffffaa, "b.ge .-12", Op::kB_cond, -12, 10},
    {0xb7ffff89, "tbnz x9, #63, .-16", Op::kTBNZ, -16, 63},
    {0xd43fffe0, "brk #0xffff", Op::kBRK, 0xffff},
    {0x00001234, "udf #0x1234", Op::kUDF, 0x1234},
    {0xd50343df, "msr daifset, #3", Op::kMSR_imm, 3, 036},
    {0xd53bd045, "mrs x5, tpidr_el0", Op::kMRS, 0b11'011'1101'0000'010},
    {0xd50b7423, "dc zva, x3", Op::kSYS, 0b011'0111'0100'001},
};

constexpr Case kLoadsAndStores[] = {
    {0xf97ffc41, "ldr x1, [x2, #32760]", Op::kLDR_uimm, 32760},
    {0xb97ffc41, "ldr w1, [x2, #16380]", Op::kLDR_uimm, 16380},
    {0x397ffc41, "ldrb w1, [x2, #4095]", Op::kLDRB_uimm, 4095},
    {0x797ffc41, "ldrh w1, [x2, #8190]", Op::kLDRH_uimm, 8190},
    {0xf8500041, "ldur x1, [x2, #-256]", Op::kLDUR, -256},
    {0xa9600861, "ldp x1, x2, [x3, #-512]", Op::kLDP_off, -512},
    {0x295f8861, "ldp w1, w2, [x3, #252]", Op::kLDP_off, 252},
    {0x69600861, "ldpsw x1, x2, [x3, #-256]", Op::kLDPSW_off, -256},
    {0xad600861, "ldp q1, q2, [x3, #-1024]", Op::kLDP_q_off, -1024},
    {0xf863d841, "ldr x1, [x2, w3, sxtw #3]", Op::kLDR_reg, 3, 6},
    {0xf8636841, "ldr x1, [x2, x3]", Op::kLDR_reg, 0, 3},
    {0xf8600441, "ldraa x1, [x2, #-4096]", Op::kLDRAA, -4096},
    {0x4d405801, "ld1 {v1.h}[7], [x0]", Op::kLD1_lane_h, 7},
    {0x4d408401, "ld1 {v1.d}[1], [x0]", Op::kLD1_lane_d, 1},
};

constexpr Case kSimd[] = {
    {0x4f054561, "movi v1.4s, #0xab, lsl #16", Op::kMOVI_vs, 0x00ab0000'00ab0000},
    {0x4f07ff01, "fmov v1.8h, #-1.5", Op::kFMOV_vh_imm, static_cast<std::int64_t>(0xbe00be00be00be00)},
    {0x1e67f001, "fmov d1, #31.0", Op::kFMOV_d_imm, 0x3f},
    {0x6f5f0841, "mla v1.8h, v2.8h, v15.h[5]", Op::kMLA_vh_elem, 5},
    {0x4fbf1841, "fmla v1.4s, v2.4s, v31.s[3]", Op::kFMLA_vs_elem, 3},
    {0x4fdf1841, "fmla v1.2d, v2.2d, v31.d[1]", Op::kFMLA_vd_elem, 1},
    {0x9e420041, "scvtf d1, x2, #64", Op::kSCVTF_d_x_fix, 64},
    {0x4f3bfc41, "fcvtzs v1.4s, v2.4s, #5", Op::kFCVTZS_vs_fix, 5},
};

TEST(Decode, DataProcessing) { check(kDataProcessing); }
TEST(Decode, BranchesAndSystem) { check(kBranchesAndSystem); }
TEST(Decode, LoadsAndStores) { check(kLoadsAndStores); }

TEST(Decode, Simd) {
  for (const Case& c : kSimd) {
    const Inst inst = decode(c.word);
    EXPECT_STREQ(name_of(inst.op), name_of(c.op)) << c.source;
    EXPECT_EQ(inst.imm, c.imm) << c.source;
  }
  // The index bit M is not part of the register.
  EXPECT_EQ(decode(0x6f5f0841).rm, 15);
  EXPECT_EQ(decode(0x4fbf1841).rm, 31);
}

TEST(Decode, RegistersAndShape) {
  const Inst madd = decode(0x9b020c20);  // madd x0, x1, x2, x3
  EXPECT_EQ(madd.rd, 0);
  EXPECT_EQ(madd.rn, 1);
  EXPECT_EQ(madd.rm, 2);
  EXPECT_EQ(madd.ra, 3);
  EXPECT_TRUE(madd.wide());
  EXPECT_FALSE(decode(0x1b020c20).wide());
  const Inst adr = decode(0x30ffffe5);  // bits of its immediate stand where Rn, Rm and Ra would
  EXPECT_EQ(adr.rn | adr.rm | adr.ra, 0);
  EXPECT_FALSE(decode(0xb9400000).wide());  // ldr w0, [x0]
  EXPECT_TRUE(decode(0xf9400000).wide());   // ldr x0, [x0]
}

constexpr std::uint32_t kUndefinedWords[] = {
    0x92401c00 & ~(1U << 31),  // and w, N = 1
    0x9240fc00,                // and x, all ones
    0x1200fc00,                // and w, imms reserved
    0x0b038041,                // add w, lsl #32
    0x8bc30041,                // add x, ror
    0x0a038041,                // and w, lsl #32
    0x12c00003,                // movn w, lsl #32
    0x93072441,                // sbfm x, N = 0
    0x13472441,                // sbfm w, N = 1
    0x13200041,                // sbfm w, immr = 32
    0x138381c1,                // extr w, #32
    0x93837c41,                // extr x, N = 0
    0x8b231441,                // add x, uxtb #5
    0xe9400861,                // ldp opc = 11
    0xf8634841 & ~(1U << 14),  // ldr with option 000
    0x1ac35c41,                // crc32x with sf = 0
    0x9ac34041,                // crc32b with sf = 1
    0x1b420c41,                // smulh with sf = 0
    0x48237cc5,                // casp with odd registers
    0xd501401f,                // msr (immediate) of no field
    0xffffffff,
    0x00010000,  // below udf
    0x04000000,  // SVE
};

TEST(Decode, ReservedValuesAreUndefined) {
  for (const std::uint32_t word : kUndefinedWords) {
    const Inst inst = decode(word);
    EXPECT_STREQ(name_of(inst.op), "undefined") << std::hex << word;
    EXPECT_EQ(inst.imm, 0);
  }
}

TEST(Decode, RefinementsWin) {
  EXPECT_EQ(decode(0xd503201f).op, Op::kNOP);
  EXPECT_EQ(decode(0xd503233f).op, Op::kPACIASP);
  EXPECT_EQ(decode(0xd50324df).op, Op::kBTI);
  EXPECT_EQ(decode(0xd50325df).op, Op::kHINT);
  EXPECT_EQ(decode(0xd500401f).op, Op::kCFINV);
}

}  // namespace
}  // namespace m2sim::insts
