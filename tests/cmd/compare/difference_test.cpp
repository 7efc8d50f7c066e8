#include "cmd/compare/difference.h"

#include <gtest/gtest.h>

#include <numeric>

#include "cmd/compare/alignment.h"
#include "emu/user_error.h"

namespace m2sim::cmd {
namespace {

std::vector<RunInstruction> code(std::initializer_list<const char*> texts) {
  std::vector<RunInstruction> instructions;
  for (const char* text : texts) instructions.push_back({4 * instructions.size(), text, 1, 1});
  return instructions;
}

// "0:0 1:- -:1"
std::string pairs(const Alignment& alignment) {
  std::string text;
  for (const auto& [first, second] : alignment) {
    text += (first ? std::to_string(*first) : "-") + ":" + (second ? std::to_string(*second) : "-") + " ";
  }
  return text;
}

TEST(Alignment, FindsWhatWasPutInAndTakenOut) {
  EXPECT_EQ(pairs(aligned(code({"nop", "add x0, x0, #1", "ret"}), code({"nop", "ret"}))), "0:0 1:- 2:1 ");
  EXPECT_EQ(pairs(aligned(code({"nop", "ret"}), code({"nop", "add x0, x0, #1", "ret"}))), "0:0 -:1 1:2 ");
  EXPECT_EQ(pairs(aligned(code({"a", "b", "c", "d"}), code({"c", "a", "d", "e"}))),
            "0:- 1:- 2:0 -:1 3:2 -:3 ");
  EXPECT_EQ(pairs(aligned({}, code({"ret"}))), "-:0 ");
  EXPECT_EQ(pairs(aligned({}, {})), "");
}

TEST(Alignment, DoesNotMindWhereCodeHasMoved) {
  const auto before =
      code({"cbz x0, #0x400100", "tbnz w1, #3, #0x400104", "adrp x0, #0x410000", "b.ne #0x400080"});
  const auto after =
      code({"cbz x0, #0x500100", "tbnz w1, #3, #0x500104", "adrp x0, #0x510000", "b.ne #0x500080"});
  EXPECT_EQ(pairs(aligned(before, after)), "0:0 1:1 2:2 3:3 ");
  EXPECT_EQ(pairs(aligned(code({"tbnz w1, #3, #0x400004"}), code({"tbnz w1, #4, #0x400004"}))), "0:- -:0 ");
  EXPECT_EQ(pairs(aligned(code({"b.ne #0x400004"}), code({"b.eq #0x400004"}))), "0:- -:0 ");
  EXPECT_EQ(pairs(aligned(code({"mov x0, #0x10"}), code({"mov x0, #0x20"}))), "0:- -:0 ");
  EXPECT_EQ(pairs(aligned(code({"movk x0, #0x12345, lsl #16"}), code({"movk x0, #0x12346, lsl #16"}))),
            "0:- -:0 ");
}

TEST(Alignment, GoesByPlaceWhereTheTableWouldBeTooLarge) {
  std::vector<RunInstruction> before(5000), after(5001);
  for (RunInstruction& instruction : before) instruction.text = "add";
  for (RunInstruction& instruction : after) instruction.text = "sub";
  const Alignment alignment = aligned(before, after);
  ASSERT_EQ(alignment.size(), 5001U);
  EXPECT_EQ(alignment[17], (Alignment::value_type{17, 17}));
  EXPECT_EQ(alignment[5000], (Alignment::value_type{std::nullopt, 5000}));
}

RunFile run(double cycles, double insts, const CpiStack& stack) {
  RunFile file;
  file.path = "run.json";
  file.stats = {{"core.cycles", cycles}, {"core.insts", insts}};
  for (const auto& [name, value] : stack) file.stats.emplace_back("core.cpi_stack." + name, value);
  return file;
}

RunFunction function(const std::string& name, double cycles, const std::string& object = "program") {
  RunFunction cost;
  cost.name = name;
  cost.object = object;
  cost.cycles = cycles;
  cost.insts = cycles;
  return cost;
}

TEST(RunComparison, CausesSumToTheDifference) {
  const RunFile before = run(100, 200, {{"base", 25}, {"memory_dram", 70}, {"drain", 5}});
  const RunFile after = run(60, 210, {{"base", 26.25}, {"memory_dram", 20}, {"fetch", 8.75}, {"drain", 5}});
  const RunComparison comparison = compare_runs(before, after);
  double sum = 0;
  for (const Change& cause : comparison.stack) sum += cause.difference();
  EXPECT_EQ(sum, -40);
  ASSERT_EQ(comparison.stack.size(), 3U);  // drain did not change
  EXPECT_EQ(comparison.stack[0].name, "memory_dram");
  EXPECT_EQ(comparison.stack[1].name, "fetch");
  EXPECT_EQ(comparison.stack[1].before, 0);
  EXPECT_FALSE(comparison.annotated);
}

TEST(RunComparison, MatchesFunctionsByNameAndThenByFile) {
  RunFile before = run(100, 100, {});
  before.functions = {function("hot", 60), function("init", 5, "libb"), function("init", 15, "liba"),
                      function("gone", 20)};
  RunFile after = run(70, 70, {});
  after.functions = {function("new", 30), function("init", 15, "liba"), function("hot", 20),
                     function("init", 5, "libb")};
  const RunComparison comparison = compare_runs(before, after);
  ASSERT_EQ(comparison.functions.size(), 3U);  // both of init are as they were
  EXPECT_EQ(comparison.functions[0].name, "hot");
  EXPECT_EQ(comparison.functions[0].cycles.difference(), -40);
  EXPECT_EQ(comparison.functions[1].name, "new");
  EXPECT_EQ(comparison.functions[2].name, "gone");
  double sum = 0;
  for (const FunctionChange& change : comparison.functions) sum += change.cycles.difference();
  EXPECT_EQ(sum, -30);
}

TEST(RunComparison, NamesSettingsThatDiffer) {
  RunFile before = run(1, 1, {});
  RunFile after = run(1, 1, {});
  before.manifest = {{"core", "m2-pcore"}, {"config_sha256", "12"}, {"configuration.rob.groups", "289"}};
  after.manifest = {
      {"core", "m2-pcore"}, {"config_sha256", "34"}, {"configuration.rob.groups", "100"}, {"skip", "5"}};
  const RunComparison comparison = compare_runs(before, after);
  ASSERT_EQ(comparison.settings.size(), 2U);  // the digest says nothing more
  EXPECT_EQ(comparison.settings[0].name, "configuration.rob.groups");
  EXPECT_EQ(comparison.settings[0].after, "100");
  EXPECT_EQ(comparison.settings[1].name, "skip");
  EXPECT_EQ(comparison.settings[1].before, "");
  before.manifest.pop_back();
  after.manifest.resize(2);
  EXPECT_EQ(compare_runs(before, after).settings[0].name, "config_sha256");  // all that there is
}

TEST(RunComparison, RefusesWhatHasNoCycles) {
  RunFile emulated;
  emulated.stats = {{"emulation.insts", 5}};
  EXPECT_THROW(compare_runs(run(1, 1, {}), emulated), emu::UserError);
}

}  // namespace
}  // namespace m2sim::cmd
