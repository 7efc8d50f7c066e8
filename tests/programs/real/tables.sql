-- In the manner of SQLite's own speed test: filling, ranges, joins, text, updates, with and without an index.
PRAGMA cache_size = -65536;
CREATE TABLE one(a INTEGER PRIMARY KEY, b INTEGER, c TEXT);
CREATE TABLE two(a INTEGER, b INTEGER, c TEXT);
CREATE TABLE three(k TEXT PRIMARY KEY, v REAL) WITHOUT ROWID;
.read /real/fill.sql
CREATE INDEX two_b ON two(b);
CREATE INDEX two_c ON two(c);
.read /real/ask.sql
