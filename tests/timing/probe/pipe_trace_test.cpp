// What a trace says of each uop: all stages, in order, and the reasons of lost slots.
#include "timing/probe/pipe_trace.h"

#include <gtest/gtest.h>

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
    EXPECT_LT(uop.dispatched, uop.issued);
    EXPECT_LE(uop.issued, uop.completed);
  }
  EXPECT_EQ(insts, model.stats().core.insts);
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

}  // namespace
}  // namespace m2sim::timing
