-- open
WITH histogram AS (SELECT c.sentiment AS x, count(*) AS n
FROM calls AS c
WHERE TRUE
GROUP BY x),
numbers AS (SELECT n, CAST((CAST(x * 1208925819614629174706176.0 AS HUGEINT) * 2000000 + 1208925819614629174706176) // 2417851639229258349412352 AS BIGINT) AS v
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


-- month
WITH histogram AS (SELECT c.currency AS k0, c.cost_micros AS x, count(*) AS n
FROM calls AS c
WHERE (c.reseller_id = ?)
  AND c.started_at >= ?
  AND c.started_at < ?
GROUP BY k0, x),
numbers AS (SELECT k0, n, 1 * x AS v
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
--   'res_north'
--   datetime.datetime(2025, 8, 4, 18, 30)
--   datetime.datetime(2025, 10, 31, 18, 30)

-- provider
WITH histogram AS (SELECT c.currency AS k0, c.cost_micros AS x, count(*) AS n
FROM calls AS c
WHERE c.started_at < ?
  AND ((c.provider = ?) OR c.provider IS NULL)
GROUP BY k0, x),
numbers AS (SELECT k0, n, 1 * x AS v
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
--   datetime.datetime(2025, 10, 31, 12, 1)
--   'TWILIO'
