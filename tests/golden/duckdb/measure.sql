-- plain
WITH histogram AS (SELECT coalesce(variant_extract(c.payload_orders, ?)::VARCHAR, c.payload_unlisted[?][2]) AS x, count(*) AS n
FROM calls AS c
WHERE (c.merchant_id = ?)
GROUP BY x),
numbers AS (SELECT n, CASE WHEN x LIKE 'n%' AND CASE WHEN (CAST(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4) AS BIGINT) - 4993) < 0 THEN 0 WHEN (CAST(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4) AS BIGINT) - 4993) <= 18 THEN CAST('0' || substr((CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END || '0000000000000000000'), 5, (CAST(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4) AS BIGINT) - 4993)) AS BIGINT) + CASE WHEN substr((CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END || '0000000000000000000'), 5 + (CAST(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4) AS BIGINT) - 4993), 1) >= '5' THEN 1 ELSE 0 END ELSE 1000000000000000000 END < 1000000000000000000 THEN CASE WHEN x LIKE 'n0%' THEN -(CASE WHEN (CAST(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4) AS BIGINT) - 4993) < 0 THEN 0 WHEN (CAST(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4) AS BIGINT) - 4993) <= 18 THEN CAST('0' || substr((CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END || '0000000000000000000'), 5, (CAST(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4) AS BIGINT) - 4993)) AS BIGINT) + CASE WHEN substr((CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END || '0000000000000000000'), 5 + (CAST(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4) AS BIGINT) - 4993), 1) >= '5' THEN 1 ELSE 0 END ELSE 1000000000000000000 END) ELSE CASE WHEN (CAST(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4) AS BIGINT) - 4993) < 0 THEN 0 WHEN (CAST(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4) AS BIGINT) - 4993) <= 18 THEN CAST('0' || substr((CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END || '0000000000000000000'), 5, (CAST(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4) AS BIGINT) - 4993)) AS BIGINT) + CASE WHEN substr((CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END || '0000000000000000000'), 5 + (CAST(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4) AS BIGINT) - 4993), 1) >= '5' THEN 1 ELSE 0 END ELSE 1000000000000000000 END END END AS v
FROM histogram),
ranked AS (SELECT *, sum(n) OVER (ORDER BY v) AS upto, sum(n) OVER () AS whole
FROM numbers
WHERE v IS NOT NULL)
SELECT coalesce(sum(n), 0) AS measured,
       sum(CAST(v AS HUGEINT) * n) AS total,
       min(v) AS least,
       max(v) AS greatest,
       min(v) FILTER (WHERE 100 * upto >= 50 * whole) AS p50,
       min(v) FILTER (WHERE 100 * upto >= 90 * whole) AS p90,
       min(v) FILTER (WHERE 100 * upto >= 95 * whole) AS p95,
       min(v) FILTER (WHERE 100 * upto >= 99 * whole) AS p99
FROM ranked
LIMIT 1000001
-- values
--   'age'
--   'age'
--   'mer_abc'

-- open: ends of the range
SELECT min(epoch_us(c.started_at)), max(epoch_us(c.started_at))
FROM calls AS c
WHERE (c.merchant_id = ?)

-- open
WITH histogram AS (SELECT isodow((c.started_at + to_microseconds(20700000000))) AS k0, c.sentiment AS x, count(*) AS n
FROM calls AS c
WHERE (c.merchant_id = ?)
  AND c.started_at >= ?
  AND c.started_at < ?
GROUP BY k0, x),
numbers AS (SELECT k0, n, CAST((CAST(x * 1208925819614629174706176.0 AS HUGEINT) * 2000000 + 1208925819614629174706176) // 2417851639229258349412352 AS BIGINT) AS v
FROM histogram),
ranked AS (SELECT *, sum(n) OVER (PARTITION BY k0 ORDER BY v) AS upto, sum(n) OVER (PARTITION BY k0) AS whole
FROM numbers
WHERE v IS NOT NULL)
SELECT k0,
       coalesce(sum(n), 0) AS measured,
       sum(CAST(v AS HUGEINT) * n) AS total,
       min(v) AS least,
       max(v) AS greatest,
       min(v) FILTER (WHERE 100 * upto >= 50 * whole) AS p50,
       min(v) FILTER (WHERE 100 * upto >= 90 * whole) AS p90,
       min(v) FILTER (WHERE 100 * upto >= 95 * whole) AS p95,
       min(v) FILTER (WHERE 100 * upto >= 99 * whole) AS p99
FROM ranked
GROUP BY k0
ORDER BY k0 ASC NULLS LAST
LIMIT 1000001
-- values
--   'mer_abc'
--   datetime.datetime(2025, 1, 1, 0, 0)
--   datetime.datetime(2025, 12, 31, 23, 59, 59, 1)

-- full
WITH histogram AS (SELECT c.template_id AS k0, isodow(CASE WHEN c.started_at < ? THEN (c.started_at + to_microseconds(3600000000)) ELSE c.started_at END) AS k1, coalesce(variant_extract(c.payload_orders, ?)::VARCHAR, c.payload_unlisted[?][2]) AS x, count(*) AS n
FROM calls AS c LEFT JOIN leads AS l ON l.lead_no = c.lead_no
WHERE (c.merchant_id = ?)
  AND (l.status = ?)
  AND c.started_at >= ?
  AND c.started_at < ?
  AND ((coalesce(variant_extract(c.payload, ?)::VARCHAR, c.payload_unlisted[?][1]) = ?) OR coalesce(len(list_filter(c.payload_lists[?], lambda e: (e[1] = ?))) > 0, FALSE))
  AND ((coalesce(variant_extract(c.payload_orders, ?)::VARCHAR, c.payload_unlisted[?][2]) >= ? AND coalesce(variant_extract(c.payload_orders, ?)::VARCHAR, c.payload_unlisted[?][2]) < ?) OR coalesce(len(list_filter(c.payload_lists[?], lambda e: (e[2] >= ? AND e[2] < ?))) > 0, FALSE))
  AND ((coalesce(variant_extract(c.payload, ?)::VARCHAR, c.payload_unlisted[?][1]) IS NULL OR NOT (coalesce(variant_extract(c.payload, ?)::VARCHAR, c.payload_unlisted[?][1]) = ?)) AND NOT coalesce(len(list_filter(c.payload_lists[?], lambda e: (e[1] = ?))) > 0, FALSE))
  AND ((c.provider = ?) OR c.provider IS NULL)
  AND c.duration_ms >= ?::BIGINT
GROUP BY k0, k1, x),
numbers AS (SELECT k0, k1, n, CASE WHEN x LIKE 'n%' AND CASE WHEN (CAST(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4) AS BIGINT) - 4993) < 0 THEN 0 WHEN (CAST(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4) AS BIGINT) - 4993) <= 18 THEN CAST('0' || substr((CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END || '0000000000000000000'), 5, (CAST(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4) AS BIGINT) - 4993)) AS BIGINT) + CASE WHEN substr((CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END || '0000000000000000000'), 5 + (CAST(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4) AS BIGINT) - 4993), 1) >= '5' THEN 1 ELSE 0 END ELSE 1000000000000000000 END < 1000000000000000000 THEN CASE WHEN x LIKE 'n0%' THEN -(CASE WHEN (CAST(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4) AS BIGINT) - 4993) < 0 THEN 0 WHEN (CAST(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4) AS BIGINT) - 4993) <= 18 THEN CAST('0' || substr((CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END || '0000000000000000000'), 5, (CAST(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4) AS BIGINT) - 4993)) AS BIGINT) + CASE WHEN substr((CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END || '0000000000000000000'), 5 + (CAST(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4) AS BIGINT) - 4993), 1) >= '5' THEN 1 ELSE 0 END ELSE 1000000000000000000 END) ELSE CASE WHEN (CAST(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4) AS BIGINT) - 4993) < 0 THEN 0 WHEN (CAST(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4) AS BIGINT) - 4993) <= 18 THEN CAST('0' || substr((CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END || '0000000000000000000'), 5, (CAST(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4) AS BIGINT) - 4993)) AS BIGINT) + CASE WHEN substr((CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END || '0000000000000000000'), 5 + (CAST(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4) AS BIGINT) - 4993), 1) >= '5' THEN 1 ELSE 0 END ELSE 1000000000000000000 END END END AS v
FROM histogram),
ranked AS (SELECT *, sum(n) OVER (PARTITION BY k0, k1 ORDER BY v) AS upto, sum(n) OVER (PARTITION BY k0, k1) AS whole
FROM numbers
WHERE v IS NOT NULL)
SELECT k0,
       k1,
       coalesce(sum(n), 0) AS measured,
       sum(CAST(v AS HUGEINT) * n) AS total,
       min(v) AS least,
       max(v) AS greatest,
       min(v) FILTER (WHERE 100 * upto >= 50 * whole) AS p50,
       min(v) FILTER (WHERE 100 * upto >= 90 * whole) AS p90,
       min(v) FILTER (WHERE 100 * upto >= 95 * whole) AS p95,
       min(v) FILTER (WHERE 100 * upto >= 99 * whole) AS p99
FROM ranked
GROUP BY k0, k1
ORDER BY k0 ASC NULLS LAST, k1 ASC NULLS LAST
LIMIT 1000001
-- values
--   datetime.datetime(2025, 10, 26, 1, 0)
--   'age'
--   'age'
--   'mer_abc'
--   'new'
--   datetime.datetime(2025, 9, 30, 23, 0)
--   datetime.datetime(2025, 11, 1, 0, 0)
--   'city'
--   'city'
--   'Delhi'
--   'city'
--   'Delhi'
--   'age'
--   'age'
--   'n250016'
--   'age'
--   'age'
--   'o'
--   'age'
--   'n250016'
--   'o'
--   'age'
--   'age'
--   'age'
--   'age'
--   '65'
--   'age'
--   '65'
--   'TWILIO'
--   10000
