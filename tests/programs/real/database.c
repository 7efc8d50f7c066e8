// SQLite's library at work on a database in memory, in the manner of its own speed test, which SPEC CPU has: `main` is
// tables of two integers and a text with their queries and changes, `cte` sudoku and a Mandelbrot set by recursive
// queries, `fp` floating-point numbers that come as text. Statements are prepared once and bound again and again.
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static sqlite3* db;
static unsigned state = 12345;

static unsigned draw(unsigned below) {
  state = state * 1103515245 + 12345;
  return (unsigned)(((unsigned long)(state >> 1) * below) >> 31);
}

static void check(int code) {
  if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return;
  fprintf(stderr, "%s\n", sqlite3_errmsg(db));
  exit(1);
}

static void all(const char* sql) { check(sqlite3_exec(db, sql, NULL, NULL, NULL)); }

// A number in words.
static char* words(char* at, unsigned n) {
  static const char* const small[] = {"zero",    "one",     "two",       "three",    "four",     "five",    "six",
                                      "seven",   "eight",   "nine",      "ten",      "eleven",   "twelve",  "thirteen",
                                      "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
  static const char* const tens[] = {"", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"};
  if (n >= 1000) {
    at = words(at, n / 1000);
    at += sprintf(at, " thousand");
    if (n % 1000 == 0) return at;
    *at++ = ' ';
    n %= 1000;
  }
  if (n >= 100) {
    at += sprintf(at, "%s hundred", small[n / 100]);
    if (n % 100 == 0) return at;
    *at++ = ' ';
    n %= 100;
  }
  if (n < 20) return at + sprintf(at, "%s", small[n]);
  at += sprintf(at, "%s", tens[n / 10]);
  return n % 10 == 0 ? at : at + sprintf(at, " %s", small[n % 10]);
}

static sqlite3_stmt* prepared(const char* sql) {
  sqlite3_stmt* statement;
  check(sqlite3_prepare_v2(db, sql, -1, &statement, NULL));
  return statement;
}

// All its rows, every column as text.
static unsigned long run(sqlite3_stmt* statement) {
  unsigned long bytes = 0;
  while (sqlite3_step(statement) == SQLITE_ROW) {
    for (int i = 0; i < sqlite3_column_count(statement); ++i) {
      const unsigned char* text = sqlite3_column_text(statement, i);
      if (text != NULL) bytes += strlen((const char*)text);
    }
  }
  check(sqlite3_reset(statement));
  return bytes;
}

// What a statement's parameters are each time.
enum Parameters { kKeyed, kShuffled, kRange, kTextRange, kPattern, kOne };

static void bind(sqlite3_stmt* statement, enum Parameters kind, unsigned i, unsigned rows, unsigned span) {
  char text[201], from[200];
  const unsigned low = draw(rows);
  switch (kind) {
    case kKeyed:
    case kShuffled:
      words(text, draw(rows * 4));
      sqlite3_bind_int(statement, 1, (int)(kind == kKeyed ? i : i * 7919U % rows));
      sqlite3_bind_int(statement, 2, (int)draw(rows * 4));
      sqlite3_bind_text(statement, 3, text, -1, SQLITE_TRANSIENT);
      break;
    case kRange:
      sqlite3_bind_int(statement, 1, (int)low);
      sqlite3_bind_int(statement, 2, (int)(low + span));
      break;
    case kTextRange:
      words(from, low);
      snprintf(text, sizeof text, "%s~", from);
      sqlite3_bind_text(statement, 1, from, -1, SQLITE_TRANSIENT);
      sqlite3_bind_text(statement, 2, text, -1, SQLITE_TRANSIENT);
      break;
    case kPattern:
      strcpy(text, "%");
      strcpy(words(text + 1, draw(1000)), "%");
      sqlite3_bind_text(statement, 1, text, -1, SQLITE_TRANSIENT);
      break;
    case kOne:
      sqlite3_bind_int(statement, 1, (int)low);
      break;
  }
}

static unsigned long many(const char* sql, enum Parameters kind, unsigned times, unsigned rows, unsigned span) {
  unsigned long bytes = 0;
  sqlite3_stmt* const statement = prepared(sql);
  all("BEGIN");
  for (unsigned i = 1; i <= times; ++i) {
    bind(statement, kind, i, rows, span);
    bytes += run(statement);
  }
  all("COMMIT");
  sqlite3_finalize(statement);
  return bytes;
}

static unsigned long ranges(unsigned rows) {
  unsigned long bytes = many("SELECT count(*), avg(b), sum(length(c)) FROM one WHERE b BETWEEN ?1 AND ?2", kRange, 20, rows, rows / 100);
  bytes += many("SELECT count(*), avg(b), sum(length(c)) FROM one WHERE c LIKE ?1", kPattern, 8, rows, 0);
  bytes += many("SELECT a, b, c FROM one WHERE c LIKE ?1 ORDER BY a LIMIT 10", kPattern, 8, rows, 0);
  all("CREATE UNIQUE INDEX one_b ON one(b, a); CREATE INDEX one_c ON one(c); CREATE UNIQUE INDEX two_b ON two(b, a);"
      "CREATE INDEX three_b ON three(b); CREATE INDEX three_c ON three(c, b)");
  bytes += many("SELECT count(*), avg(b), sum(length(c)) FROM one WHERE b BETWEEN ?1 AND ?2", kRange, rows / 5, rows * 4, 40);
  bytes += many("SELECT count(*), avg(b), sum(length(c)) FROM two WHERE a BETWEEN ?1 AND ?2", kRange, rows / 5, rows, 10);
  return bytes + many("SELECT count(*), avg(b), sum(length(c)) FROM one WHERE c BETWEEN ?1 AND ?2", kTextRange, rows / 5, rows * 4, 0);
}

static unsigned long changes(unsigned rows) {
  all("CREATE TABLE four(a INTEGER UNIQUE, b INTEGER, c TEXT); CREATE INDEX four_b ON four(b); CREATE INDEX four_c ON four(c)");
  all("INSERT INTO four SELECT * FROM one; DELETE FROM two; INSERT INTO two SELECT * FROM one;"
      "ALTER TABLE two ADD COLUMN d DEFAULT 123; SELECT sum(d) FROM two");
  unsigned long bytes = many("UPDATE two SET d = b * 2 WHERE b BETWEEN ?1 AND ?2", kRange, rows / 10, rows * 4, 40);
  bytes += many("UPDATE two SET d = b * 3 WHERE a = ?1", kOne, rows, rows, 0);
  all("UPDATE two SET d = b * 4; SELECT sum(d) FROM two");
  bytes += many("DELETE FROM two WHERE b BETWEEN ?1 AND ?2", kRange, rows / 100, rows * 4, 40);
  bytes += many("DELETE FROM three WHERE a = ?1", kOne, rows / 2, rows, 0);
  all("REPLACE INTO two(a, b, c) SELECT a, b, c FROM one; REPLACE INTO three(a, b, c) SELECT a, b, c FROM one");
  return bytes + many("SELECT one.c FROM four, three, two, one WHERE four.a BETWEEN ?1 AND ?2 AND three.a = four.b / 4 AND "
                      "two.a = three.b / 4 AND one.b = two.b", kRange, rows / 5, rows, 4);
}

static unsigned long main_set(unsigned rows) {
  all("CREATE TABLE one(a INTEGER, b INTEGER, c TEXT); CREATE TABLE two(a INTEGER PRIMARY KEY, b INTEGER, c TEXT);"
      "CREATE TABLE three(a INTEGER PRIMARY KEY, b INTEGER, c TEXT) WITHOUT ROWID; CREATE TABLE five(k TEXT PRIMARY KEY, a INTEGER)");
  unsigned long bytes = 0;
  for (unsigned turn = 0;; ++turn) {
    bytes += many("INSERT INTO one VALUES(?1, ?2, ?3)", kKeyed, rows, rows, 0);
    bytes += many("INSERT OR REPLACE INTO two VALUES(?1, ?2, ?3)", kKeyed, rows, rows, 0);
    bytes += many("INSERT OR REPLACE INTO three VALUES(?1, ?2, ?3)", kShuffled, rows, rows, 0);
    bytes += ranges(rows) + changes(rows);
    bytes += many("REPLACE INTO five(a, k) VALUES(?1 + ?2 % 2, ?3)", kShuffled, rows, rows, 0);
    bytes += many("SELECT a FROM five WHERE k BETWEEN ?1 AND ?2 LIMIT 1", kTextRange, rows, rows * 4, 0);
    bytes += run(prepared("SELECT count(*) FROM (SELECT DISTINCT c FROM one)"));
    all("DELETE FROM one; DROP INDEX one_b; DROP INDEX one_c; DROP INDEX two_b; DROP INDEX three_b; DROP INDEX three_c;"
        "DROP TABLE four; DROP TABLE two; CREATE TABLE two(a INTEGER PRIMARY KEY, b INTEGER, c TEXT); DELETE FROM three; ANALYZE");
    if (turn == 100) return bytes;
  }
}

static unsigned long cte_set(void) {
  const char* const sudoku =
      "WITH RECURSIVE digits(z, lp) AS (VALUES('1', 1) UNION ALL SELECT CAST(lp + 1 AS TEXT), lp + 1 FROM digits WHERE lp < 9),"
      "x(s, ind) AS (SELECT ?1, instr(?1, '.') UNION ALL SELECT substr(s, 1, ind - 1) || z || substr(s, ind + 1),"
      " instr(substr(s, 1, ind - 1) || z || substr(s, ind + 1), '.') FROM x, digits AS z WHERE ind > 0 AND NOT EXISTS ("
      "SELECT 1 FROM digits AS lp WHERE z.z = substr(s, ((ind - 1) / 9) * 9 + lp, 1) OR z.z = substr(s, ((ind - 1) % 9) + (lp - 1) * 9 + 1, 1)"
      " OR z.z = substr(s, (((ind - 1) / 3) % 3) * 3 + ((ind - 1) / 27) * 27 + lp + ((lp - 1) / 3) * 6, 1))) SELECT s FROM x WHERE ind = 0";
  const char* const mandelbrot =
      "WITH RECURSIVE xaxis(x) AS (VALUES(-2.0) UNION ALL SELECT x + 0.01 FROM xaxis WHERE x < 1.2),"
      "yaxis(y) AS (VALUES(-1.0) UNION ALL SELECT y + 0.02 FROM yaxis WHERE y < 1.0),"
      "m(iter, cx, cy, x, y) AS (SELECT 0, x, y, 0.0, 0.0 FROM xaxis, yaxis UNION ALL SELECT iter + 1, cx, cy, x * x - y * y + cx,"
      " 2.0 * x * y + cy FROM m WHERE (x * x + y * y) < 4.0 AND iter < 38),"
      "m2(iter, cx, cy) AS (SELECT max(iter), cx, cy FROM m GROUP BY cx, cy),"
      "a(t) AS (SELECT group_concat(substr(' .+*#', 1 + min(iter / 7, 4), 1), '') FROM m2 GROUP BY cy)"
      "SELECT group_concat(rtrim(t), x'0a') FROM a";
  const char* const except =
      "WITH RECURSIVE t1(x) AS (VALUES(2) UNION ALL SELECT x + 2 FROM t1 WHERE x < 400000),"
      "t2(y) AS (VALUES(3) UNION ALL SELECT y + 3 FROM t2 WHERE y < 400000)"
      "SELECT count(x), avg(x) FROM (SELECT x FROM t1 EXCEPT SELECT y FROM t2)";
  sqlite3_stmt* const puzzle = prepared(sudoku);
  sqlite3_bind_text(puzzle, 1, "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79", -1, SQLITE_STATIC);
  unsigned long bytes = run(puzzle);
  for (int turn = 0; turn < 100; ++turn) bytes += run(prepared(mandelbrot)) + run(prepared(except));
  return bytes;
}

// A number of any magnitude, as text.
static void number(char* text) { sprintf(text, "%u.%ue%d", draw(100000000), draw(10), (int)draw(400) - 200); }

static unsigned long with_numbers(const char* sql, unsigned times) {
  char low[40], high[40];
  unsigned long bytes = 0;
  sqlite3_stmt* const statement = prepared(sql);
  for (unsigned i = 0; i < times; ++i) {
    number(low);
    number(high);
    sqlite3_bind_text(statement, 1, low, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 2, high, -1, SQLITE_STATIC);
    bytes += run(statement);
  }
  sqlite3_finalize(statement);
  return bytes;
}

static unsigned long fp_set(unsigned rows) {
  const char* const range = "SELECT sum(b) FROM numbers WHERE a BETWEEN ?1 AND ?2";
  unsigned long bytes = 0;
  for (int turn = 0; turn < 100; ++turn) {
    all("CREATE TABLE numbers(a REAL, b REAL); BEGIN");
    bytes += with_numbers("INSERT INTO numbers VALUES(?1, ?2)", rows);
    all("COMMIT");
    bytes += with_numbers(range, 40);
    all("CREATE INDEX numbers_a ON numbers(a); CREATE INDEX numbers_b ON numbers(b); CREATE INDEX numbers_ab ON numbers(a, b)");
    bytes += with_numbers(range, 300) + run(prepared("SELECT sum(round(a, 2) + round(b, 4)) FROM numbers"));
    all("DROP TABLE numbers");
  }
  return bytes;
}

int main(int argc, char** argv) {
  const char* const set = argc > 1 ? argv[1] : "main";
  check(sqlite3_open(":memory:", &db));
  all("PRAGMA cache_size = -65536");
  unsigned long bytes = 0;
  const unsigned rows = argc > 2 ? (unsigned)atoi(argv[2]) : 20000;
  bytes = strcmp(set, "cte") == 0 ? cte_set() : strcmp(set, "fp") == 0 ? fp_set(rows) : main_set(rows);
  printf("%lu\n", bytes);
}
