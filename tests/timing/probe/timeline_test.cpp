// A trace as text: every letter at its cycle.
#include "timing/probe/timeline.h"

#include <gtest/gtest.h>

#include <vector>

namespace m2sim::timing {
namespace {

std::string text_of(std::uint64_t pc) { return "i" + std::to_string(pc); }
std::string port_of(unsigned port) { return "p" + std::to_string(port); }

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

TracedUop uop(std::uint64_t pc, Cycle renamed) {
  TracedUop result;
  result.pc = pc;
  result.insts = 1;
  result.port = 3;
  result.renamed = renamed;
  result.dispatched = renamed + 1;
  result.issued = renamed + 4;
  result.completed = renamed + 7;
  result.retired = renamed + 9;
  return result;
}

TEST(Timeline, EveryStageHasItsLetter) {
  const auto lines = lines_of(timeline(std::vector{uop(4, 100), uop(8, 101)}, {}, text_of, port_of));
  ASSERT_EQ(lines.size(), 3U);
  const std::size_t begin = lines[0].find('0');
  EXPECT_EQ(lines[0].substr(begin), "0         1");
  EXPECT_EQ(lines[1].substr(0, 2), "i4");
  EXPECT_NE(lines[1].find("p3"), std::string::npos);
  EXPECT_EQ(lines[1].substr(begin), "RD==IeeC-T");
  EXPECT_EQ(lines[2].substr(begin), " RD==IeeC-T");
}

TEST(Timeline, AnEliminatedUopHasNoPortAndAPairIsMarked) {
  TracedUop move = uop(4, 10);
  move.eliminated = true;
  move.completed = 11;
  move.retired = 11;
  TracedUop pair = uop(12, 10);
  pair.insts = 2;
  const auto lines = lines_of(timeline(std::vector{move, pair}, {}, text_of, port_of));
  const std::size_t begin = lines[0].find('0');
  EXPECT_EQ(lines[1].substr(begin), "RT");
  EXPECT_EQ(lines[1].find("p3"), std::string::npos);
  EXPECT_EQ(lines[2].substr(0, 5), "+ i12");
}

TEST(Timeline, LostSlotsBetweenFirstAndLastRenameAreSummed) {
  const std::vector<LostSlots> lost{{StallReason::kDependFp, 99, 8, 4},
                                    {StallReason::kDependFp, 100, 3, 4},
                                    {StallReason::kDependFp, 101, 2, 8},
                                    {StallReason::kDependFp, 102, 8, 8}};
  const auto lines = lines_of(timeline(std::vector{uop(4, 100), uop(8, 102)}, lost, text_of, port_of));
  EXPECT_EQ(lines.back(), "lost 5 slots: dependence_fp, last for: i8");
}

TEST(Timeline, WhatIsTooLongIsCut) {
  TracedUop slow = uop(4, 10);
  slow.completed = 1000;
  slow.retired = 1001;
  const auto lines = lines_of(timeline(std::vector{slow}, {}, text_of, port_of));
  EXPECT_EQ(lines[1].back(), '>');
}

TEST(Timeline, TheLongestWaitStandsBesideTheLane) {
  TracedUop held = uop(4, 100);  // in its scheduler in 101, issues in 104
  held.able = 102;
  held.held = StallReason::kPortFp;
  held.operands = StallReason::kDependFp;
  EXPECT_EQ(text_of(longest_wait(held)), "port_fp 2");
  TracedUop missing = held;
  missing.work = StallReason::kMemoryL2;
  EXPECT_EQ(text_of(longest_wait(missing)), "memory_l2 3");
  TracedUop fed_late = held;
  fed_late.able = 104;
  EXPECT_EQ(text_of(longest_wait(fed_late)), "dependence_fp 2");
  TracedUop ready = held;
  ready.able = ready.issued = 102;
  EXPECT_EQ(text_of(longest_wait(ready)), "");
  const auto lines = lines_of(timeline(std::vector{held}, {}, text_of, port_of, {.waits = true}));
  EXPECT_NE(lines[1].find("p3    port_fp 2"), std::string::npos);
  EXPECT_EQ(lines[1].substr(lines[0].find('0')), "RD==IeeC-T");
}

TEST(Timeline, OfNothingIsNothing) { EXPECT_EQ(timeline({}, {}, text_of, port_of), ""); }

}  // namespace
}  // namespace m2sim::timing
