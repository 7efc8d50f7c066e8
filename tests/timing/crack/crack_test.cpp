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
  const BlockCounts& count(const Words& words) {
    crack(words);
    return table.counts(*program.pointers().back());
  }
};

TEST_F(Crack, CountsUopsAndIssuesAsTheHardwareCounters) {
  const auto counts = [this](const Words& words) {
    const BlockCounts& block = count(words);
    return std::pair<std::uint64_t, std::uint64_t>(block.uops, block.issued_uops);
  };
  using Counts = std::pair<std::uint64_t, std::uint64_t>;
  EXPECT_EQ(counts({add(0, 1, 1)}), Counts(1, 1));
  EXPECT_EQ(counts({add_lsl(0, 1, 2, 3)}), Counts(1, 2));
  EXPECT_EQ(counts({ldr(0, 1)}), Counts(1, 1));
  EXPECT_EQ(counts({ldp(0, 1, 2)}), Counts(2, 1));
  EXPECT_EQ(counts({ldr_post(0, 1, 8)}), Counts(2, 2));
  EXPECT_EQ(counts({str(0, 1)}), Counts(1, 1));
  EXPECT_EQ(counts({0xF8008420}), Counts(1, 2));    // str x0, [x1], #8
  EXPECT_EQ(counts({0xAD400440}), Counts(2, 2));    // ldp q0, q1, [x2]
  EXPECT_EQ(counts({0x9E620000}), Counts(2, 2));    // scvtf d0, x0
  EXPECT_EQ(counts({0x9E780000}), Counts(2, 3));    // fcvtzs x0, d0
  EXPECT_EQ(counts({0xF8210062}), Counts(3, 3));    // ldadd x1, x2, [x3]
  EXPECT_EQ(counts({0xF8218062}), Counts(2, 2));    // swp x1, x2, [x3]
  EXPECT_EQ(counts({0xC8A17C62}).second, 3U);       // cas x1, x2, [x3]
  EXPECT_EQ(counts({0x6D000440}), Counts(2, 2));    // stp d0, d1, [x2]
  EXPECT_EQ(counts({0x0C008040}), Counts(2, 2));    // st2 {v0.8b, v1.8b}, [x2]
  EXPECT_EQ(counts({0x4C000C40}), Counts(12, 12));  // st4 {v0.2d-v3.2d}, [x2]
  EXPECT_EQ(counts({0x4C400C40}), Counts(12, 12));  // ld4 {v0.2d-v3.2d}, [x2]
  EXPECT_EQ(counts({0x3CE27820}), Counts(2, 2));    // ldr q0, [x1, x2, lsl #4]
  EXPECT_EQ(counts({0x3CA27820}), Counts(2, 2));    // str q0, [x1, x2, lsl #4]
  EXPECT_EQ(counts({0x4E056020}), Counts(3, 3));    // tbl v0.16b, {v1.16b-v4.16b}, v5.16b
  EXPECT_EQ(counts({0x4E055020}), Counts(3, 3)) << "tbx v0.16b, {v1.16b-v3.16b}, v5.16b";
  EXPECT_EQ(counts({nop()}), Counts(1, 0));
  EXPECT_EQ(counts({b(4)}), Counts(1, 0));
}

TEST_F(Crack, EliminatesWhatRenameCanDo) {
  EXPECT_EQ(count({mov(0, 1)}).eliminated_uops, 1U);
  EXPECT_EQ(count({mov_imm(0, 0)}).eliminated_uops, 1U);
  EXPECT_EQ(count({0x2A0103E0}).eliminated_uops, 0U);     // mov w0, w1
  EXPECT_EQ(count({mov(0, kZero)}).eliminated_uops, 0U);  // mov x0, xzr
  EXPECT_EQ(count({0x4EA11C20}).eliminated_uops, 1U);     // mov v0.16b, v1.16b
  EXPECT_EQ(count({0x0EA11C20}).eliminated_uops, 0U);     // mov v0.8b, v1.8b
  // A vector move of an eliminated one executes.
  EXPECT_EQ(count({0x4EA11C20, 0x4EA01C02}).eliminated_uops, 1U);  // … ; mov v2.16b, v0.16b
}

TEST_F(Crack, LimitsImmediatesAmongOtherWork) {
  const unsigned limit = config.rename.eliminated_immediates;
  EXPECT_EQ(count({mov_imm(0, 1), mov_imm(1, 2), mov_imm(2, 3), mov_imm(3, 4), add(4, 4, 1)}).eliminated_uops,
            limit);
  EXPECT_EQ(count({mov_imm(0, 1), mov_imm(1, 2), mov_imm(2, 3), mov_imm(3, 4)}).eliminated_uops, 4U);
}

TEST_F(Crack, FusesPairsThatStandTogether) {
  EXPECT_EQ(count({cmp(0, 1), b_lt(8)}).fused_pairs, 1U);
  EXPECT_EQ(count({cmp(0, 1), nop(), b_lt(8)}).fused_pairs, 0U);
  EXPECT_EQ(count({add(0, 1, 1), cbnz(0, 8)}).fused_pairs, 1U);
  EXPECT_EQ(count({add(0, 1, 1), cbnz(1, 8)}).fused_pairs, 0U);
  EXPECT_EQ(count({add(0, 1, 1), b_lt(8)}).fused_pairs, 0U);
  EXPECT_EQ(count({cmp(0, 1) | 2U << 10, b_lt(8)}).fused_pairs, 0U);  // cmp x0, x1, lsl #2
  const CrackedBlock& block = crack({cmp(0, 1), b_lt(8)});
  EXPECT_EQ(table.counts(*program.pointers().back()).uops, 2U);
  EXPECT_EQ(table.counts(*program.pointers().back()).issued_uops, 1U);
  EXPECT_TRUE(block.uops[0].is(kUopEndsGroup));
  EXPECT_TRUE(block.uops[0].is(kUopBranch));
}

TEST_F(Crack, FusesVectorPairsWhoseSecondOverwritesTheFirst) {
  constexpr std::uint32_t kAese = 0x4E284820;    // aese v0.16b, v1.16b
  constexpr std::uint32_t kAesmc = 0x4E286800;   // aesmc v0.16b, v0.16b
  constexpr std::uint32_t kAesd = 0x4E285820;    // aesd v0.16b, v1.16b
  constexpr std::uint32_t kAesimc = 0x4E287800;  // aesimc v0.16b, v0.16b
  constexpr std::uint32_t kPmull = 0x0EE2E020;   // pmull v0.1q, v1.1d, v2.1d
  constexpr std::uint32_t kEor = 0x6E231C00;     // eor v0.16b, v0.16b, v3.16b
  for (const Words& pair : {Words{kAese, kAesmc}, Words{kAesd, kAesimc}, Words{kPmull, kEor},
                            Words{kAese, kEor}, Words{kAesd, 0x6E201C60}}) {  // eor v0.16b, v3.16b, v0.16b
    const CrackedBlock& block = crack(pair);
    const BlockCounts& counts = table.counts(*program.pointers().back());
    EXPECT_EQ(counts.uops, 2U);
    EXPECT_EQ(counts.issued_uops, 1U);
    EXPECT_EQ(counts.fused_pairs, 1U);
    const UopInfo& uop = block.uops[0];
    EXPECT_EQ(uop.insts, 2);
    EXPECT_EQ(uop.latency, 3);
    EXPECT_EQ(uop.dest_count, 1);
    EXPECT_FALSE(uop.is(kUopEndsGroup)) << "no branch";
  }
  EXPECT_EQ(crack({kPmull, kEor}).uops[0].source_count, 3) << "the product's two and the other operand";
  for (const Words& pair : {Words{kAese, kAesimc}, Words{kAesd, kAesmc}, Words{kAesmc, kAese},
                            Words{kAese, 0x4E286802}, Words{kPmull, 0x6E201C00}, Words{kPmull, 0x2E231C00}}) {
    EXPECT_EQ(count(pair).issued_uops, 2U) << std::hex << pair[0] << ' ' << pair[1];
  }
}

TEST_F(Crack, AcquireAndReleaseAreMarked) {
  const auto flags = [this](std::uint32_t word) {
    const CrackedBlock& block = crack({word});
    unsigned all = 0;
    for (unsigned i = 0; i < block.first_uop[1]; ++i) all |= block.uops[i].flags;
    return all & (kUopAcquire | kUopRelease);
  };
  EXPECT_EQ(flags(0xC8DFFC20), kUopAcquire) << "ldar x0, [x1]";
  EXPECT_EQ(flags(0xF8BFC020), 0U) << "ldapr x0, [x1] may pass a release";
  EXPECT_EQ(flags(0xC89FFC20), kUopRelease) << "stlr x0, [x1]";
  EXPECT_EQ(flags(0xF8210062), 0U) << "ldadd";
  EXPECT_EQ(flags(0xF8E10062), kUopAcquire | kUopRelease) << "ldaddal";
}

TEST_F(Crack, WhatSwpWritesDoesNotWaitForWhatItReads) {
  const CrackedBlock& swap = crack({0xF8218062});  // swp x1, x2, [x3]
  const UopInfo& write = swap.uops[1];
  ASSERT_TRUE(write.is(kUopStore));
  for (unsigned s = 0; s < write.source_count; ++s) EXPECT_NE(write.sources[s].reg, 2);
  const CrackedBlock& add = crack({0xF8210062});  // ldadd x1, x2, [x3]
  EXPECT_EQ(add.uops[2].sources[1].reg, add.uops[1].dests[0]) << "the sum is written";
}

TEST_F(Crack, MemoryStartsGroupsAndTakesOneAddress) {
  const CrackedBlock& block = crack({0xAD400440});  // ldp q0, q1, [x2]
  ASSERT_EQ(block.first_uop[1], 2);
  EXPECT_TRUE(block.uops[0].is(kUopStartsGroup));
  EXPECT_TRUE(block.uops[0].is(kUopFirstAccess));
  EXPECT_FALSE(block.uops[1].is(kUopFirstAccess));
  EXPECT_EQ(block.uops[1].offset, 16);
}

// With operations of eight bytes, each half of a vector is one; a load's register is there with the last of
// its pieces, and each piece of a store waits for its data.
TEST_F(Crack, RegistersGoInAsManyPiecesAsTheirBytesNeed) {
  config.lsq.access_bytes = 8;
  CrackTable narrow(config);
  const auto pieces = [&](std::uint32_t word) {
    program.block(kCode, {word});
    const CrackedBlock& block = narrow.lookup(*program.pointers().back());
    std::vector<UopInfo> accesses;
    for (unsigned i = 0; i < block.first_uop[1]; ++i) {
      if (block.uops[i].memory()) accesses.push_back(block.uops[i]);
    }
    for (std::size_t i = 0; i < accesses.size(); ++i) {
      EXPECT_EQ(accesses[i].bytes, 8U);
      EXPECT_EQ(accesses[i].offset, 8 * i);
      EXPECT_EQ(accesses[i].is(kUopFirstAccess), i == 0);
    }
    return accesses;
  };
  const auto data_of = [](const UopInfo& store) { return store.sources[store.source_count - 1U]; };
  const auto load = pieces(0x3DC00020);  // ldr q0, [x1]
  ASSERT_EQ(load.size(), 2U);
  EXPECT_EQ(load[0].dest_count, 0U);
  EXPECT_EQ(load[1].dest_count, 1U);
  const auto pair = pieces(0xAD400440);  // ldp q0, q1, [x2]
  ASSERT_EQ(pair.size(), 4U);
  for (unsigned i = 0; i < 4; ++i) EXPECT_EQ(pair[i].dest_count, i % 2);
  const auto store = pieces(0x3D800020);  // str q0, [x1]
  ASSERT_EQ(store.size(), 2U);
  for (const UopInfo& piece : store) {
    EXPECT_EQ(data_of(piece).role, insts::Role::kStoreData);
    EXPECT_EQ(data_of(piece).reg, load[1].dests[0]);
  }
  const auto both = pieces(0xAD000440);  // stp q0, q1, [x2]
  ASSERT_EQ(both.size(), 4U);
  for (unsigned i = 0; i < 4; ++i) EXPECT_EQ(data_of(both[i]).reg, pair[i / 2 * 2 + 1].dests[0]);
  EXPECT_EQ(pieces(0x4C000C40).size(), 8U);  // st4 {v0.2d-v3.2d}, [x2]
  EXPECT_EQ(pieces(0x4C400C40).size(), 8U);  // ld4 {v0.2d-v3.2d}, [x2]
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

TEST_F(Crack, BlocksAreFoundByWhereTheyBegin) {
  constexpr unsigned kBlocks = 3000;  // more than there are places at first
  for (unsigned i = 0; i < kBlocks; ++i) program.block(kCode + 4 * i, {b(8)}, i % 3);
  for (const emu::Block* block : program.pointers()) table.lookup(*block);
  for (unsigned i = 0; i < kBlocks; ++i) {
    const std::uint64_t pc = kCode + 4 * i;
    ASSERT_NE(table.find(pc, i % 3), nullptr);
    ASSERT_EQ(table.find(pc, i % 3)->pc, pc);
    ASSERT_EQ(table.find(pc, i % 3)->target, pc + 8);
    ASSERT_EQ(table.find(pc, i % 3 + 1), nullptr);
  }
  table.clear();
  EXPECT_EQ(table.find(kCode, 0), nullptr);
}

}  // namespace
}  // namespace m2sim::timing
