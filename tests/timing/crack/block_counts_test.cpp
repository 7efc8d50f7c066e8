// Instructions and uops by kind, counted by hand.
#include "timing/crack/block_counts.h"

#include "tests/timing/loop.h"
#include "timing/crack/crack.h"

namespace m2sim::timing {
namespace {

using namespace a64;

struct BlockCountsTest : public ::testing::Test {
  CoreConfig config = m2_pcore();
  CrackTable table{config};
  SyntheticProgram program;

  BlockCounts run(const Words& words, unsigned times = 1) {
    program.block(kCode, words);
    for (unsigned i = 0; i < times; ++i) table.execute(*program.pointers().back());
    return table.executed();
  }
};

constexpr std::uint32_t kFadd = 0x1E622820;      // fadd d0, d1, d2
constexpr std::uint32_t kLoadQ = 0x3DC00020;     // ldr q0, [x1]
constexpr std::uint32_t kStoreQ = 0x3D800020;    // str q0, [x1]
constexpr std::uint32_t kToVector = 0x9E670000;  // fmov d0, x0
constexpr std::uint32_t kDmb = 0xD5033BBF;       // dmb ish
constexpr std::uint32_t kIsb = 0xD5033FDF;
constexpr std::uint32_t kLdadd = 0xF8210062;  // ldadd x1, x2, [x3]
constexpr std::uint32_t kBlr = 0xD63F0020;    // blr x1
constexpr std::uint32_t kBl = 0x94000001;
constexpr std::uint32_t kBr = 0xD61F0020;  // br x1
constexpr std::uint32_t kRet = 0xD65F03C0;

TEST_F(BlockCountsTest, InstructionsByKind) {
  const BlockCounts counts = run({add(0, 1, 1), mul(2, 3, 4), nop(), ldr(0, 1), str(0, 1), kFadd, kFadd,
                                  kFadd, kLoadQ, kStoreQ, kStoreQ, kToVector, kDmb, b(4)});
  EXPECT_EQ(counts.int_alu, 2U);
  EXPECT_EQ(counts.int_loads, 1U);
  EXPECT_EQ(counts.int_stores, 1U);
  EXPECT_EQ(counts.simd_alu, 4U);
  EXPECT_EQ(counts.simd_loads, 1U);
  EXPECT_EQ(counts.simd_stores, 2U);
  EXPECT_EQ(counts.memory_insts, 5U);
  EXPECT_EQ(counts.barriers, 1U);
  EXPECT_EQ(counts.calls + counts.returns + counts.indirect, 0U);
}

TEST_F(BlockCountsTest, AnAtomicIsALoadAndAStoreAndOneAccess) {
  const BlockCounts counts = run({kLdadd});
  EXPECT_EQ(counts.int_loads, 1U);
  EXPECT_EQ(counts.int_stores, 1U);
  EXPECT_EQ(counts.memory_insts, 1U);
  EXPECT_EQ(counts.int_alu, 0U);
}

TEST_F(BlockCountsTest, BranchesByKind) {
  EXPECT_EQ(run({kBl}).calls, 1U);
  const BlockCounts after_blr = run({kBlr});
  EXPECT_EQ(after_blr.calls, 2U);
  EXPECT_EQ(after_blr.indirect, 1U);
  EXPECT_EQ(run({kBr}).indirect, 2U);
  const BlockCounts after_ret = run({kRet});
  EXPECT_EQ(after_ret.returns, 1U);
  EXPECT_EQ(after_ret.indirect, 2U);
  EXPECT_EQ(after_ret.int_alu, 0U);
  EXPECT_EQ(run({kIsb}).barriers, 1U);
}

TEST_F(BlockCountsTest, UopsByKind) {
  // A pair is two uops and one access; a move to a vector register takes a load's place.
  const BlockCounts counts = run({add(0, 1, 1), ldp(0, 1, 2), str(0, 1), kFadd, kFadd, kToVector});
  EXPECT_EQ(counts.int_uops, 1U);
  EXPECT_EQ(counts.memory_uops, 4U);
  EXPECT_EQ(counts.simd_uops, 2U);
  EXPECT_EQ(counts.load_unit, 2U);
  EXPECT_EQ(counts.store_unit, 1U);
}

TEST_F(BlockCountsTest, EliminatedMovesAreOfTheirRegistersKind) {
  const BlockCounts counts = run({mov(0, 1), 0x4EA11C20});  // mov v0.16b, v1.16b
  EXPECT_EQ(counts.int_uops, 1U);
  EXPECT_EQ(counts.simd_uops, 1U);
}

TEST_F(BlockCountsTest, CountExecutionsAndOutliveTheBlocks) {
  EXPECT_EQ(run({add(0, 1, 1), ldr(0, 1)}, 3).int_alu, 3U);
  table.clear();
  EXPECT_EQ(table.executed().int_alu, 3U);
  EXPECT_EQ(table.executed().int_loads, 3U);
  EXPECT_EQ(run({add(0, 1, 1)}, 2).int_alu, 5U);
}

}  // namespace
}  // namespace m2sim::timing
