#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "cmd/console/child_process.h"
#include "cmd/sweep/batch.h"
#include "cmd/sweep/effects.h"
#include "cmd/sweep/estimate.h"
#include "cmd/sweep/folder.h"
#include "cmd/sweep/jobs.h"
#include "cmd/sweep/memory_size.h"
#include "cmd/sweep/plan.h"

namespace m2sim::cmd {
namespace {

constexpr const char* kProgram = "[[program]]\npath = \"p\"\n";

SweepPlan plan_of(const std::string& text) { return parse_plan(kProgram + text, "plan.toml"); }

std::vector<std::string> values_in(const SweepPlan& plan, std::size_t place) {
  std::vector<std::string> values;
  for (const Settings& point : plan.points) values.push_back(point[place].second);
  return values;
}

TEST(SweepPlan, WithoutSettingsHasOnePoint) {
  const SweepPlan plan = plan_of("");
  ASSERT_EQ(plan.points.size(), 1U);
  EXPECT_TRUE(plan.points[0].empty());
}

TEST(SweepPlan, RangesAddAndMultiply) {
  EXPECT_EQ(values_in(plan_of("[settings]\nl2.mshrs = {from = 16, to = 33, step = 8}"), 0),
            (std::vector<std::string>{"16", "24", "32"}));
  EXPECT_EQ(values_in(plan_of("[settings]\nl1d.kib = {from = 32, to = 128, times = 2}"), 0),
            (std::vector<std::string>{"32", "64", "128"}));
}

// The last setting varies fastest, and they stand as in the file, not by name.
TEST(SweepPlan, GridKeepsThePlansOrder) {
  const SweepPlan plan = plan_of("[settings]\nrob.groups = [9, 8]\nfetch.targets_ahead = [3, 4]");
  EXPECT_EQ(values_in(plan, 0), (std::vector<std::string>{"9", "9", "8", "8"}));
  EXPECT_EQ(values_in(plan, 1), (std::vector<std::string>{"3", "4", "3", "4"}));
}

TEST(SweepPlan, ListsOfWordsAreOneValue) {
  const SweepPlan plan = plan_of("[settings]\nports.u3.capabilities = [[\"alu\", \"flags\"], [\"alu\"]]");
  EXPECT_EQ(values_in(plan, 0), (std::vector<std::string>{"alu,flags", "alu"}));
}

TEST(SweepPlan, LatinHypercubeHasEveryPartOfEveryRangeOnce) {
  for (const unsigned seed : {1U, 2U, 3U}) {
    const SweepPlan plan =
        plan_of(fmt::format("[latin]\nsamples = 50\nseed = {}\n[latin.settings]\na.a = {{from = 0, to = "
                            "4999}}\nb.b = {{from = 7, "
                            "to = 56}}",
                            seed));
    ASSERT_EQ(plan.points.size(), 50U);
    std::set<int> parts, all;
    for (const Settings& point : plan.points) {
      parts.insert(std::stoi(point[0].second) / 100);
      all.insert(std::stoi(point[1].second));
    }
    EXPECT_EQ(parts.size(), 50U);
    EXPECT_EQ(all.size(), 50U);
    EXPECT_EQ(*all.begin(), 7);
    EXPECT_EQ(*all.rbegin(), 56);
  }
}

TEST(SweepMemorySize, TakesUnitsAndNothingElse) {
  EXPECT_EQ(memory_size("512M"), 512U << 20U);
  EXPECT_EQ(memory_size("2GiB"), std::uint64_t{2} << 30U);
  EXPECT_EQ(memory_size("7"), 7U);
  for (const char* wrong : {"", "M", "x", "1.5G", "-1", "1 G", "99999999999999T"})
    EXPECT_EQ(memory_size(wrong), 0U) << wrong;
}

JobResult result_of(const std::string& id, std::uint64_t attempt = 1) {
  return {.id = id,
          .done = true,
          .reason = {},
          .seconds = 2,
          .peak_memory = 100,
          .attempt = attempt,
          .run = R"({"manifest":{"configuration":{"a":"1"},"mode":"timing"},"stats":{"core.cpi":0.5}})"};
}

TEST(SweepFolderTest, KeepsAndClaims) {
  const TemporaryDirectory place;
  const JobList list{.folder = "/", .revision = "r", .axes = {}, .settings = {}, .jobs = {}};
  SweepFolder folder(place.file("sweep"));
  folder.enter(list);
  EXPECT_FALSE(folder.result("x"));
  {
    const std::optional<Claim> claim = folder.claim("x");
    ASSERT_TRUE(claim);
    EXPECT_FALSE(folder.claim("x"));
    EXPECT_TRUE(folder.is_claimed("x"));
    EXPECT_TRUE(folder.claim("y"));
    folder.keep(result_of("x", 3), *claim);
  }
  EXPECT_FALSE(folder.is_claimed("x"));
  EXPECT_TRUE(folder.claim("x"));
  const std::optional<JobResult> result = folder.result("x");
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->done);
  EXPECT_EQ(result->attempt, 3U);
  EXPECT_EQ(result->run, R"({"manifest":{"mode":"timing"},"stats":{"core.cpi":0.5}})");
}

TEST(SweepFolderTest, ListComesBack) {
  JobList list{.folder = "/f", .revision = "r", .axes = {"part"}, .settings = {"rob.groups"}, .jobs = {}};
  Job job;
  job.id = "i";
  job.program = "p";
  job.choices = {"all"};
  job.settings = {{"rob.groups", "9"}};
  job.arguments = {"--", "p", "a b"};
  job.timeout = 1.5;
  list.jobs.push_back(job);
  const JobList again = job_list(job_list_json(list), "f");
  EXPECT_EQ(job_list_json(again), job_list_json(list));
  EXPECT_EQ(again.jobs[0].arguments, job.arguments);
  EXPECT_EQ(again.jobs[0].timeout, 1.5);
}

TEST(SweepBatch, ChunksAreAsLongAsAsked) {
  const TemporaryDirectory place;
  JobList list{.folder = "/", .revision = "r", .axes = {}, .settings = {}, .jobs = {}};
  for (const char* id : {"a", "b", "c", "d", "e", "f"}) {
    list.jobs.emplace_back();
    list.jobs.back().id = id;
    list.jobs.back().timeout = 50;
  }
  SweepFolder folder(place.file("sweep"));
  folder.enter(list);
  // Nothing is known: each may take its whole time.
  EXPECT_EQ(chunks_of(folder, list, false, 49).size(), 6U);
  EXPECT_EQ(chunks_of(folder, list, false, 100).size(), 3U);
  folder.keep(result_of("b"), *folder.claim("b"));
  JobResult failed = result_of("c");
  failed.done = false;
  folder.keep(failed, *folder.claim("c"));
  // Two seconds a job, as that took; four are left, and one failed.
  const std::vector<JobChunk> chunks = chunks_of(folder, list, false, 6);
  ASSERT_EQ(chunks.size(), 2U);
  EXPECT_EQ(ids_of(chunks[0]), "a d e");
  EXPECT_EQ(chunks[0].seconds, 6);
  EXPECT_EQ(ids_of(chunks[1]), "f");
  EXPECT_EQ(ids_of(chunks_of(folder, list, true, 100)[0]), "a c d e f");
  EXPECT_EQ(named_jobs(list, {"d", "a"}, "").jobs[0].id, "d");
}

TEST(SweepBatch, ShellWords) {
  EXPECT_EQ(shell_word("/a/b.c-d_e"), "/a/b.c-d_e");
  EXPECT_EQ(shell_word("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_word("$(x)"), "'$(x)'");
  EXPECT_EQ(shell_word(""), "''");
}

TEST(SweepEstimate, LearnsByProgramAndInput) {
  Estimate estimate;
  Job job;
  job.program = "p";
  const std::uint64_t unknown = estimate.memory(job);
  EXPECT_GT(unknown, 0U);
  estimate.learn(job, result_of("x"));
  EXPECT_EQ(estimate.memory(job), 125U);
  EXPECT_EQ(estimate.seconds(job), 2);
  Job other = job;
  other.program = "q";
  EXPECT_EQ(estimate.memory(other), unknown);
  EXPECT_EQ(estimate.seconds(other), 2);  // as all others took
  other.memory = 7;
  EXPECT_EQ(estimate.memory(other), 7U);
}

// CPI = base of the program * a^-0.5 * (b of a slow core): what comes out must be what was put in.
SweepResults made_up() {
  SweepResults results{"r", {}, {"a.a"}, {}};
  for (const auto& [program, base] : {std::pair{"p", 1.0}, std::pair{"q", 7.0}}) {
    for (const auto& [core, slower] : {std::pair{"fast", 1.0}, std::pair{"slow", 1.2}}) {
      for (const int value : {25, 50, 100}) {
        SweepRow row{.job = {}, .state = JobState::kDone, .reason = {}, .figures = {}};
        row.job.program = program;
        row.job.core = core;
        row.job.settings = {{"a.a", std::to_string(value)}};
        row.figures.push_back({"core.cpi", base * slower / std::sqrt(value)});
        results.rows.push_back(row);
      }
    }
  }
  return results;
}

TEST(SweepEffects, FindsWhatWasPutIn) {
  const std::vector<Effect> effects = effects_of(made_up());
  ASSERT_EQ(effects.size(), 2U);
  EXPECT_EQ(effects[0].name, "core");
  EXPECT_NEAR(effects[0].change, 0.2, 1e-12);
  EXPECT_FALSE(effects[0].elasticity);
  EXPECT_EQ(effects[1].name, "a.a");
  EXPECT_NEAR(effects[1].change, -0.5, 1e-12);
  EXPECT_NEAR(effects[1].elasticity.value(), -0.5, 1e-12);
  EXPECT_NEAR(effects[0].explained + effects[1].explained, 1, 1e-12);
}

TEST(SweepEffects, SaysNothingOfWhatDoesNotVary) {
  SweepResults results = made_up();
  std::erase_if(results.rows, [](const SweepRow& row) { return row.job.core == "slow"; });
  for (SweepRow& row : results.rows) row.job.settings[0].second = "25";
  EXPECT_TRUE(effects_of(results).empty());
}

TEST(SweepEffects, PutsManyNumbersTogether) {
  SweepResults results{"r", {}, {"a.a"}, {}};
  for (int value = 1; value <= 60; ++value) {
    SweepRow row{.job = {}, .state = JobState::kDone, .reason = {}, .figures = {}};
    row.job.settings = {{"a.a", std::to_string(value)}};
    row.figures.push_back({"core.cpi", 1.0});
    results.rows.push_back(row);
  }
  const std::vector<Effect> effects = effects_of(results);
  ASSERT_EQ(effects.size(), 1U);
  ASSERT_EQ(effects[0].levels.size(), 6U);
  EXPECT_EQ(effects[0].levels[0].value, "1..10");
  EXPECT_EQ(effects[0].levels[5].jobs, 10U);
  EXPECT_NEAR(effects[0].change, 0, 1e-12);
}

}  // namespace
}  // namespace m2sim::cmd
