#include "cmd/report/series.h"

#include <gtest/gtest.h>

namespace m2sim::cmd {
namespace {

timing::TimingStats counted(std::uint64_t insts) {
  timing::TimingStats stats{};
  stats.core.insts = insts;
  stats.core.cycles = 3 * insts;
  return stats;
}

// As a run of so many instructions cuts them.
void feed(timing::IntervalReader& reader, std::uint64_t insts) {
  for (std::uint64_t at = reader.length(0); at < insts;) {
    const std::uint64_t next = reader.length(at);  // asked before the cut is told
    reader.ended(counted(at));
    at += next;
  }
}

TEST(IntervalSeries, DoublesItsLengthWhereThereWouldBeTooMany) {
  for (const std::uint64_t insts : {1U, 9U, 10U, 11U, 99U, 100U, 101U, 1234U, 98765U}) {
    IntervalSeries series(10, 8);
    feed(series, insts);
    series.finish(counted(insts));
    const auto intervals = series.intervals();
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < intervals.size(); ++i) {
      const bool last = i + 1 == intervals.size();
      EXPECT_EQ(intervals[i].core.insts, last ? insts - sum : series.length()) << insts;
      EXPECT_LE(intervals[i].core.insts, series.length()) << insts;
      EXPECT_EQ(intervals[i].core.cycles, 3 * intervals[i].core.insts) << insts;
      sum += intervals[i].core.insts;
    }
    EXPECT_EQ(sum, insts);
    EXPECT_LE(intervals.size(), 8U) << insts;
    EXPECT_GE(intervals.size(), insts >= 80 ? 4U : 1U) << insts;
  }
}

TEST(IntervalSeries, OfNothingThereIsNone) {
  IntervalSeries series(10, 8);
  series.finish(counted(0));
  EXPECT_TRUE(series.intervals().empty());
}

TEST(IntervalReaders, EachFindsItsOwnCuts) {
  IntervalSeries fine(10, 1000);
  IntervalSeries coarse(10, 4);
  IntervalReaders both;
  both.add(fine);
  both.add(coarse);
  feed(both, 1005);
  fine.finish(counted(1005));
  coarse.finish(counted(1005));
  EXPECT_EQ(fine.intervals().size(), 101U);
  EXPECT_EQ(coarse.length(), 320U);
  ASSERT_EQ(coarse.intervals().size(), 4U);
  EXPECT_EQ(coarse.intervals()[0].core.insts, 320U);
}

}  // namespace
}  // namespace m2sim::cmd
