// How a batch of the log enters the parts, and what they have counted.
#include "timing/pipe/parts.h"

#include <gtest/gtest.h>

#include <array>
#include <numeric>
#include <span>
#include <vector>

#include "tests/timing/loop.h"

namespace m2sim::timing {
namespace {

TEST(Parts, ARecordIsCountedAsItIsCracked) {
  const CoreConfig config = m2_pcore();
  Parts parts(config);
  LoadStoreUnit load_store(config, parts.memory);
  SyntheticProgram program;
  program.block(kCode, {a64::mov(1, 2), a64::cmp(1, 2), a64::b_lt(8)});
  const auto pointers = program.pointers();
  const std::vector<std::uint64_t> all{0, 0};
  const auto words = std::span(all).first(1);
  const emu::RetiredBatch batch{words, pointers, emu::kNoBlock, 0, 3};
  parts.begin(batch);
  for (const emu::Record& record : emu::records(batch)) parts.begin(record);
  const BlockCounts& counts = parts.table.counts(*pointers[0]);
  const CoreStats core = parts.stats(load_store).core;
  EXPECT_EQ(core.insts, 3U);
  EXPECT_EQ(core.uops, counts.uops);
  EXPECT_EQ(core.issued_uops, counts.issued_uops);
  EXPECT_EQ(core.eliminated_uops, 1U);
  EXPECT_EQ(core.fused_pairs, 1U);
  EXPECT_FALSE(parts.fetch.needs_record());
}

TEST(Parts, ABatchOfAnotherThreadSwitchesTheContext) {
  Parts parts(m2_pcore());
  SyntheticProgram program;
  program.block(kCode, {a64::nop()});
  const auto pointers = program.pointers();
  const std::vector<std::uint64_t> all{0, 0};
  const auto words = std::span(all).first(1);
  EXPECT_FALSE(parts.begin(emu::RetiredBatch{words, pointers, emu::kNoBlock, 0, 1}));
  EXPECT_TRUE(parts.begin(emu::RetiredBatch{words, pointers, emu::kNoBlock, 1, 1}));
  EXPECT_EQ(parts.counts.insts, 2U);
  parts.switch_context();
  EXPECT_EQ(parts.counts.context_switches, 1U);
}

template <class Model>
class Snapshot : public ModelTest {};
TYPED_TEST_SUITE(Snapshot, Models, ModelNames);

// Looked at in the middle of a run, also in the middle of a cycle, the books balance.
TYPED_TEST(Snapshot, BooksBalanceAtAnyTime) {
  TypeParam model(this->config);
  SyntheticProgram program;
  Words body = repeat(5, {a64::add(1, 1, 1), a64::ldr(2, 3), a64::mul(4, 4, 4), a64::add(5, 6, 1)});
  close_loop(body);
  program.block(kCode, body);
  const auto pointers = program.pointers();
  const std::array<std::uint64_t, 6> words{0, kData, kData, kData + 64, kData, kData};
  Cycle before = 0;
  for (unsigned i = 0; i < 300; ++i) {
    model.consume({words, pointers, 0, 0, body.size()});
    const CoreStats core = model.stats().core;
    EXPECT_EQ(core.insts, (i + 1) * body.size());
    EXPECT_EQ(std::accumulate(core.slots.begin(), core.slots.end(), std::uint64_t{0}),
              core.cycles * core.slots_per_cycle);
    EXPECT_GE(core.cycles, before);
    before = core.cycles;
  }
}

}  // namespace
}  // namespace m2sim::timing
