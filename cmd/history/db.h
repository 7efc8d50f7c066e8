// The file that records are kept in: SQLite, schema version 2.
//
//   records(id, recorded_at, revision, version, host, note)    one a recording
//   files(record, run, sha256)                                  one a result file
//   series(id, record, mode, program, program_sha256, config_sha256, core, phases)
//   figures(id, name)
//   samples(series, figure, run, value)                         run: 0, 1, … in the order they were made
//
// Schema 1 had no series.phases: its series count as whole programs. The next `record` adds the column.
// PRAGMA application_id tells such a file from others, PRAGMA user_version is the schema's version.
#pragma once

#include <string>
#include <vector>

#include "cmd/history/history.h"

struct sqlite3;

namespace m2sim::cmd {

inline constexpr int kHistorySchema = 2;

class HistoryDb {
 public:
  enum class Access { kRead, kAppend };  // kAppend makes the file where there is none

  // Throws UserError: no such file, no history, of a newer schema, locked by another process.
  HistoryDb(const std::string& path, Access access);
  ~HistoryDb();
  HistoryDb(const HistoryDb&) = delete;
  HistoryDb& operator=(const HistoryDb&) = delete;

  // All of it or nothing; returns its id. Throws UserError, also when one of its files is already there.
  std::int64_t append(const HistoryRecord& record);

  // Oldest first, without figures.
  std::vector<HistoryRecord> list();
  // With all figures.
  HistoryRecord load(std::int64_t id);

  const std::string& path() const { return path_; }

 private:
  void identify(Access access);
  void make_tables();
  void add_phases();
  void refuse_known_files(const HistoryRecord& record);
  void append_series(std::int64_t record, const HistorySeries& series);
  std::int64_t figure_id(const std::string& name);
  void execute(const char* sql);
  std::int64_t pragma(const char* sql);

  std::string path_;
  std::int64_t schema_ = kHistorySchema;  // of the file
  sqlite3* db_ = nullptr;
};

}  // namespace m2sim::cmd
