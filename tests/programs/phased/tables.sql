CREATE TABLE word (id INTEGER PRIMARY KEY, name TEXT, size INTEGER, part REAL);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @rows)
INSERT INTO word SELECT i, printf('w%05d', i * 7919 % 40009), i * i % 1013, i * 0.37 FROM n;
CREATE INDEX by_name ON word(name);
SELECT count(*), sum(size), round(avg(part), 3) FROM word WHERE name LIKE '%7%' OR size % 3 = 1;
SELECT size % 10, count(*), max(name) FROM word GROUP BY size % 10;
SELECT count(*) FROM word a JOIN word b ON b.name = printf('w%05d', a.size);
UPDATE word SET part = part * 2, name = name || 'x' WHERE id % 3 = 0;
SELECT sum(length(replace(upper(name), 'W', 'ab'))) FROM word;
SELECT group_concat(name, '') FROM (SELECT name FROM word ORDER BY part * size % 97, name LIMIT 40);
WITH RECURSIVE f(i, a, b) AS (SELECT 1, 0, 1 UNION ALL SELECT i + 1, b, (a + b) % 1000007 FROM f WHERE i < 4 * @rows)
SELECT max(a), sum(b % 7) FROM f;
DELETE FROM word WHERE id % 5 < 2;
SELECT count(*), sum(size) FROM word a WHERE EXISTS (SELECT 1 FROM word b WHERE b.name = a.name AND b.id >= a.id);
