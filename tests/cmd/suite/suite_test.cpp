#include "cmd/suite/suite.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "cmd/console/child_process.h"
#include "cmd/console/output_file.h"
#include "cmd/suite/report.h"
#include "cmd/suite/runner.h"
#include "emu/user_error.h"

namespace m2sim::cmd {
namespace {

constexpr const char* kSuite = R"({"schema_version": 1, "programs": [
  {"name": "alpha", "kind": "micro", "file": "a.elf", "arguments": ["1"], "iterations": 100,
   "counted_instructions": 20, "loop_instructions": 23, "stdout": "x\n"},
  {"name": "beta", "file": "b.elf", "stdout": ""}]})";

class SuiteFolder : public testing::Test {
 protected:
  std::vector<SuiteProgram> load() {
    return load_suite(std::filesystem::path(folder_.file("suite.json")).parent_path().string());
  }

  TemporaryDirectory folder_;
};

TEST_F(SuiteFolder, ReadsProgramsAsTheyAreRun) {
  write_file(folder_.file("suite.json"), kSuite);
  const auto programs = load();
  ASSERT_EQ(programs.size(), 2U);
  EXPECT_EQ(programs[0].path, folder_.file("a.elf"));
  EXPECT_EQ(programs[0].args, std::vector<std::string>{"1"});
  EXPECT_EQ(programs[0].expected_instructions, 2300);
  EXPECT_FALSE(programs[0].hardware.has_value());
}

TEST_F(SuiteFolder, TakesTheBestMeasurementThatHasCycles) {
  std::string programs;
  for (const char* name : {"branch", "gemm", "vectorsum", "pointer_chase_32mb"}) {
    programs +=
        fmt::format(R"({}{{"name": "{}", "file": "x", "stdout": ""}})", programs.empty() ? "" : ", ", name);
  }
  write_file(folder_.file("suite.json"), fmt::format(R"({{"programs": [{}]}})", programs));
  const auto suite = load();
  ASSERT_TRUE(suite[0].hardware.has_value());
  EXPECT_NEAR(suite[0].hardware->cycles_per_iteration, 5.991, 5e-4);
  EXPECT_EQ(suite[0].hardware->grade, "A");
  EXPECT_EQ(suite[0].hardware->machine, "M2 P");
  // On the M2 neither core nor clock is known.
  ASSERT_TRUE(suite[1].hardware.has_value());
  EXPECT_NEAR(suite[1].hardware->cycles_per_iteration, 599381, 0.5);
  EXPECT_EQ(suite[1].hardware->machine, "M1 class assumed-P");
  EXPECT_FALSE(suite[2].hardware.has_value());
  EXPECT_EQ(suite[3].hardware->cycles_per_iteration, 288.4);
}

TEST_F(SuiteFolder, RefusesWhatIsNoSuite) {
  EXPECT_THROW(load(), emu::UserError);
  for (const char* text : {"", "{", "[]", "{}", R"({"programs": 3})", R"({"programs": [{"name": 1}]})"}) {
    write_file(folder_.file("suite.json"), text);
    EXPECT_THROW(load(), emu::UserError) << text;
  }
}

TEST_F(SuiteFolder, AFilterIsARegularExpressionOrAGlob) {
  write_file(folder_.file("suite.json"), kSuite);
  EXPECT_EQ(filtered(load(), "^b").size(), 1U);
  EXPECT_EQ(filtered(load(), "*").size(), 2U);
  EXPECT_EQ(filtered(load(), "*pha").size(), 1U);
  EXPECT_EQ(filtered(load(), "alpha|beta").size(), 2U);
  try {
    filtered(load(), "alhpa");
    FAIL() << "no error";
  } catch (const emu::UserError& error) {
    EXPECT_NE(std::string(error.what()).find("'alpha'"), std::string::npos) << error.what();
  }
}

SuiteSummary two_results() {
  SuiteSummary summary;
  summary.core = "m2-pcore";
  summary.programs.resize(2);
  summary.programs[0].name = "alpha";
  summary.programs[0].iterations = 100;
  summary.programs[0].hardware = HardwareFigure{20, "A", "M2 P"};
  summary.programs[1].name = "beta";
  summary.results.resize(2);
  summary.results[0].ok = true;
  summary.results[0].stats = {{"core.cycles", 2200}, {"core.cpi", 4}, {"emulation.insts", 550}};
  summary.results[1].ok = true;
  summary.results[1].stats = {{"core.cycles", 900}, {"core.cpi", 9}, {"emulation.insts", 100}};
  return summary;
}

TEST(SuiteReport, ComparesCyclesPerIterationWithHardware) {
  const SuiteSummary summary = two_results();
  EXPECT_DOUBLE_EQ(*cycles_per_iteration(summary.programs[0], summary.results[0]), 22);
  EXPECT_DOUBLE_EQ(*difference_percent(summary.programs[0], summary.results[0]), 10);
  EXPECT_FALSE(difference_percent(summary.programs[1], summary.results[1]).has_value());
  EXPECT_DOUBLE_EQ(*mean_difference(summary, "AB"), 10);
  EXPECT_FALSE(mean_difference(summary, "C").has_value());
}

TEST(SuiteReport, AFailureIsALineAndStaysOutOfTheMeans) {
  SuiteSummary summary = two_results();
  EXPECT_DOUBLE_EQ(geometric_mean(summary, "core.cpi"), 6);
  summary.results[1] = {.ok = false, .error = "killed by SIGSEGV", .stats = {}};
  EXPECT_DOUBLE_EQ(geometric_mean(summary, "core.cpi"), 4);
  const std::string table = suite_table(summary, false);
  EXPECT_NE(table.find("FAILED: killed by SIGSEGV"), std::string::npos) << table;
  EXPECT_NE(table.find("1 of 2 programs failed"), std::string::npos) << table;
  EXPECT_NE(table.find("+10.0"), std::string::npos) << table;
}

std::size_t longest_line(const std::string& text) {
  std::size_t longest = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) longest = std::max(longest, line.size());
  return longest;
}

TEST(SuiteReport, NoLineIsLongerThanAHundredColumns) {
  SuiteSummary summary = two_results();
  EXPECT_LE(longest_line(suite_table(summary, false)), 100U) << suite_table(summary, false);
  summary.programs[0].name = "a_name_that_is_much_longer_than_its_column";
  summary.programs[0].hardware = HardwareFigure{123456789.25, "A", "M2 P"};
  summary.programs[0].iterations = 1000;
  summary.results[0].stats = {{"emulation.insts", 4e12}, {"core.cycles", 8e12}, {"core.cpi", 123.4567},
                              {"core.ipc", 0.125},       {"branch.mpki", 12.5}, {"l1d.misses", 2e11},
                              {"host.mips", 1234.5}};
  summary.results[1] = {
      .ok = false, .error = "cannot open " + std::string(150, 'x') + " and say more", .stats = {}};
  const std::string table = suite_table(summary, false);
  EXPECT_LE(longest_line(table), 100U) << table;
  EXPECT_NE(table.find("a_name_that_is.. "), std::string::npos) << table;
  EXPECT_NE(table.find(" 4,000,000M "), std::string::npos) << table;
  EXPECT_NE(table.find("123456789.25"), std::string::npos) << table;
  EXPECT_NE(table.find(" and say more\n"), std::string::npos) << table;
}

TEST(SuiteReport, JsonAndCsvHoldEveryProgram) {
  const SuiteSummary summary = two_results();
  const auto json = nlohmann::json::parse(suite_json(summary));
  EXPECT_EQ(json["programs"].size(), 2U);
  EXPECT_EQ(json["programs"][0]["difference_percent"], 10.0);
  EXPECT_EQ(json["programs"][1]["stats"]["core.cycles"], 900);
  const std::string csv = suite_csv(summary);
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 3);
  EXPECT_NE(csv.find("alpha,1,,20,22,10,A,"), std::string::npos) << csv;
}

// A stand-in for m2sim: the pool has to cope with whatever the child does.
class SuitePool : public testing::Test {
 protected:
  SuiteResult run(const std::string& script, const std::string& expected_stdout = "") {
    const std::string path = folder_.file("stand-in");
    write_file(path, "#!/bin/sh\nstats=$4\n" + script + "\n");
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    SuiteProgram program;
    program.name = "alpha";
    program.path = path;
    program.expected_stdout = expected_stdout;
    SuiteRun suite_run;
    suite_run.executable = path;
    suite_run.show_progress = false;
    return run_suite(suite_run, {program}).front();
  }

  TemporaryDirectory folder_;
};

TEST_F(SuitePool, ReadsTheFiguresOfAGoodRun) {
  const SuiteResult result = run(R"(echo 42; echo '{"stats": {"core.cycles": 7}}' > "$stats")", "42\n");
  EXPECT_TRUE(result.ok) << result.error;
  EXPECT_EQ(result.stat("core.cycles"), 7);
}

TEST_F(SuitePool, ReportsWhatWentWrong) {
  EXPECT_EQ(run("echo first >&2; echo m2sim: last >&2; exit 125").error, "m2sim: last");
  EXPECT_EQ(run("exit 3").error, "exit status 3");
  EXPECT_EQ(run("kill -9 $$").error, "exit status 137");
  EXPECT_EQ(run(R"(echo '{}' > "$stats")").error, "the run left no statistics");
  EXPECT_EQ(run(R"(echo broken > "$stats")").error, "the run left no statistics");
  EXPECT_EQ(run(R"(echo 41; echo '{"stats": {"core.cycles": 7}}' > "$stats")", "42\n").error,
            "it printed '41' instead of '42'");
  EXPECT_FALSE(run("exit 0").ok);
}

}  // namespace
}  // namespace m2sim::cmd
