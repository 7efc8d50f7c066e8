// A prepared SQL statement, and what SQLite reports turned into one line.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <string>

#include "cmd/console/failure.h"

namespace m2sim::cmd {

[[noreturn]] inline void fail_history(const std::string& path, sqlite3* db, int code) {
  switch (code & 0xff) {
    case SQLITE_NOTADB:
      throw failure("history: '{}' is not a history (no SQLite file)", path);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw failure("history: '{}' is locked by another process; try again when that has ended", path);
    case SQLITE_READONLY:
      throw failure("history: '{}' cannot be written: it is read-only", path);
    case SQLITE_CORRUPT:
      throw failure("history: '{}' is damaged: {}", path, sqlite3_errmsg(db));
    default:
      throw failure("history: '{}': {}", path, db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(code));
  }
}

class Statement {
 public:
  Statement(const std::string& path, sqlite3* db, const char* sql) : path_(path), db_(db) {
    check(sqlite3_prepare_v2(db, sql, -1, &statement_, nullptr));
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // Places are counted from 1.
  Statement& bind(int place, std::int64_t value) {
    check(sqlite3_bind_int64(statement_, place, value));
    return *this;
  }
  Statement& bind(int place, double value) {
    check(sqlite3_bind_double(statement_, place, value));
    return *this;
  }
  Statement& bind(int place, const std::string& value) {
    check(
        sqlite3_bind_text(statement_, place, value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT));
    return *this;
  }

  // True: there is a row. False: there are no more, and the statement can be bound and stepped anew.
  bool step() {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) fail_history(path_, db_, code);
    sqlite3_reset(statement_);
    return false;
  }

  // Columns are counted from 0.
  std::int64_t whole(int column) const { return sqlite3_column_int64(statement_, column); }
  double number(int column) const { return sqlite3_column_double(statement_, column); }
  std::string text(int column) const {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    return bytes == nullptr ? std::string() : std::string(bytes);
  }

 private:
  void check(int code) const {
    if (code != SQLITE_OK) fail_history(path_, db_, code);
  }

  const std::string& path_;
  sqlite3* db_;
  sqlite3_stmt* statement_ = nullptr;
};

}  // namespace m2sim::cmd
