#include "calibration/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <vector>

namespace m2sim::calibration {
namespace {

TEST(Parallel, EachPieceRunsOnce) {
  for (const unsigned jobs : {0U, 1U, 3U, 50U}) {
    std::vector<std::atomic<int>> times(40);
    double last = 0;
    in_parallel({.count = times.size(),
                 .jobs = jobs,
                 .run = [&times](std::size_t i) { ++times[i]; },
                 .weight = [](std::size_t i) { return static_cast<double>(i); }},
                [&last](double done, double total) {
                  EXPECT_GE(done, last);
                  EXPECT_EQ(total, 780);
                  last = done;
                });
    for (const std::atomic<int>& count : times) EXPECT_EQ(count, 1);
  }
}

TEST(Parallel, NothingIsDoneAtOnce) {
  in_parallel({.count = 0, .jobs = 2, .run = nullptr, .weight = nullptr}, [](double, double) { FAIL(); });
}

}  // namespace
}  // namespace m2sim::calibration
