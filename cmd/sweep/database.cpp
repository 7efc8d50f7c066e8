#include "cmd/sweep/database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>

#include "cmd/console/failure.h"
#include "cmd/results/manifest.h"

namespace m2sim::cmd {
namespace {

constexpr const char* kSweepTables = R"(
PRAGMA journal_mode = MEMORY;
BEGIN;
CREATE TABLE sweep(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE jobs(number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, program TEXT NOT NULL, input TEXT NOT NULL,
                  mode TEXT NOT NULL, core TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL,
                  program_sha256 TEXT NOT NULL, config_sha256 TEXT NOT NULL);
CREATE TABLE settings(job INTEGER NOT NULL REFERENCES jobs(number), name TEXT NOT NULL, value,
                      PRIMARY KEY(job, name)) WITHOUT ROWID;
CREATE TABLE figures(job INTEGER NOT NULL REFERENCES jobs(number), name TEXT NOT NULL, value,
                     PRIMARY KEY(job, name)) WITHOUT ROWID;
)";

class SweepDatabase {
 public:
  SweepDatabase(std::string path, const std::string& temporary) : path_(std::move(path)) {
    ::unlink(temporary.c_str());  // of one that was killed
    check(sqlite3_open_v2(temporary.c_str(), &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr));
  }
  ~SweepDatabase() { sqlite3_close(db_); }
  SweepDatabase(const SweepDatabase&) = delete;
  SweepDatabase& operator=(const SweepDatabase&) = delete;

  void execute(const std::string& sql) { check(sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr)); }

  void check(int code) const {
    if (code == SQLITE_OK || code == SQLITE_DONE) return;
    const std::string why = db_ == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(db_);
    throw failure("cannot write '{}': {}", path_, why);
  }

  sqlite3* handle() const { return db_; }

 private:
  std::string path_;
  sqlite3* db_ = nullptr;
};

class Insert {
 public:
  Insert(SweepDatabase& db, const char* sql) : db_(db) {
    db_.check(sqlite3_prepare_v2(db_.handle(), sql, -1, &statement_, nullptr));
  }
  ~Insert() { sqlite3_finalize(statement_); }
  Insert(const Insert&) = delete;
  Insert& operator=(const Insert&) = delete;

  template <class... Values>
  void row(const Values&... values) {
    int place = 0;
    (bind(++place, values), ...);
    db_.check(sqlite3_step(statement_));
    db_.check(sqlite3_reset(statement_));
  }

 private:
  void bind(int place, std::int64_t value) { db_.check(sqlite3_bind_int64(statement_, place, value)); }
  void bind(int place, double value) { db_.check(sqlite3_bind_double(statement_, place, value)); }
  void bind(int place, std::string_view value) {
    db_.check(
        sqlite3_bind_text(statement_, place, value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT));
  }
  void bind(int place, const FigureValue& value) {
    std::visit([&](auto number) { bind(place, number); }, value);
  }

  SweepDatabase& db_;
  sqlite3_stmt* statement_ = nullptr;
};

std::string quoted_name(std::string_view name) {
  std::string text = "\"";
  for (const char c : name) text += c == '"' ? std::string("\"\"") : std::string(1, c);
  return text + '"';
}

std::string quoted_text(std::string_view value) {
  std::string text = "'";
  for (const char c : value) text += c == '\'' ? std::string("''") : std::string(1, c);
  return text + '\'';
}

std::string results_view(const SweepResults& results) {
  const auto column = [](std::string_view table, const std::string& name, const std::string& shown) {
    return fmt::format(",\n  (SELECT value FROM {} WHERE job = number AND name = {}) AS {}", table,
                       quoted_text(name), quoted_name(shown));
  };
  std::string sql = "CREATE VIEW results AS SELECT number, program, input, mode, core";
  for (const auto* names : {&results.axes, &results.settings}) {
    for (const std::string& name : *names) sql += column("settings", name, name);
  }
  sql += ", state";
  // In emulation nothing counts but what was executed.
  sql +=
      ",\n  coalesce((SELECT value FROM figures WHERE job = number AND name = 'core.insts'),"
      " (SELECT value FROM figures WHERE job = number AND name = 'emulation.insts')) AS instructions";
  for (const auto& [name, shown] : {std::pair{"core.cycles", "cycles"}, std::pair{"core.cpi", "cpi"}})
    sql += column("figures", name, shown);
  return sql + ",\n  reason FROM jobs;";
}

// Numbers as numbers, so that they sort as such.
void insert_setting(Insert& insert, std::int64_t number, const std::string& name, const std::string& value) {
  std::int64_t whole = 0;
  const char* const end = value.data() + value.size();
  const auto [stop, error] = std::from_chars(value.data(), end, whole);
  if (error == std::errc() && stop == end) return insert.row(number, name, whole);
  insert.row(number, name, value);
}

void insert_rows(SweepDatabase& db, const SweepResults& results) {
  Insert jobs(db, "INSERT INTO jobs VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  Insert settings(db, "INSERT INTO settings VALUES(?, ?, ?)");
  Insert figures(db, "INSERT INTO figures VALUES(?, ?, ?)");
  std::int64_t number = 0;
  for (const SweepRow& row : results.rows) {
    const Job& job = row.job;
    ++number;
    jobs.row(number, job.id, job.program, job.input, job.mode, job.core, state_name(row.state), row.reason,
             job.program_sha256, job.config_sha256);
    for (std::size_t i = 0; i < results.axes.size(); ++i)
      insert_setting(settings, number, results.axes[i], job.choices[i]);
    for (const auto& [path, value] : job.settings) insert_setting(settings, number, path, value);
    for (const SweepFigure& figure : row.figures) figures.row(number, figure.name, figure.value);
  }
}

}  // namespace

void write_database(const std::string& path, const std::string& temporary, const SweepResults& results) {
  try {
    SweepDatabase db(path, temporary);
    db.execute(kSweepTables);
    {
      Insert about(db, "INSERT INTO sweep VALUES(?, ?)");
      about.row("schema_version", "1");
      about.row("version", version());
      about.row("revision", results.revision);
      insert_rows(db, results);
    }
    db.execute(results_view(results) + " COMMIT;");
  } catch (const emu::UserError&) {
    ::unlink(temporary.c_str());
    throw;
  }
  if (std::rename(temporary.c_str(), path.c_str()) != 0)
    throw failure("cannot write '{}': {}", path, std::strerror(errno));
}

}  // namespace m2sim::cmd
