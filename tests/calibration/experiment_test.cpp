#include "calibration/experiment.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace m2sim::calibration {
namespace {

const std::string kHead =
    "form,class,kind,dependence,body,repeat,setup,loop,copies,passes,count,closing_cycles,cycles,uops,issues,"
    "integer_issues,memory_issues,simd_issues\n";

Experiment one(const std::string& row) { return parse_experiments(kHead + row).at(0); }

// What the parser says of a row.
std::string refusal(const std::string& row) {
  try {
    one(row);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "it was accepted";
}

TEST(Experiments, ARowSaysWhatWasMeasured) {
  const Experiment experiment =
      one("\"ADD (lsl)\",general,latency,1>2,\"add x0, x0, x1\",,\"mov x0, 1\",sub,100,50,2,3,1.5,,,,,\n");
  EXPECT_EQ(experiment.name, "ADD (lsl) latency 1>2");
  EXPECT_EQ(experiment.group, "general");
  EXPECT_EQ(experiment.kind, ExperimentKind::kLatency);
  EXPECT_EQ(experiment.body, "add x0, x0, x1");
  EXPECT_EQ(experiment.setup, "mov x0, 1");
  EXPECT_EQ(experiment.loop, LoopEnd::kSub);
  EXPECT_EQ(experiment.copies, 100U);
  EXPECT_EQ(experiment.passes, 50U);
  EXPECT_EQ(experiment.count, 2U);
  EXPECT_EQ(experiment.closing_cycles, 3U);
  EXPECT_EQ(experiment.measured.cycles, 1.5);
  EXPECT_FALSE(experiment.measured.uops.has_value()) << "what was not measured is absent, not zero";
}

TEST(Experiments, BodiesAreWrittenOut) {
  EXPECT_EQ(one("A,c,throughput,,\"abs v$0.8b, v$8.8b, #3\",3,,subs,1,1,3,,1,,,,,\n").body,
            "abs v0.8b, v8.8b, #3; abs v1.8b, v9.8b, #3; abs v2.8b, v10.8b, #3");
  EXPECT_EQ(one("A,c,uops,,\"ldr x0, [x6]; nop*3\",,,none,1,1,1,,,1,1,0,1,0\n").body,
            "ldr x0, [x6]; nop; nop; nop");
}

TEST(Experiments, AFormIsNamedOnceAndNamesAreUnique) {
  const std::string rows =
      "A,c,uops,,nop,,,none,1,1,1,,,1,,,,\n"
      ",,throughput,,nop,,,subs,1,1,1,,1,,,,,\n"
      ",,throughput,,nop,,,subs,1,1,1,,2,,,,,\n";
  const std::vector<Experiment> experiments = parse_experiments("# a comment\n" + kHead + rows);
  ASSERT_EQ(experiments.size(), 3U);
  EXPECT_EQ(experiments[1].name, "A throughput");
  EXPECT_EQ(experiments[2].name, "A throughput #2");
  EXPECT_EQ(experiments[2].group, "c");
}

TEST(Experiments, BadRowsAreRefusedWithTheirLine) {
  EXPECT_THROW(parse_experiments("form,kind\n"), std::invalid_argument);
  EXPECT_EQ(refusal("A,c,uops\n"), "line 2: 3 fields, not 18");
  EXPECT_EQ(refusal("\"A,c,uops\n"), "line 2: a quoted field does not end");
  EXPECT_EQ(refusal(",,uops,,nop,,,none,1,1,1,,,1,,,,\n"), "line 2: the first row names no form");
  EXPECT_EQ(refusal("A,c,time,,nop,,,none,1,1,1,,,1,,,,\n"), "line 2: 'time' is no kind of experiment");
  EXPECT_EQ(refusal("A,c,uops,,,,,none,1,1,1,,,1,,,,\n"), "line 2: there is nothing to measure");
  EXPECT_EQ(refusal("A,c,uops,,mov x$,2,,none,1,1,1,,,1,,,,\n"), "line 2: a $ without its number");
  EXPECT_EQ(refusal("A,c,uops,,nop,,,loop,1,1,1,,,1,,,,\n"), "line 2: 'loop' ends no loop");
  EXPECT_EQ(refusal("A,c,uops,,nop,,,none,1,2,1,,,1,,,,\n"), "line 2: passes without a loop");
  EXPECT_EQ(refusal("A,c,uops,,nop,,,none,0,1,1,,,1,,,,\n"), "line 2: '0' is no figure of its column");
  EXPECT_EQ(refusal("A,c,uops,,nop,,,none,1,1,1,,,1x,,,,\n"), "line 2: '1x' is no figure of its column");
  EXPECT_EQ(refusal("A,c,uops,,nop,,,none,1,1,1,,,-1,,,,\n"), "line 2: '-1' is no figure of its column");
  EXPECT_EQ(refusal("A,c,uops,,nop,,,none,1,1,1,,,nan,,,,\n"), "line 2: 'nan' is no figure of its column");
  EXPECT_EQ(refusal("A,c,uops,,nop,,,none,1,1,1,,,,,,,\n"), "line 2: nothing was measured");
}

}  // namespace
}  // namespace m2sim::calibration
