// What a trace says of each uop: all stages, in order, and the reasons of lost slots.
#include "timing/probe/pipe_trace.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "tests/timing/random_program.h"

namespace m2sim::timing {
namespace {

template <class Model>
class Traces : public ::testing::Test {};
using Traced = ::testing::Types<BasicCore<PipeTrace>, BasicFastCore<PipeTrace>>;
TYPED_TEST_SUITE(Traces, Traced);

TYPED_TEST(Traces, EveryUopPassesItsStagesInOrder) {
  SyntheticProgram program;
  random_program(program, 3, 300, 4096);
  TypeParam model(m2_pcore(), PipeTrace(100'000));
  program.feed(model);
  const auto& uops = model.probe().uops();
  ASSERT_FALSE(uops.empty());
  Cycle renamed = 0;
  Cycle retired = 0;
  std::uint64_t insts = 0;
  for (const TracedUop& uop : uops) {
    insts += uop.insts;
    EXPECT_LE(uop.fetched, uop.renamed);
    EXPECT_LE(renamed, uop.renamed);
    EXPECT_LE(retired, uop.retired);
    EXPECT_LE(uop.completed, uop.retired);
    renamed = uop.renamed;
    retired = uop.retired;
    if (uop.eliminated) continue;
    EXPECT_LT(uop.renamed, uop.dispatched);
    EXPECT_LT(uop.dispatched, uop.able);
    EXPECT_LE(uop.able, uop.issued);
    EXPECT_LE(uop.issued, uop.completed);
  }
  EXPECT_EQ(insts, model.stats().core.insts);
}

// Nobody issues before the results that he waits for, as far as they have a row.
TYPED_TEST(Traces, WhoWaitsNamesWhoWritesItsRegisters) {
  SyntheticProgram program;
  random_program(program, 3, 300, 4096);
  TypeParam model(m2_pcore(), PipeTrace(100'000));
  program.feed(model);
  const auto& uops = model.probe().uops();
  std::size_t links = 0;
  for (const TracedUop& uop : uops) {
    for (const std::uint64_t id : uop.producers) {
      if (id == kNoUop) continue;
      const TracedUop& producer = uops[id];
      ASSERT_EQ(producer.id, id);
      EXPECT_LT(id, uop.id);
      EXPECT_LT(uop.renamed, producer.completed);
      ++links;
    }
    if (uop.last_producer != kNoUop) {
      EXPECT_EQ(uop.operands, uops[uop.last_producer].work);
    }
  }
  EXPECT_GT(links, 100U);
}

struct Rows : TraceReader {
  void read(std::span<const TracedUop> uops, std::span<const LostSlots> lost) override {
    all.insert(all.end(), uops.begin(), uops.end());
    lost_slots += lost.size();
  }
  std::vector<TracedUop> all;
  std::size_t lost_slots = 0;
};

TYPED_TEST(Traces, AWindowIsThatPartOfTheWhole) {
  SyntheticProgram program;
  random_program(program, 3, 300, 4096);
  TypeParam whole(m2_pcore(), PipeTrace(100'000));
  program.feed(whole);
  TypeParam part(m2_pcore(), PipeTrace(TraceWindow{.first = 500, .insts = 200}));
  program.feed(part);
  Rows rows;
  part.probe().hand_to(rows);
  std::vector<TracedUop> expected;
  for (const TracedUop& uop : whole.probe().uops()) {
    if (uop.number >= 500 && uop.number < 700) expected.push_back(uop);
  }
  ASSERT_EQ(rows.all.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(rows.all[i].pc, expected[i].pc);
    EXPECT_EQ(rows.all[i].renamed, expected[i].renamed);
    EXPECT_EQ(rows.all[i].retired, expected[i].retired);
  }
  EXPECT_GT(rows.lost_slots, 0U);
  EXPECT_EQ(values(part.stats()), values(whole.stats()));
  part.probe().hand_to(rows);
  EXPECT_EQ(rows.all.size(), expected.size()) << "handed on twice";
}

TYPED_TEST(Traces, LostSlotsAreThoseOfTheBooks) {
  SyntheticProgram program;
  random_program(program, 5, 300, 1U << 20);
  TypeParam model(m2_pcore(), PipeTrace(100'000));
  program.feed(model);
  std::array<std::uint64_t, kStallReasonCount> lost{};
  for (const LostSlots& slots : model.probe().lost_slots())
    lost[static_cast<std::size_t>(slots.reason)] += slots.slots;
  const auto books = model.stats().core.slots;
  for (std::size_t r = 0; r < kStallReasonCount; ++r) {
    const auto reason = static_cast<StallReason>(r);
    if (reason == StallReason::kBase) continue;
    EXPECT_EQ(lost[r], books[r]) << kStallInfo[r].name;
  }
}

TEST(PipeTrace, KeepsTheLatest) {
  PipeTrace trace(3);
  UopInfo info;
  for (std::uint64_t i = 1; i <= 10; ++i) {
    trace.renamed({&info, 4 * i, i, i, i + 5, static_cast<std::uint32_t>(i)});
    trace.issued(static_cast<std::uint32_t>(i), i + 7, 2);
    trace.retired(i, i + 9);
  }
  ASSERT_EQ(trace.uops().size(), 3U);
  EXPECT_EQ(trace.uops().front().pc, 32U);
  EXPECT_EQ(trace.uops().back().issued, 17U);
  EXPECT_EQ(trace.uops().back().port, 2U);
  EXPECT_EQ(trace.uops().back().retired, 19U);
}

// A chain of three cycles a link, beside which nothing is deep.
TEST(PipeTrace, AChainGetsDeeperByItsLatencies) {
  PipeTrace trace(100);
  UopInfo link;
  link.source_count = link.dest_count = 1;
  link.sources[0] = {5, insts::Role::kData};
  link.dests[0] = 5;
  for (std::uint64_t i = 1; i <= 4; ++i) {
    const auto key = static_cast<std::uint32_t>(i);
    trace.renamed({&link, 4 * i, i, 0, 1, key});
    trace.issued(key, 10 * i, 2);
    trace.completed(key, 10 * i + 3);
    trace.waited(key, 10 * i, StallReason::kPortInteger, StallReason::kDependInteger);
    trace.retired(i, 10 * i + 4);
    EXPECT_EQ(trace.uops().back().depth, 3 * i);
    EXPECT_EQ(trace.uops().back().deepest, i == 1 ? kNoUop : i - 2);
  }
}

// A fused pair is there where its first instruction is.
TEST(PipeTrace, AWindowOpensWhereItsAddressIsNext) {
  PipeTrace trace(TraceWindow{.first = 2, .address = 8, .insts = 3});
  UopInfo one;
  one.insts = 1;
  UopInfo pair;
  pair.insts = 2;
  // 8 and 12, a pair, again and again.
  for (std::uint64_t i = 0; i < 5; ++i) {
    trace.renamed({&pair, 12, 2 * i + 1, i, i, 0});
    trace.retired(2 * i + 1, i + 9);
    trace.renamed({&one, 16, 2 * i + 2, i, i, 1});
    trace.retired(2 * i + 2, i + 9);
  }
  ASSERT_EQ(trace.uops().size(), 2U);
  EXPECT_EQ(trace.uops()[0].number, 3U);
  EXPECT_EQ(trace.uops()[0].pc, 12U);
  EXPECT_EQ(trace.uops()[1].pc, 16U);
}

}  // namespace
}  // namespace m2sim::timing
