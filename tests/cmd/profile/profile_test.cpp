// From measurements to the report of `m2sim profile`.
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <sstream>

#include "cmd/profile/amdahl.h"
#include "cmd/profile/report.h"
#include "cmd/profile/samples.h"
#include "cmd/profile/stages.h"
#include "cmd/profile/words.h"
#include "emu/user_error.h"

namespace m2sim::cmd {
namespace {

constexpr std::size_t at(Stage stage) { return static_cast<std::size_t>(stage); }

ProfiledRun run_of(double scale) {
  ProfiledRun run;
  run.load = 1 * scale;
  run.decode = 2 * scale;
  run.emulate = 12 * scale;
  run.model = 80 * scale;
  run.report = 3 * scale;
  run.wall = 98 * scale;
  run.emulation.insts = 1'000'000;
  run.emulation.block_lookups = 10'000;
  run.cycles = 250'000;
  return run;
}

ProgramProfile program_of(const std::string& name, std::vector<Mode> modes) {
  ProgramProfile program;
  program.name = name;
  program.counts.insts = 1'000'000;
  program.counts.transitions = 200'000;
  program.counts.accesses = 300'000;
  program.counts.blocks_decoded = 20;
  program.log = LogCost{4, 5};  // a fifth of executing with a log
  for (const Mode mode : modes) {
    ModeProfile profile{mode, {run_of(1), run_of(2), run_of(3)}, {}};
    profile.samples.total = 100;
    profile.samples.functions = {{"run", "m2sim::emu::run()", 0, 60},
                                 {"tick", "m2sim::timing::Core::tick()", 0, 40}};
    profile.samples.model[at(Stage::kPredict)] = 10;
    profile.samples.model[at(Stage::kCache)] = 20;
    profile.samples.model[at(Stage::kCore)] = 10;
    if (mode == Mode::kEmulation) {
      profile.samples.model = {};
      for (ProfiledRun& run : profile.runs) {
        run.wall -= run.model;
        run.model = 0;
        run.cycles = 0;
      }
    }
    program.modes.push_back(profile);
  }
  return program;
}

ProfileSummary summary_of(std::vector<ProgramProfile> programs) {
  ProfileSummary summary;
  summary.modes = {Mode::kEmulation, Mode::kFastTiming, Mode::kTiming};
  summary.core = "m2-pcore";
  summary.iterations = 3;
  summary.warmup = 1;
  summary.top = 10;
  summary.programs = std::move(programs);
  return summary;
}

std::size_t widest_line(const std::string& text) {
  std::size_t widest = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) widest = std::max(widest, line.size());
  return widest;
}

TEST(ProfileStages, ARunIsDividedWithoutRemainder) {
  const ProgramProfile program = program_of("a", {Mode::kTiming});
  const StageSeconds stages = stages_of(run_of(1), program.log, program.modes[0].samples);
  EXPECT_DOUBLE_EQ(stages[at(Stage::kLoad)], 1);
  EXPECT_DOUBLE_EQ(stages[at(Stage::kDecode)], 2);
  EXPECT_DOUBLE_EQ(stages[at(Stage::kExecute)], 8);
  EXPECT_DOUBLE_EQ(stages[at(Stage::kLog)], 2);
  EXPECT_DOUBLE_EQ(stages[at(Stage::kPredict)], 20);
  EXPECT_DOUBLE_EQ(stages[at(Stage::kCache)], 40);
  EXPECT_DOUBLE_EQ(stages[at(Stage::kCore)], 20);
  EXPECT_DOUBLE_EQ(std::accumulate(stages.begin(), stages.end(), 0.0), 96);
}

TEST(ProfileStages, EmulationHasNoLogAndNoModel) {
  const ProgramProfile program = program_of("a", {Mode::kEmulation});
  const StageSeconds stages = stages_of(program.modes[0].runs[0], program.log, program.modes[0].samples);
  EXPECT_DOUBLE_EQ(stages[at(Stage::kExecute)], 10);
  for (const Stage stage : {Stage::kLog, Stage::kPredict, Stage::kCache, Stage::kCore}) {
    EXPECT_EQ(stages[at(stage)], 0);
  }
}

TEST(ProfileStages, ALogWithoutAMeasurableCostTakesNothing) {
  EXPECT_DOUBLE_EQ((LogCost{4, 5}).share(), 0.2);
  for (const LogCost& cost : {LogCost{5, 4}, LogCost{-1, 4}, LogCost{0, 0}}) EXPECT_EQ(cost.share(), 0);
}

TEST(ProfileStages, TheTableHasTheSpreadAndNamesTheLargest) {
  const ProgramProfile program = program_of("a", {Mode::kTiming});
  const StageTable table = stage_table(program.modes[0], program.log);
  EXPECT_EQ(table.bottleneck, Stage::kCache);
  EXPECT_DOUBLE_EQ(table.of(Stage::kCache).min, 40);
  EXPECT_DOUBLE_EQ(table.of(Stage::kCache).mean, 80);
  EXPECT_DOUBLE_EQ(table.of(Stage::kCache).max, 120);
  EXPECT_DOUBLE_EQ(table.covered, 96.0 / 98);
  EXPECT_NEAR(std::accumulate(table.shares.begin(), table.shares.end(), 0.0), 1, 1e-12);
}

TEST(ProfileStages, ModelFunctionsBelongToTheStageOfTheirClass) {
  EXPECT_EQ(model_stage("m2sim::timing::Tage::look_up(unsigned long)"), Stage::kPredict);
  EXPECT_EQ(model_stage("m2sim::timing::BranchPredictor::predict(m2sim::timing::Cache&)"), Stage::kPredict);
  EXPECT_EQ(model_stage("m2sim::timing::MemoryHierarchy::load(unsigned long)"), Stage::kCache);
  EXPECT_EQ(model_stage("m2sim::timing::Core::tick()"), Stage::kCore);
  EXPECT_EQ(model_stage("memset"), Stage::kCore);
}

TEST(ProfileCounts, WhatTheRunLoopDidNotSeeWasChained) {
  const ProgramProfile program = program_of("a", {Mode::kTiming});
  const RunCounts counts = run_counts(program.counts, program.modes[0]);
  EXPECT_EQ(counts.returns, 10'000);
  EXPECT_EQ(counts.chained, 190'000);
  EXPECT_DOUBLE_EQ(counts.hit_rate, 1 - 20 / 200'000.0);
}

TEST(ProfileCosts, AmdahlsLaw) {
  EXPECT_EQ(best_speedup(0), 1);
  EXPECT_DOUBLE_EQ(best_speedup(0.5), 2);
  EXPECT_DOUBLE_EQ(best_speedup(0.75), 4);
  EXPECT_TRUE(std::isinf(best_speedup(1)));
}

TEST(ProfileBatch, SumsProgramsAndLeavesOutThoseThatFailed) {
  ProfileSummary summary = summary_of({program_of("a", {Mode::kTiming}), program_of("b", {Mode::kTiming})});
  summary.programs.push_back({"c", {}, "it is not there", {}, {}, {}});
  const ProgramProfile total = batch_total(summary);
  EXPECT_EQ(total.counts.insts, 2'000'000U);
  const ModeProfile* timing = find_mode(total, Mode::kTiming);
  ASSERT_NE(timing, nullptr);
  ASSERT_EQ(timing->runs.size(), 3U);
  EXPECT_DOUBLE_EQ(timing->runs[2].wall, 2 * run_of(3).wall);
  EXPECT_EQ(timing->samples.total, 200U);
  EXPECT_EQ(timing->samples.functions.front().samples, 120U);
  EXPECT_DOUBLE_EQ(figures_of(*timing).cpi, 0.25);
}

TEST(ProfileReport, FitsATerminalWhateverTheNumbers) {
  ProgramProfile program =
      program_of(std::string(60, 'p'), {Mode::kEmulation, Mode::kFastTiming, Mode::kTiming});
  for (ModeProfile& mode : program.modes) {
    for (ProfiledRun& run : mode.runs) {  // hours
      run.model *= 100;
      run.wall *= 100;
    }
    mode.samples.functions.front().name = std::string(300, 'f');
  }
  ProfileSummary summary = summary_of({program, program});
  summary.programs.push_back({"c", {}, "it is not there", {}, {}, {}});
  const std::string text = profile_text(summary, true, false);
  EXPECT_LE(widest_line(text), 100U) << text;
  EXPECT_NE(text.find("FAILED: it is not there"), std::string::npos);
  EXPECT_NE(text.find("all programs: 2,000,000 instructions"), std::string::npos);
}

TEST(ProfileReport, JsonAndCsvHaveEveryProgramAndMode) {
  const std::vector<Mode> modes{Mode::kEmulation, Mode::kFastTiming, Mode::kTiming};
  ProfileSummary summary = summary_of({program_of("a,b", modes), program_of("b", modes)});
  summary.programs.push_back({"c", {}, "it is not there", {}, {}, {}});
  const auto json = nlohmann::json::parse(profile_json(summary));
  ASSERT_EQ(json["programs"].size(), 3U);
  EXPECT_EQ(json["programs"][2]["error"], "it is not there");
  const auto& timing = json["programs"][0]["modes"][2];
  EXPECT_EQ(timing["mode"], "timing");
  EXPECT_EQ(timing["runs"].size(), 3U);
  EXPECT_EQ(timing["runs"][1]["host.seconds"], 2 * 98);
  EXPECT_EQ(timing["bottleneck"], "cache");
  EXPECT_EQ(timing["stats"]["core.cpi"], 0.25);
  EXPECT_EQ(timing["functions"][0]["share"], 0.6);
  EXPECT_FALSE(json["programs"][0]["modes"][0]["stats"].contains("core.cpi"));
  EXPECT_EQ(json["total"]["modes"].size(), 3U);
  std::istringstream lines(profile_csv(summary));
  std::vector<std::string> rows;
  for (std::string line; std::getline(lines, line);) rows.push_back(line);
  ASSERT_EQ(rows.size(), 1U + 3 + 3 + 1 + 3);
  EXPECT_EQ(rows[0].substr(0, 45), "program,mode,error,bottleneck,emulation.insts");
  EXPECT_TRUE(rows[1].starts_with("\"a,b\",emulation,,execute,1000000,")) << rows[1];
  EXPECT_TRUE(rows[7].starts_with("c,,it is not there,,,")) << rows[7];
  const auto commas = [](const std::string& row) { return std::count(row.begin(), row.end(), ','); };
  for (std::size_t i = 2; i < rows.size(); ++i) EXPECT_EQ(commas(rows[i]), commas(rows[0]) + (i < 4 ? 1 : 0));
}

TEST(ProfileWords, QuotesHoldBlanksTogether) {
  EXPECT_EQ(split_words("  sort words.txt "), (std::vector<std::string>{"sort", "words.txt"}));
  EXPECT_EQ(split_words("a 'b c' d\"e 'f\""), (std::vector<std::string>{"a", "b c", "de 'f"}));
  EXPECT_EQ(split_words("a ''"), (std::vector<std::string>{"a", ""}));
  for (const char* bad : {"", "  ", "a 'b", "\"", "'' a"})
    EXPECT_THROW(split_words(bad), emu::UserError) << bad;
}

}  // namespace
}  // namespace m2sim::cmd
