// What the crack table makes of instructions: uops, issues, elimination, fusion, retire-group marks.
#include "timing/crack/crack.h"

#include "tests/timing/loop.h"
#include "timing/crack/op_timing.h"

namespace m2sim::timing {
namespace {

using namespace a64;

struct Crack : public ::testing::Test {
  CoreConfig config = m2_pcore();
  CrackTable table{config};
  SyntheticProgram program;

  const CrackedBlock& crack(const Words& words) {
    program.block(kCode, words);
    return table.lookup(*program.pointers().back());
  }
};

TEST_F(Crack, CountsUopsAndIssuesAsTheHardwareCounters) {
  const auto counts = [this](const Words& words) {
    const CrackedBlock& block = crack(words);
    return std::pair<unsigned, unsigned>(block.slots, block.issues);
  };
  using Counts = std::pair<unsigned, unsigned>;
  EXPECT_EQ(counts({add(0, 1, 1)}), Counts(1, 1));
  EXPECT_EQ(counts({add_lsl(0, 1, 2, 3)}), Counts(1, 2));
  EXPECT_EQ(counts({ldr(0, 1)}), Counts(1, 1));
  EXPECT_EQ(counts({ldp(0, 1, 2)}), Counts(2, 1));
  EXPECT_EQ(counts({ldr_post(0, 1, 8)}), Counts(2, 2));
  EXPECT_EQ(counts({str(0, 1)}), Counts(1, 1));
  EXPECT_EQ(counts({0xF8008420}), Counts(1, 2));  // str x0, [x1], #8
  EXPECT_EQ(counts({0xAD400440}), Counts(2, 2));  // ldp q0, q1, [x2]
  EXPECT_EQ(counts({0x9E620000}), Counts(2, 2));  // scvtf d0, x0
  EXPECT_EQ(counts({0x9E780000}), Counts(2, 3));  // fcvtzs x0, d0
  EXPECT_EQ(counts({nop()}), Counts(1, 0));
  EXPECT_EQ(counts({b(4)}), Counts(1, 0));
}

TEST_F(Crack, EliminatesWhatRenameCanDo) {
  EXPECT_EQ(crack({mov(0, 1)}).eliminated, 1);
  EXPECT_EQ(crack({mov_imm(0, 0)}).eliminated, 1);
  EXPECT_EQ(crack({0x2A0103E0}).eliminated, 0);     // mov w0, w1
  EXPECT_EQ(crack({mov(0, kZero)}).eliminated, 0);  // mov x0, xzr
  EXPECT_EQ(crack({0x4EA11C20}).eliminated, 1);     // mov v0.16b, v1.16b
  EXPECT_EQ(crack({0x0EA11C20}).eliminated, 0);     // mov v0.8b, v1.8b
  // A vector move of an eliminated one executes.
  EXPECT_EQ(crack({0x4EA11C20, 0x4EA01C02}).eliminated, 1);  // … ; mov v2.16b, v0.16b
}

TEST_F(Crack, LimitsImmediatesAmongOtherWork) {
  const unsigned limit = config.rename.eliminated_immediates;
  EXPECT_EQ(crack({mov_imm(0, 1), mov_imm(1, 2), mov_imm(2, 3), mov_imm(3, 4), add(4, 4, 1)}).eliminated,
            limit);
  EXPECT_EQ(crack({mov_imm(0, 1), mov_imm(1, 2), mov_imm(2, 3), mov_imm(3, 4)}).eliminated, 4);
}

TEST_F(Crack, FusesPairsThatStandTogether) {
  EXPECT_EQ(crack({cmp(0, 1), b_lt(8)}).fused_pairs, 1);
  EXPECT_EQ(crack({cmp(0, 1), nop(), b_lt(8)}).fused_pairs, 0);
  EXPECT_EQ(crack({add(0, 1, 1), cbnz(0, 8)}).fused_pairs, 1);
  EXPECT_EQ(crack({add(0, 1, 1), cbnz(1, 8)}).fused_pairs, 0);
  EXPECT_EQ(crack({add(0, 1, 1), b_lt(8)}).fused_pairs, 0);
  EXPECT_EQ(crack({cmp(0, 1) | 2U << 10, b_lt(8)}).fused_pairs, 0);  // cmp x0, x1, lsl #2
  const CrackedBlock& block = crack({cmp(0, 1), b_lt(8)});
  EXPECT_EQ(block.slots, 2);
  EXPECT_EQ(block.issues, 1);
  EXPECT_TRUE(block.uops[0].is(kUopEndsGroup));
  EXPECT_TRUE(block.uops[0].is(kUopBranch));
}

TEST_F(Crack, MemoryStartsGroupsAndTakesOneAddress) {
  const CrackedBlock& block = crack({0xAD400440});  // ldp q0, q1, [x2]
  ASSERT_EQ(block.first_uop[1], 2);
  EXPECT_TRUE(block.uops[0].is(kUopStartsGroup));
  EXPECT_TRUE(block.uops[0].is(kUopFirstAccess));
  EXPECT_FALSE(block.uops[1].is(kUopFirstAccess));
  EXPECT_EQ(block.uops[1].offset, 16);
}

TEST_F(Crack, PortsAreThoseWithTheCapability) {
  const CrackedBlock& block = crack({mul(0, 1, 2)});
  for (unsigned p = 0; p < m2_pcore().ports.size(); ++p) {
    EXPECT_EQ((block.uops[0].ports >> p & 1) != 0, (config.ports[p].capabilities & kCapMul) != 0)
        << "u" << p + 1;
  }
}

TEST_F(Crack, ABlockIsCrackedOnce) {
  const UopInfo* first = crack({add(0, 0, 1)}).uops;
  const auto pointers = program.pointers();
  EXPECT_EQ(table.lookup(*pointers.back()).uops, first);
}

}  // namespace
}  // namespace m2sim::timing
