#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cmath>

#include "cmd/console/child_process.h"
#include "cmd/console/output_file.h"
#include "cmd/history/compare.h"
#include "cmd/history/db.h"
#include "cmd/history/gate.h"
#include "cmd/history/text.h"
#include "emu/user_error.h"

namespace m2sim::cmd {
namespace {

template <class Function>
std::string failure_of(Function&& function) {
  try {
    function();
  } catch (const emu::UserError& error) {
    return error.what();
  }
  return "no failure";
}

template <class Function>
testing::AssertionResult fails(Function&& function, const std::string& part) {
  const std::string said = failure_of(function);
  if (said.find(part) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << said;
}

HistoryRecord record_of(std::int64_t id, const std::string& revision, std::vector<double> mips,
                        double cycles = 1000) {
  HistoryRecord record;
  record.id = id;
  record.revision = revision;
  for (std::size_t i = 0; i < mips.size(); ++i) record.file_sha256.push_back(fmt::format("{}-{}", id, i));
  const std::vector<double> same(mips.size(), cycles);
  record.series.push_back(
      {"timing", "alpha", "a", "c", "m2-pcore", "", {{"host.mips", mips}, {"core.cycles", same}}});
  return record;
}

HistorySide side_of(const HistoryRecord& record) { return {"side", {record}, {record}}; }

const HistoryDifference& find(const HistoryComparison& comparison, const std::string& figure,
                              const std::string& program = "alpha") {
  for (const HistoryDifference& difference : comparison.differences) {
    if (difference.figure == figure && difference.program == program) return difference;
  }
  throw std::runtime_error("no " + figure);
}

TEST(HistoryDistribution, IsRobust) {
  EXPECT_DOUBLE_EQ(distribution_of({3, 1, 2}).median, 2);
  EXPECT_DOUBLE_EQ(distribution_of({4, 1, 2, 3}).median, 2.5);
  EXPECT_EQ(distribution_of({7}).deviation, 0);
  EXPECT_EQ(distribution_of({}).count, 0U);
  // One wild run of nine moves neither median nor deviation far.
  const Distribution calm = distribution_of({98, 99, 99, 100, 100, 100, 101, 101, 102});
  const Distribution wild = distribution_of({98, 99, 99, 100, 100, 100, 101, 101, 1});
  EXPECT_EQ(calm.median, wild.median);
  EXPECT_DOUBLE_EQ(calm.deviation, wild.deviation);
}

// For normal samples of any small number the deviation must be about right on average.
TEST(HistoryDistribution, DeviationIsNearlyUnbiasedForFewSamples) {
  std::uint64_t state = 1;
  const auto uniform = [&] {
    state = state * 6364136223846793005U + 1442695040888963407U;  // Knuth, MMIX
    return static_cast<double>((state >> 11U) + 1) / 9007199254740993.0;
  };
  for (const std::size_t count : {2U, 3U, 4U, 5U, 6U, 7U, 8U, 9U, 20U}) {
    double sum = 0;
    constexpr int kTrials = 20000;
    for (int trial = 0; trial < kTrials; ++trial) {
      std::vector<double> samples;
      for (std::size_t i = 0; i < count; ++i) {
        samples.push_back(std::sqrt(-2 * std::log(uniform())) * std::cos(6.283185307179586 * uniform()));
      }
      sum += distribution_of(samples).deviation;
    }
    EXPECT_NEAR(sum / kTrials, 1, 0.06) << count << " samples";
  }
}

TEST(HistoryCompare, WhatTheGuestDecidesHasNoNoise) {
  const auto comparison =
      compare(side_of(record_of(1, "a", {10, 11, 9}, 1000)), side_of(record_of(2, "b", {10, 11, 9}, 1001)));
  EXPECT_EQ(find(comparison, "core.cycles").verdict, Verdict::kChanged);
  EXPECT_DOUBLE_EQ(find(comparison, "core.cycles").percent(), 0.1);
  EXPECT_EQ(find(comparison, "host.mips").verdict, Verdict::kEqual);
}

TEST(HistoryCompare, MeasuredFiguresChangeBeyondNoiseOnly) {
  const HistorySide before = side_of(record_of(1, "a", {100, 101, 99, 102, 98}));
  const auto verdict = [&](std::vector<double> mips) {
    return find(compare(before, side_of(record_of(2, "b", std::move(mips)))), "host.mips").verdict;
  };
  EXPECT_EQ(verdict({99, 100, 98, 101, 97}), Verdict::kWithinNoise);
  EXPECT_EQ(verdict({80, 81, 79, 82, 78}), Verdict::kChanged);
  EXPECT_EQ(verdict({80, 120, 60, 100, 90}), Verdict::kWithinNoise);  // further, but so are its own runs
}

TEST(HistoryCompare, OneRunTakesItsNoiseFromItsRevision) {
  const HistoryRecord single = record_of(3, "b", {80});
  HistorySide after{"side", {single}, {single}};
  const HistorySide before = side_of(record_of(1, "a", {100, 101, 99}));
  EXPECT_EQ(find(compare(before, after), "host.mips").verdict, Verdict::kUnknown);
  after.siblings = {record_of(2, "b", {81, 80, 82}), single};
  EXPECT_EQ(find(compare(before, after), "host.mips").verdict, Verdict::kChanged);
  after.siblings = {record_of(2, "b", {60, 120, 90}), single};
  EXPECT_EQ(find(compare(before, after), "host.mips").verdict, Verdict::kWithinNoise);
}

TEST(HistoryCompare, RunsThatAgreeByChanceAreAsNoisyAsTheOthers) {
  HistoryRecord before = record_of(1, "a", {100, 100, 100});
  HistoryRecord after = record_of(2, "b", {99, 99, 99});
  for (const char* name : {"beta", "gamma"}) {
    HistorySeries other = before.series[0];
    other.program = name;
    other.figures["host.mips"] = {50, 54, 46};
    before.series.push_back(other);
    after.series.push_back(other);
  }
  EXPECT_EQ(find(compare(side_of(before), side_of(after)), "host.mips").verdict, Verdict::kWithinNoise);
}

TEST(HistoryCompare, AllProgramsTogetherAreGeometricMeans) {
  HistoryRecord before = record_of(1, "a", {4, 4, 4});
  HistorySeries beta = before.series[0];
  beta.program = "beta";
  beta.figures["host.mips"] = {9, 16, 25};
  beta.figures["difference_percent"] = {-20};
  before.series.push_back(beta);
  const auto comparison = compare(side_of(before), side_of(before));
  EXPECT_DOUBLE_EQ(find(comparison, "host.mips", "all").before.median, 8);
  EXPECT_DOUBLE_EQ(find(comparison, "difference_percent", "all").before.median, 20);
}

TEST(HistoryCompare, SaysWhatElseDiffers) {
  HistoryRecord other = record_of(2, "b", {10, 10});
  other.series[0].program_sha256 = "x";
  other.series[0].config_sha256 = "y";
  other.host = "there";
  HistoryRecord here = record_of(1, "a", {10, 10});
  here.host = "here";
  EXPECT_EQ(compare(side_of(here), side_of(other)).notes.size(), 3U);
  EXPECT_TRUE(compare(side_of(here), side_of(here)).notes.empty());
}

HistoryRecord with_phases(HistoryRecord record, const std::string& phases) {
  record.series.front().phases = phases;
  return record;
}

TEST(HistoryCompare, OnlyTheSamePartOfAProgram) {
  const HistoryRecord whole = record_of(1, "a", {10, 10}, 1000);
  const HistoryRecord part = with_phases(record_of(2, "a", {20, 20}, 100), "limit 500");
  const HistoryComparison none = compare(side_of(whole), side_of(part));
  EXPECT_TRUE(none.differences.empty());
  ASSERT_FALSE(none.notes.empty());
  EXPECT_EQ(none.notes[0],
            "alpha in timing mode is not compared: all of it ran on one side, limit 500 on the other");
  // Of a side that has both, that which the other has too.
  const HistoryComparison same = compare({"side", {part, whole}, {}}, side_of(part));
  EXPECT_EQ(find(same, "core.cycles").verdict, Verdict::kEqual);
  EXPECT_EQ(find(same, "core.cycles").before.count, 2U);
  EXPECT_EQ(find(same, "core.cycles").phases, "limit 500");
  const HistoryComparison both = compare({"side", {part, whole}, {}}, {"side", {whole, part}, {}});
  EXPECT_EQ(both.differences.size(), 6U) << "two figures of either, and of all";
}

TEST(HistoryText, ListsWhichPartRan) {
  HistoryRecord record = with_phases(record_of(1, "a", {10}), "skip 10, limit 500");
  record.series.push_back(record_of(1, "a", {10}).series.front());
  EXPECT_NE(history_list_text({record}).find("timing (skip 10, limit 500) 1, timing 1"), std::string::npos);
  EXPECT_NE(history_record_text(record, {}).find("alpha (skip 10, limit 500)"), std::string::npos);
}

TEST(HistoryNames, ByIdRevisionAndFromTheEnd) {
  const std::vector<HistoryRecord> list{record_of(1, "aaaa1", {}), record_of(2, "aaaa1", {}),
                                        record_of(4, "aaab2", {}), record_of(5, "aaaa1-dirty", {})};
  using Indices = std::vector<std::size_t>;
  EXPECT_EQ(named_records("4", list), Indices{2});
  EXPECT_EQ(named_records("aaaa", list), (Indices{0, 1}));
  EXPECT_EQ(named_records("aaaa1-dirty", list), Indices{3});
  EXPECT_EQ(named_records("last", list), Indices{3});
  EXPECT_EQ(named_records("last~3", list), Indices{0});
  EXPECT_TRUE(fails([&] { named_records("last~4", list); }, "only 4 are recorded"));
  EXPECT_TRUE(fails([&] { named_records("last-1", list); }, "write last, or last~1"));
  EXPECT_TRUE(fails([&] { named_records("3", list); }, "there is no record '3'; ids are 1 to 5"));
  EXPECT_TRUE(fails([&] { named_records("aaa", list); }, "there is no record 'aaa'"));
  EXPECT_TRUE(fails([&] { named_records("last", {}); }, "nothing has been recorded"));
  const std::vector<HistoryRecord> twins{record_of(1, "abcd1", {}), record_of(2, "abcd2", {})};
  EXPECT_TRUE(fails([&] { named_records("abcd", twins); }, "several revisions"));
}

TEST(HistoryGate, ReadsConditions) {
  const Gate gate = Gate::parse(" timing:crc*:host.mips <= -5.5 % ");
  EXPECT_EQ(gate.mode, "timing");
  EXPECT_EQ(gate.program, "crc*");
  EXPECT_EQ(gate.figure, "host.mips");
  EXPECT_EQ(gate.op, Gate::Op::kLessEqual);
  EXPECT_DOUBLE_EQ(gate.limit, -5.5);
  EXPECT_TRUE(gate.percent);
  EXPECT_EQ(Gate::parse("core.[!c]*!=0").figure, "core.[!c]*");
  EXPECT_DOUBLE_EQ(Gate::parse("core.cpi>+0.1").limit, 0.1);
}

TEST(HistoryGate, SaysWhereAConditionBreaksOff) {
  EXPECT_TRUE(fails([&] { Gate::parse(""); }, "column 1: a name is missing"));
  EXPECT_TRUE(fails([&] { Gate::parse("<5"); }, "column 1: a name was expected"));
  EXPECT_TRUE(fails([&] { Gate::parse("host.mips"); }, "column 10: <, <=, >, >= or != was expected"));
  EXPECT_TRUE(fails([&] { Gate::parse("host.mips=5"); }, "column 10:"));
  EXPECT_TRUE(fails([&] { Gate::parse("host.mips<"); }, "column 11: a number was expected"));
  EXPECT_TRUE(fails([&] { Gate::parse("host.mips<five"); }, "column 11: a number was expected"));
  EXPECT_TRUE(fails([&] { Gate::parse("host.mips<-5%x"); }, "column 14: nothing may follow"));
  EXPECT_TRUE(fails([&] { Gate::parse("a:b:c:d<1"); }, "column 6: there are at most"));
}

TEST(HistoryGate, FailsBeyondLimitAndNoise) {
  const HistorySide before = side_of(record_of(1, "a", {100, 101, 99, 102, 98}, 1000));
  const HistorySide slower = side_of(record_of(2, "b", {80, 81, 79, 82, 78}, 1010));
  const HistoryComparison comparison = compare(before, slower);
  const auto holds = [&](const std::string& text) {
    const std::vector<Gate> gates{Gate::parse(text)};
    return !check_gates(gates, comparison).empty();
  };
  EXPECT_TRUE(holds("host.mips<-5%"));
  EXPECT_FALSE(holds("host.mips<-25%"));
  EXPECT_FALSE(holds("host.mips>5%"));
  EXPECT_TRUE(holds("timing:alpha:core.cycles>9"));
  EXPECT_FALSE(holds("core.cycles>10"));
  EXPECT_TRUE(holds("core.cycles>=1%"));
  EXPECT_TRUE(holds("*!=0"));
  EXPECT_TRUE(fails([&] { holds("host.mps<-5%"); },
                    "there is no figure 'host.mps' in both records; did you mean 'host.mips'"));
  EXPECT_TRUE(fails([&] { holds("beta:host.mips<-5%"); }, "no program of both records"));

  const HistoryComparison unknown = compare(before, side_of(record_of(3, "c", {50})));
  const std::vector<Gate> gates{Gate::parse("host.mips<-5%")};
  EXPECT_TRUE(fails([&] { check_gates(gates, unknown); }, "cannot be judged"));
}

class HistoryFile : public testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text) {
    write_file(folder_.file(name), text);
    return folder_.file(name);
  }
  void execute(const char* sql) {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &db), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(db, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db);
    sqlite3_close(db);
  }

  TemporaryDirectory folder_;
  std::string path_ = folder_.file("history.db");
};

TEST_F(HistoryFile, KeepsEverything) {
  HistoryRecord record = record_of(0, "abc", {1.5, 2.5});
  record.version = "0.1.0";
  record.host = "host";
  record.note = "it's; \"quoted\"";
  EXPECT_EQ(HistoryDb(path_, HistoryDb::Access::kAppend).append(record), 1);
  HistoryDb db(path_, HistoryDb::Access::kRead);
  const HistoryRecord back = db.load(1);
  EXPECT_EQ(back.revision, "abc");
  EXPECT_EQ(back.note, record.note);
  EXPECT_EQ(back.host, "host");
  EXPECT_EQ(back.file_sha256, record.file_sha256);
  ASSERT_EQ(back.series.size(), 1U);
  EXPECT_EQ(back.series[0].config_sha256, "c");
  EXPECT_EQ(back.series[0].figures, record.series[0].figures);
  EXPECT_EQ(back.recorded_at.size(), std::string_view("2026-11-21 15:04:05").size());
}

TEST_F(HistoryFile, RecordsAResultOnceAndAllOrNothing) {
  HistoryDb db(path_, HistoryDb::Access::kAppend);
  HistoryRecord record = record_of(7, "abc", {1, 2});
  db.append(record);
  record.file_sha256.insert(record.file_sha256.begin(), "new");
  EXPECT_TRUE(fails([&] { db.append(record); }, "already there, in record 1"));
  EXPECT_EQ(db.list().size(), 1U);
  record.file_sha256 = {"x", "x"};
  EXPECT_TRUE(fails([&] { db.append(record); }, "given twice"));
}

TEST_F(HistoryFile, RefusesWhatIsNoHistory) {
  const auto open = [&](HistoryDb::Access access = HistoryDb::Access::kRead) { HistoryDb db(path_, access); };
  EXPECT_TRUE(fails([&] { open(); }, "there is no history '"));
  write("history.db", std::string(5000, 'x'));
  EXPECT_TRUE(fails([&] { open(); }, "is not a history (no SQLite file)"));
  EXPECT_TRUE(fails([&] { open(HistoryDb::Access::kAppend); }, "is not a history (no SQLite file)"));
  write("history.db", "");
  EXPECT_TRUE(fails([&] { open(); }, "nothing has been recorded"));
  execute("CREATE TABLE other(x)");
  EXPECT_TRUE(fails([&] { open(); }, "not a history of m2sim"));
  EXPECT_TRUE(fails([&] { open(HistoryDb::Access::kAppend); }, "not a history of m2sim"));
  path_ = folder_.file("new.db");
  open(HistoryDb::Access::kAppend);
  execute("PRAGMA user_version = 3");
  EXPECT_TRUE(fails([&] { open(); }, "has schema version 3; this m2sim knows up to 2"));
}

// As m2sim made it before it knew of phases.
constexpr const char* kSchemaOne = R"(
CREATE TABLE records(id INTEGER PRIMARY KEY, recorded_at TEXT NOT NULL, revision TEXT NOT NULL,
                     version TEXT NOT NULL, host TEXT NOT NULL, note TEXT NOT NULL);
CREATE TABLE files(record INTEGER NOT NULL REFERENCES records(id), run INTEGER NOT NULL,
                   sha256 TEXT NOT NULL UNIQUE, PRIMARY KEY(record, run)) WITHOUT ROWID;
CREATE TABLE series(id INTEGER PRIMARY KEY, record INTEGER NOT NULL REFERENCES records(id), mode TEXT NOT NULL,
                    program TEXT NOT NULL, program_sha256 TEXT NOT NULL, config_sha256 TEXT NOT NULL,
                    core TEXT NOT NULL, UNIQUE(record, mode, program));
CREATE TABLE figures(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE samples(series INTEGER NOT NULL REFERENCES series(id),
                     figure INTEGER NOT NULL REFERENCES figures(id), run INTEGER NOT NULL, value REAL NOT NULL,
                     PRIMARY KEY(series, figure, run)) WITHOUT ROWID;
PRAGMA application_id = 1832022889; PRAGMA user_version = 1;
INSERT INTO records VALUES(1, '2026-11-21 15:04:05', 'old', '0.1.0', 'host', '');
INSERT INTO files VALUES(1, 0, 'file');
INSERT INTO series VALUES(1, 1, 'timing', 'alpha', 'a', 'c', 'm2-pcore');
INSERT INTO figures VALUES(1, 'core.cycles');
INSERT INTO samples VALUES(1, 1, 0, 1000);
)";

TEST_F(HistoryFile, OfSchemaOneIsReadAsItIsAndBroughtUpByTheNextRecord) {
  execute(kSchemaOne);
  const auto expect_old = [](const HistoryRecord& old) {
    EXPECT_EQ(old.revision, "old");
    ASSERT_EQ(old.series.size(), 1U);
    EXPECT_EQ(old.series[0].phases, "");
    EXPECT_EQ(old.series[0].figures.at("core.cycles"), std::vector<double>{1000});
  };
  const std::string before = read_file(path_);
  expect_old(HistoryDb(path_, HistoryDb::Access::kRead).load(1));
  EXPECT_EQ(read_file(path_), before);
  HistoryDb(path_, HistoryDb::Access::kAppend).append(with_phases(record_of(0, "new", {1}), "limit 7"));
  HistoryDb db(path_, HistoryDb::Access::kRead);
  expect_old(db.load(1));
  EXPECT_EQ(db.load(2).series[0].phases, "limit 7");
  HistoryDb(path_, HistoryDb::Access::kAppend).append(record_of(9, "newest", {1}));
  EXPECT_EQ(db.list().size(), 3U);
}

TEST_F(HistoryFile, SaysThatItIsLocked) {
  HistoryDb(path_, HistoryDb::Access::kAppend).append(record_of(0, "abc", {1}));
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr), SQLITE_OK);
  EXPECT_TRUE(fails([&] { HistoryDb(path_, HistoryDb::Access::kAppend); }, "is locked by another process"));
  sqlite3_close(other);
}

TEST_F(HistoryFile, ReadsSuites) {
  const std::string first =
      write("1.json", R"({"schema_version": 1, "manifest": {"revision": "r", "mode": "timing",
    "config_sha256": "c", "core": "m2-pcore"}, "programs": [
    {"name": "alpha", "ok": true, "difference_percent": -3.5, "hardware": {"cycles_per_iteration": 2},
     "stats": {"core.cycles": 7, "host.mips": 5}}, {"name": "beta", "ok": false, "error": "x", "stats": {}}]})");
  const std::string second =
      write("2.json", R"({"schema_version": 1, "manifest": {"revision": "r", "mode": "timing",
    "config_sha256": "c", "core": "m2-pcore"}, "programs": [
    {"name": "alpha", "ok": true, "stats": {"core.cycles": 7, "host.mips": 6}}]})");
  const HistoryRecord record = read_results({first, second});
  ASSERT_EQ(record.series.size(), 1U);
  const auto& figures = record.series[0].figures;
  EXPECT_EQ(figures.at("host.mips"), (std::vector<double>{5, 6}));
  EXPECT_EQ(figures.at("difference_percent"), std::vector<double>{-3.5});
  EXPECT_EQ(figures.at("hardware.cycles_per_iteration"), std::vector<double>{2});
  EXPECT_EQ(record.runs(), 2U);
}

TEST_F(HistoryFile, ReadsProfilesAndSingleRuns) {
  const std::string profile =
      write("p.json", R"({"schema_version": 1, "manifest": {"revision": "r"}, "programs": [
    {"name": "alpha", "modes": [{"mode": "emulation", "stats": {"host.mips.mean": 1.5, "host.stage.load": 0.5},
     "runs": [{"host.mips": 1}, {"host.mips": 2}], "functions": [{"name": "f", "count": 3}]},
     {"mode": "timing", "stats": {"x": 3}}]}]})");
  const HistoryRecord record = read_results({profile});
  ASSERT_EQ(record.series.size(), 2U);
  EXPECT_EQ(record.series[0].mode, "emulation");
  EXPECT_EQ(record.series[0].figures.size(), 3U);
  EXPECT_EQ(record.series[0].figures.at("host.mips"), (std::vector<double>{1, 2}));
  EXPECT_EQ(record.series[0].figures.at("host.stage.load"), std::vector<double>{0.5});
  EXPECT_EQ(record.series[1].mode, "timing");
  const std::string run =
      write("r.json", R"({"schema_version": 1, "manifest": {"revision": "r", "mode": "timing",
    "program": "/some/where/alpha"}, "stats": {"core.cycles": 7}})");
  EXPECT_EQ(read_results({run}).series[0].program, "alpha");
}

TEST_F(HistoryFile, ReadsWhichPartOfAProgramRan) {
  const auto run = [&](const std::string& name, const std::string& members) {
    return write(name,
                 R"({"schema_version": 1, "manifest": {"revision": "r", "mode": "timing", "program": "a")" +
                     members + R"(}, "stats": {"core.cycles": 7}})");
  };
  const std::string part = run("part.json", R"(, "skip": 10, "warmup": 5, "limit": 100)");
  EXPECT_EQ(read_results({part}).series[0].phases, "skip 10, warmup 5, limit 100");
  const std::string whole = run("whole.json", "");
  EXPECT_EQ(read_results({whole}).series[0].phases, "");
  EXPECT_TRUE(fails([&] { read_results({part, whole}); }, "or other phases"));
  const std::string profile = write("limited.json", R"({"schema_version": 1, "manifest": {"revision": "r",
    "iterations": 3, "warmup": 1, "max_insts": 50}, "programs": [
    {"name": "a", "modes": [{"mode": "timing", "stats": {"x": 3}}]}]})");
  EXPECT_EQ(read_results({profile}).series[0].phases, "limit 50") << "its warmup counts runs";
}

TEST_F(HistoryFile, RefusesWhatIsNoResult) {
  EXPECT_TRUE(fails([&] { read_results({folder_.file("none")}); }, "cannot read"));
  EXPECT_TRUE(fails([&] { read_results({write("a", "{")}); }, "is no JSON"));
  EXPECT_TRUE(fails([&] { read_results({write("b", "[1]")}); }, "no result of m2sim"));
  EXPECT_TRUE(
      fails([&] { read_results({write("c", R"({"schema_version": 9, "manifest": {"revision": "r"}})")}); },
            "reads up to 1"));
  EXPECT_TRUE(fails([&] { read_results({write("d", R"({"schema_version": 1, "manifest": {}})")}); },
                    "names no revision"));
  const std::string empty = R"({"schema_version": 1, "manifest": {"revision": "r"}, "programs": []})";
  EXPECT_TRUE(fails([&] { read_results({write("e", empty)}); }, "holds no figures"));
  const std::string one =
      R"({"schema_version": 1, "manifest": {"revision": "r", "program": "a"}, "stats": {"x": 1}})";
  const std::string other =
      R"({"schema_version": 1, "manifest": {"revision": "s", "program": "a"}, "stats": {"x": 1}})";
  EXPECT_TRUE(fails(
      [&] {
        read_results({write("f", one), write("g", other)});
      },
      "is of revision s, the file before it of r"));
}

}  // namespace
}  // namespace m2sim::cmd
