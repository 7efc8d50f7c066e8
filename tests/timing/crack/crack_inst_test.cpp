#include "timing/crack/crack_inst.h"

#include <gtest/gtest.h>

#include "insts/decode.h"
#include "tests/timing/synthetic.h"

namespace m2sim::timing {
namespace {

using namespace a64;
using insts::TimingClass;

insts::Inst inst(std::uint32_t word) { return insts::decode(word); }

TEST(CrackInst, WhatRenameMayDoWithoutExecuting) {
  struct Case {
    std::uint32_t word;
    Elimination how;
    const char* text;
  };
  using enum Elimination;
  for (const Case& c : {
           Case{nop(), kNothing, "nop"},
           {b(8), kNothing, "b"},
           {mov_imm(0, 0), kZero, "mov x0, #0"},
           {mov_imm(0, 1), kImmediate, "mov x0, #1"},
           {0x92800000, kImmediate, "mov x0, #-1"},
           {0xB24003E0, kImmediate, "orr x0, xzr, #1"},
           {0xB2400020, kNone, "orr x0, x1, #1"},
           {mov(0, 1), kMove, "mov x0, x1"},
           {mov(0, a64::kZero), kNone, "mov x0, xzr"},
           {0x2A0103E0, kNone, "mov w0, w1"},
           {0xAA0107E0, kNone, "orr x0, xzr, x1, lsl #1"},
           {0xAA010040, kNone, "orr x0, x2, x1"},
           {0x910003E0, kMove, "mov x0, sp"},
           {0x9100001F, kMove, "mov sp, x0"},
           {0x110003E0, kNone, "mov w0, wsp"},
           {add(0, 1, 0), kNone, "add x0, x1, #0"},
           {0x910007E0, kNone, "add x0, sp, #1"},
           {0x6F00E400, kZero, "movi v0.2d, #0"},
           {0x4F00E420, kNone, "movi v0.16b, #1"},
           {0x4EA11C20, kVectorMove, "mov v0.16b, v1.16b"},
           {0x0EA11C20, kNone, "mov v0.8b, v1.8b"},
           {0x4EA21C20, kNone, "orr v0.16b, v1.16b, v2.16b"},
           {0x4F001420, kNone, "orr v0.4s, #1"},
           {0x00000000, kNone, "udf #0"},
           {add(0, 1, 1), kNone, "add x0, x1, #1"},
       }) {
    EXPECT_EQ(elimination_of(inst(c.word)), c.how) << c.text;
  }
}

TEST(CrackInst, AShiftOfNothingIsNoShift) {
  struct Case {
    std::uint32_t word;
    TimingClass cost;
    const char* text;
  };
  using enum TimingClass;
  for (const Case& c : {
           Case{add_reg(0, 1, 2), kAlu, "add x0, x1, x2"},
           {add_lsl(0, 1, 2, 1), kAluShift, "add x0, x1, x2, lsl #1"},
           {0x8B224020, kAluShift, "add x0, x1, w2, uxtw"},
           {0x0B224020, kAlu, "add w0, w1, w2, uxtw"},
           {0x0B226020, kAluShift, "add w0, w1, w2, uxtx"},
           {0x8B226020, kAlu, "add x0, x1, x2, uxtx"},
           {0x8B226420, kAluShift, "add x0, x1, x2, uxtx #1"},
           {0x8B222020, kAluShift, "add x0, x1, w2, uxth"},
           {cmp(0, 1), kAluFlags, "cmp x0, x1"},
           {cmp(0, 1) | 2U << 10, kAluFlagsShift, "cmp x0, x1, lsl #2"},
           {madd(0, 1, 2, 3), kMadd, "madd x0, x1, x2, x3"},
           {mul(0, 1, 2), kMul, "mul x0, x1, x2"},
           {0x93C10420, kAlu, "ror x0, x1, #1"},
           {0x93C20420, kBitfieldIns, "extr x0, x1, x2, #1"},
       }) {
    EXPECT_EQ(effective_class(inst(c.word)), c.cost) << c.text;
  }
}

TEST(CrackInst, FlagSettersFuseWithConditionsAndResultsWithZeroTests) {
  const auto condition = [](std::uint32_t first) { return can_fuse(inst(first), inst(b_lt(8))); };
  EXPECT_TRUE(condition(cmp(0, 1)));
  EXPECT_TRUE(condition(adds(0, 1, 1)));
  EXPECT_FALSE(condition(add(0, 1, 1))) << "sets no flags";
  EXPECT_FALSE(condition(cmp(0, 1) | 2U << 10)) << "shifts";
  EXPECT_FALSE(condition(0xBA020020)) << "adcs reads the flags";
  EXPECT_FALSE(condition(0xFA410000)) << "ccmp reads the flags";
  EXPECT_FALSE(condition(0xEB22603F)) << "cmp x1, x2, uxtx: an extended register";
  EXPECT_FALSE(condition(0x00000000));
  const auto zero = [](std::uint32_t first, std::uint32_t reg) {
    return can_fuse(inst(first), inst(cbnz(reg, 8)));
  };
  // add, sub, and, bic, orr, orn, eor, eon of registers
  for (const std::uint32_t word : {add_reg(3, 1, 2), 0xCB020023U, 0x8A020023U, 0x8A220023U, 0xAA020023U,
                                   0xAA220023U, 0xCA020023U, 0xCA220023U}) {
    EXPECT_TRUE(zero(word, 3)) << std::hex << word;
    EXPECT_FALSE(zero(word, 4)) << std::hex << word << ": another register";
    EXPECT_FALSE(can_fuse(inst(word), inst(b_lt(8))));
    EXPECT_FALSE(can_fuse(inst(word), inst(0xB6000043))) << "tbz x3, #32";
  }
  EXPECT_FALSE(zero(add_lsl(3, 1, 2, 1), 3));
  EXPECT_FALSE(zero(adds(3, 1, 1), 3)) << "sets flags";
  EXPECT_FALSE(zero(mul(3, 1, 2), 3));
  EXPECT_FALSE(zero(add_reg(kZero, 1, 2), kZero)) << "the zero register is no result";
}

struct CrackOne {
  CoreConfig config = m2_pcore();
  QueueLayout layout = queue_layout(config);
  std::vector<UopInfo> uops;
  InstCracker cracker{config, layout, uops};
};

TEST(CrackInst, DivisionTakesWhatTheConfigurationSays) {
  const auto latency_of = [](std::uint32_t word) {
    CrackOne one;
    one.config.divide = {1, 2, 3, 4, 5, 6};
    one.cracker.crack(inst(word), 0);
    return unsigned{one.uops.at(0).latency};
  };
  EXPECT_EQ(latency_of(0x1E221820U), 2U) << "fdiv s0, s1, s2";
  EXPECT_EQ(latency_of(0x2E22FC20U), 2U) << "fdiv v0.2s, v1.2s, v2.2s";
  EXPECT_EQ(latency_of(0x1E21C020U), 5U) << "fsqrt s0, s1";
}

// Whatever the instruction: values inside it are written before they are read, and nothing is lost on the
// way.
TEST(CrackInst, EveryClassKeepsItsRegisters) {
  for (const std::uint32_t word :
       {add(0, 1, 1), add_lsl(0, 1, 2, 3), adds(0, 1, 1),     madd(0, 1, 2, 3), sdiv(0, 1, 2), ldr(0, 1),
        str(0, 1),    ldp(0, 1, 2),        ldr_post(0, 1, 8), csel(0, 1, 2),    fadd(0, 1, 2),
        0xAD400440U,   // ldp q0, q1, [x2]
        0xF8008420U,   // str x0, [x1], #8
        0x9E620000U,   // scvtf d0, x0
        0x9E780000U,   // fcvtzs x0, d0
        0x93C20420U,   // extr x0, x1, x2, #1
        0x4E1C1C20U,   // mov v0.s[3], w1
        0xF8210002U,   // ldadd x1, x2, [x0]
        0xC8017C02U,   // stxr w1, x2, [x0]
        0x4C400000U})  // ld4 {v0.16b-v3.16b}, [x0]
  {
    CrackOne one;
    one.cracker.crack(inst(word), 5);
    ASSERT_FALSE(one.uops.empty()) << std::hex << word;
    const insts::Operands operands = insts::operands_of(inst(word));
    unsigned finished = 0;
    std::vector<bool> written(kTimedRegs);
    for (const UopInfo& uop : one.uops) {
      EXPECT_EQ(uop.inst, 5) << std::hex << word;
      EXPECT_NE(uop.ports, 0) << std::hex << word;
      finished += uop.insts;
      for (unsigned s = 0; s < uop.source_count; ++s) {
        const RegId reg = uop.sources[s].reg;
        if (reg >= kTemp0) {
          EXPECT_TRUE(written[reg]) << std::hex << word << ": a value from nowhere";
        }
      }
      for (unsigned d = 0; d < uop.dest_count; ++d) written[uop.dests[d]] = true;
    }
    EXPECT_EQ(finished, 1U) << std::hex << word;
    for (const RegId reg : operands.written()) EXPECT_TRUE(written[reg]) << std::hex << word << ", " << +reg;
  }
}

// The cycle-driven model asks only uops without a port whether they serialize.
TEST(CrackInst, WhatSerializesIsDoneAtRename) {
  unsigned serializing = 0;
  for (const std::uint32_t word : {0xD5033FDFU,     // isb
                                   0xD4000001U,     // svc #0
                                   0xD53BD040U,     // mrs x0, tpidr_el0
                                   0xD51B4420U,     // msr fpsr, x0
                                   0xD5033FBFU}) {  // dmb sy
    CrackOne one;
    one.cracker.crack(inst(word), 0);
    for (const UopInfo& uop : one.uops) {
      if (!uop.is(kUopSerialize)) continue;
      ++serializing;
      EXPECT_EQ(uop.ports, 0U) << std::hex << word;
    }
  }
  EXPECT_GE(serializing, 2U);
}

TEST(CrackInst, ABlockZeroingStoreIsOneStoreOf64Bytes) {
  CrackOne one;
  one.cracker.crack(inst(0xd50b7423), 2);  // dc zva, x3
  ASSERT_EQ(one.uops.size(), 1U);
  const UopInfo& uop = one.uops.front();
  EXPECT_TRUE(uop.is(kUopStore));
  EXPECT_TRUE(uop.is(kUopFirstAccess));
  EXPECT_EQ(uop.bytes, 64);
  ASSERT_EQ(uop.source_count, 1);
  EXPECT_EQ(uop.sources[0].reg, 3);
  EXPECT_EQ(uop.sources[0].role, insts::Role::kBase);
  CrackOne other;
  other.cracker.crack(inst(0xd50b7b23), 2);  // dc cvau, x3
  EXPECT_FALSE(other.uops.front().memory());
}

TEST(CrackInst, AMoveThatRenameDoesTakesAnEntryAndNoRegister) {
  CrackOne one;
  one.cracker.crack_eliminated(inst(mov(0, 1)), 2, Elimination::kMove);
  ASSERT_EQ(one.uops.size(), 1U);
  const UopInfo& uop = one.uops.front();
  EXPECT_TRUE(uop.is(kUopCopy));
  EXPECT_EQ(uop.ports, 0);
  EXPECT_EQ(uop.slots, 1);
  EXPECT_EQ(uop.needs, kRenameEntry);
  EXPECT_EQ(uop.sources[0].reg, 1);
  EXPECT_EQ(uop.dests[0], 0);
}

TEST(CrackInst, AFusedPairIsOneOperationInTwoSlots) {
  CrackOne one;
  one.cracker.crack_fused(inst(adds(3, 1, 1)), inst(b_lt(8)), 4);
  ASSERT_EQ(one.uops.size(), 1U);
  const UopInfo& uop = one.uops.front();
  EXPECT_EQ(uop.slots, 2);
  EXPECT_EQ(uop.insts, 2);
  EXPECT_EQ(uop.issues, 1);
  EXPECT_TRUE(uop.is(kUopEndsGroup));
  EXPECT_EQ(uop.needs, 2 * kRenameEntry + kIntRegister + kFlagRegister);
  for (unsigned p = 0; p < one.config.ports.size(); ++p) {
    EXPECT_EQ((uop.ports >> p & 1) != 0, (one.config.ports[p].capabilities & kCapBranch) != 0) << p;
  }
}

}  // namespace
}  // namespace m2sim::timing
