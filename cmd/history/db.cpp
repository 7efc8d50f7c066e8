#include "cmd/history/db.h"

#include <algorithm>
#include <filesystem>

#include "cmd/history/statement.h"

namespace m2sim::cmd {
namespace {

constexpr std::int64_t kApplicationId = 0x6d327369;  // "m2si"
constexpr int kPatienceMs = 2000;

constexpr const char* kTables = R"(
CREATE TABLE records(id INTEGER PRIMARY KEY, recorded_at TEXT NOT NULL, revision TEXT NOT NULL,
                     version TEXT NOT NULL, host TEXT NOT NULL, note TEXT NOT NULL);
CREATE TABLE files(record INTEGER NOT NULL REFERENCES records(id), run INTEGER NOT NULL,
                   sha256 TEXT NOT NULL UNIQUE, PRIMARY KEY(record, run)) WITHOUT ROWID;
CREATE TABLE series(id INTEGER PRIMARY KEY, record INTEGER NOT NULL REFERENCES records(id), mode TEXT NOT NULL,
                    program TEXT NOT NULL, program_sha256 TEXT NOT NULL, config_sha256 TEXT NOT NULL,
                    core TEXT NOT NULL, phases TEXT NOT NULL DEFAULT '', UNIQUE(record, mode, program));
CREATE TABLE figures(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE samples(series INTEGER NOT NULL REFERENCES series(id),
                     figure INTEGER NOT NULL REFERENCES figures(id), run INTEGER NOT NULL, value REAL NOT NULL,
                     PRIMARY KEY(series, figure, run)) WITHOUT ROWID;
)";

constexpr const char* kRecordColumns = "SELECT id, recorded_at, revision, version, host, note FROM records";

HistoryRecord record_of(const Statement& row) {
  HistoryRecord record;
  record.id = row.whole(0);
  record.recorded_at = row.text(1);
  record.revision = row.text(2);
  record.version = row.text(3);
  record.host = row.text(4);
  record.note = row.text(5);
  return record;
}

}  // namespace

HistoryDb::HistoryDb(const std::string& path, Access access) : path_(path) {
  std::error_code ignored;
  if (access == Access::kRead && !std::filesystem::exists(path, ignored)) {
    throw failure("history: there is no history '{}'; m2sim history record makes one, --db names another",
                  path);
  }
  if (std::filesystem::is_directory(path, ignored)) throw failure("history: '{}' is a directory", path);
  const int flags =
      access == Access::kRead ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const int code = sqlite3_open_v2(path.c_str(), &db_, flags, nullptr);
  try {
    if (code != SQLITE_OK) fail_history(path_, db_, code);
    sqlite3_busy_timeout(db_, kPatienceMs);
    identify(access);
  } catch (...) {
    sqlite3_close(db_);
    throw;
  }
}

HistoryDb::~HistoryDb() { sqlite3_close(db_); }

void HistoryDb::execute(const char* sql) {
  const int code = sqlite3_exec(db_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail_history(path_, db_, code);
}

std::int64_t HistoryDb::pragma(const char* sql) {
  Statement statement(path_, db_, sql);
  return statement.step() ? statement.whole(0) : 0;
}

void HistoryDb::identify(Access access) {
  // Two processes that make the same file must not both find it empty.
  if (access == Access::kAppend) execute("BEGIN IMMEDIATE");
  const std::int64_t application = pragma("PRAGMA application_id");
  const std::int64_t schema = pragma("PRAGMA user_version");
  if (application == 0 && schema == 0 && pragma("SELECT count(*) FROM sqlite_master") == 0) {
    if (access == Access::kRead) throw failure("history: '{}' is empty: nothing has been recorded", path_);
    make_tables();
  } else if (application != kApplicationId) {
    throw failure("history: '{}' is an SQLite file, but not a history of m2sim", path_);
  } else if (schema > kHistorySchema) {
    throw failure("history: '{}' has schema version {}; this m2sim knows up to {}: use a newer one", path_,
                  schema, kHistorySchema);
  } else if (schema < kHistorySchema && access == Access::kAppend) {
    add_phases();
  } else {
    schema_ = schema;
  }
  if (access == Access::kAppend) execute("COMMIT");
}

void HistoryDb::add_phases() {
  execute("ALTER TABLE series ADD COLUMN phases TEXT NOT NULL DEFAULT ''");
  execute(fmt::format("PRAGMA user_version = {}", kHistorySchema).c_str());
}

void HistoryDb::make_tables() {
  execute(kTables);
  execute(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", kApplicationId, kHistorySchema)
              .c_str());
}

std::int64_t HistoryDb::append(const HistoryRecord& record) {
  execute("BEGIN IMMEDIATE");
  try {
    refuse_known_files(record);
    Statement insert(path_, db_,
                     "INSERT INTO records(recorded_at, revision, version, host, note)"
                     " VALUES(datetime('now'), ?, ?, ?, ?)");
    insert.bind(1, record.revision).bind(2, record.version).bind(3, record.host).bind(4, record.note).step();
    const std::int64_t id = sqlite3_last_insert_rowid(db_);
    Statement file(path_, db_, "INSERT INTO files VALUES(?, ?, ?)");
    for (std::size_t run = 0; run < record.runs(); ++run) {
      file.bind(1, id).bind(2, static_cast<std::int64_t>(run)).bind(3, record.file_sha256[run]).step();
    }
    for (const HistorySeries& series : record.series) append_series(id, series);
    execute("COMMIT");
    return id;
  } catch (...) {
    sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr);
    throw;
  }
}

void HistoryDb::refuse_known_files(const HistoryRecord& record) {
  Statement known(path_, db_, "SELECT record FROM files WHERE sha256 = ?");
  for (const std::string& hash : record.file_sha256) {
    if (known.bind(1, hash).step()) {
      throw failure("history: one of these results is already there, in record {}; nothing was recorded",
                    known.whole(0));
    }
    if (std::count(record.file_sha256.begin(), record.file_sha256.end(), hash) > 1) {
      throw failure("history: a result was given twice; nothing was recorded");
    }
  }
}

void HistoryDb::append_series(std::int64_t record, const HistorySeries& series) {
  Statement insert(path_, db_,
                   "INSERT INTO series(record, mode, program, program_sha256, config_sha256, core, phases)"
                   " VALUES(?, ?, ?, ?, ?, ?, ?)");
  insert.bind(1, record).bind(2, series.mode).bind(3, series.program).bind(4, series.program_sha256);
  insert.bind(5, series.config_sha256).bind(6, series.core).bind(7, series.phases).step();
  const std::int64_t id = sqlite3_last_insert_rowid(db_);
  Statement sample(path_, db_, "INSERT INTO samples VALUES(?, ?, ?, ?)");
  for (const auto& [name, samples] : series.figures) {
    const std::int64_t figure = figure_id(name);
    for (std::size_t run = 0; run < samples.size(); ++run) {
      sample.bind(1, id).bind(2, figure).bind(3, static_cast<std::int64_t>(run)).bind(4, samples[run]).step();
    }
  }
}

std::int64_t HistoryDb::figure_id(const std::string& name) {
  Statement insert(path_, db_, "INSERT OR IGNORE INTO figures(name) VALUES(?)");
  insert.bind(1, name).step();
  Statement select(path_, db_, "SELECT id FROM figures WHERE name = ?");
  return select.bind(1, name).step() ? select.whole(0) : 0;
}

std::vector<HistoryRecord> HistoryDb::list() {
  std::vector<HistoryRecord> records;
  Statement select(path_, db_, fmt::format("{} ORDER BY id", kRecordColumns).c_str());
  Statement files(path_, db_, "SELECT sha256 FROM files WHERE record = ? ORDER BY run");
  Statement series(path_, db_,
                   fmt::format("SELECT mode, program, program_sha256, config_sha256, core, {} FROM series"
                               " WHERE record = ? ORDER BY id",
                               schema_ >= kHistorySchema ? "phases" : "''")
                       .c_str());
  while (select.step()) {
    HistoryRecord record = record_of(select);
    files.bind(1, record.id);
    while (files.step()) record.file_sha256.push_back(files.text(0));
    series.bind(1, record.id);
    while (series.step()) {
      record.series.push_back({series.text(0),
                               series.text(1),
                               series.text(2),
                               series.text(3),
                               series.text(4),
                               series.text(5),
                               {}});
    }
    records.push_back(std::move(record));
  }
  return records;
}

HistoryRecord HistoryDb::load(std::int64_t id) {
  HistoryRecord record;
  for (HistoryRecord& listed : list()) {
    if (listed.id == id) record = std::move(listed);
  }
  Statement select(path_, db_,
                   "SELECT figures.name, samples.value FROM samples JOIN series ON samples.series = series.id"
                   " JOIN figures ON samples.figure = figures.id"
                   " WHERE series.record = ? AND series.mode = ? AND series.program = ?"
                   " ORDER BY figures.name, samples.run");
  for (HistorySeries& series : record.series) {
    select.bind(1, id).bind(2, series.mode).bind(3, series.program);
    while (select.step()) series.figures[select.text(0)].push_back(select.number(1));
  }
  return record;
}

}  // namespace m2sim::cmd
