-- open
WITH histogram AS (SELECT (c.duration_ms + 500) // 1000 AS secs,
       coalesce(sum(c.n), 0) AS n, sum(c.duration_ms_total) AS total_ms,
       min(c.duration_ms_least) AS min_ms, max(c.duration_ms_greatest) AS max_ms
FROM (SELECT started_at, provider, duration_ms, n, duration_ms_known, duration_ms_total, duration_ms_least, duration_ms_greatest FROM rollup_provider_durations_blocks AS c
UNION ALL
SELECT started_at, provider, duration_ms, c.n AS n, CASE WHEN c.duration_ms IS NULL THEN 0 ELSE c.n END AS duration_ms_known, c.n * coalesce(c.duration_ms, 0) AS duration_ms_total, CASE WHEN c.n > 0 THEN c.duration_ms END AS duration_ms_least, CASE WHEN c.n > 0 THEN c.duration_ms END AS duration_ms_greatest FROM rollup_call_changes AS c) AS c
WHERE TRUE
  AND c.duration_ms IS NOT NULL
GROUP BY secs
HAVING sum(c.n) > 0),
ranked AS (SELECT *, sum(n) OVER (ORDER BY secs) AS upto, sum(n) OVER () AS whole
FROM histogram)
SELECT coalesce(sum(n), 0) AS n_timed,
       sum(total_ms) AS total_ms,
       min(min_ms) AS min_ms,
       max(max_ms) AS max_ms,
       min(secs) FILTER (WHERE 100 * upto >= 50 * whole) AS p50,
       min(secs) FILTER (WHERE 100 * upto >= 90 * whole) AS p90,
       min(secs) FILTER (WHERE 100 * upto >= 95 * whole) AS p95,
       min(secs) FILTER (WHERE 100 * upto >= 99 * whole) AS p99
FROM ranked
LIMIT 1000001
-- values


-- month
WITH histogram AS (SELECT (c.duration_ms + 500) // 1000 AS secs,
       coalesce(sum(c.n), 0) AS n, sum(c.duration_ms_total) AS total_ms,
       min(c.duration_ms_least) AS min_ms, max(c.duration_ms_greatest) AS max_ms
FROM (SELECT started_at, reseller_id, provider, duration_ms, n, duration_ms_known, duration_ms_total, duration_ms_least, duration_ms_greatest FROM rollup_durations_blocks AS c WHERE started_at >= ? AND started_at < ?
UNION ALL
SELECT started_at, reseller_id, provider, duration_ms, n, duration_ms_known, duration_ms_total, duration_ms_least, duration_ms_greatest FROM rollup_durations_days AS c WHERE started_at >= ? AND started_at < ?
UNION ALL
SELECT started_at, reseller_id, provider, duration_ms, n, duration_ms_known, duration_ms_total, duration_ms_least, duration_ms_greatest FROM rollup_durations_days AS c WHERE started_at >= ? AND started_at < ?
UNION ALL
SELECT started_at, reseller_id, provider, duration_ms, c.n AS n, CASE WHEN c.duration_ms IS NULL THEN 0 ELSE c.n END AS duration_ms_known, c.n * coalesce(c.duration_ms, 0) AS duration_ms_total, CASE WHEN c.n > 0 THEN c.duration_ms END AS duration_ms_least, CASE WHEN c.n > 0 THEN c.duration_ms END AS duration_ms_greatest FROM rollup_call_changes AS c WHERE started_at >= ? AND started_at < ?
UNION ALL
SELECT started_at, reseller_id, provider, duration_ms, 1 AS n, CASE WHEN c.duration_ms IS NULL THEN 0 ELSE 1 END AS duration_ms_known, 1 * coalesce(c.duration_ms, 0) AS duration_ms_total, CASE WHEN 1 > 0 THEN c.duration_ms END AS duration_ms_least, CASE WHEN 1 > 0 THEN c.duration_ms END AS duration_ms_greatest FROM calls AS c WHERE started_at >= ? AND started_at < ?
UNION ALL
SELECT started_at, reseller_id, provider, duration_ms, 1 AS n, CASE WHEN c.duration_ms IS NULL THEN 0 ELSE 1 END AS duration_ms_known, 1 * coalesce(c.duration_ms, 0) AS duration_ms_total, CASE WHEN 1 > 0 THEN c.duration_ms END AS duration_ms_least, CASE WHEN 1 > 0 THEN c.duration_ms END AS duration_ms_greatest FROM calls AS c WHERE started_at >= ? AND started_at < ?) AS c
WHERE (c.reseller_id = ?)
  AND c.started_at >= ?
  AND c.started_at < ?
  AND c.duration_ms IS NOT NULL
GROUP BY secs
HAVING sum(c.n) > 0),
ranked AS (SELECT *, sum(n) OVER (ORDER BY secs) AS upto, sum(n) OVER () AS whole
FROM histogram)
SELECT coalesce(sum(n), 0) AS n_timed,
       sum(total_ms) AS total_ms,
       min(min_ms) AS min_ms,
       max(max_ms) AS max_ms,
       min(secs) FILTER (WHERE 100 * upto >= 50 * whole) AS p50,
       min(secs) FILTER (WHERE 100 * upto >= 90 * whole) AS p90,
       min(secs) FILTER (WHERE 100 * upto >= 95 * whole) AS p95,
       min(secs) FILTER (WHERE 100 * upto >= 99 * whole) AS p99
FROM ranked
LIMIT 1000001
-- values
--   datetime.datetime(2025, 8, 20, 0, 0)
--   datetime.datetime(2025, 10, 23, 0, 0)
--   datetime.datetime(2025, 8, 5, 0, 0)
--   datetime.datetime(2025, 8, 20, 0, 0)
--   datetime.datetime(2025, 10, 23, 0, 0)
--   datetime.datetime(2025, 10, 31, 0, 0)
--   datetime.datetime(2025, 8, 5, 0, 0)
--   datetime.datetime(2025, 10, 31, 0, 0)
--   datetime.datetime(2025, 8, 4, 18, 30)
--   datetime.datetime(2025, 8, 5, 0, 0)
--   datetime.datetime(2025, 10, 31, 0, 0)
--   datetime.datetime(2025, 10, 31, 18, 30)
--   'res_north'
--   datetime.datetime(2025, 8, 4, 18, 30)
--   datetime.datetime(2025, 10, 31, 18, 30)

-- provider
WITH histogram AS (SELECT (c.duration_ms + 500) // 1000 AS secs,
       coalesce(sum(c.n), 0) AS n, sum(c.duration_ms_total) AS total_ms,
       min(c.duration_ms_least) AS min_ms, max(c.duration_ms_greatest) AS max_ms
FROM (SELECT started_at, provider, duration_ms, n, duration_ms_known, duration_ms_total, duration_ms_least, duration_ms_greatest FROM rollup_provider_durations_blocks AS c WHERE started_at < ?
UNION ALL
SELECT started_at, provider, duration_ms, n, duration_ms_known, duration_ms_total, duration_ms_least, duration_ms_greatest FROM rollup_provider_durations_days AS c WHERE started_at >= ? AND started_at < ?
UNION ALL
SELECT started_at, provider, duration_ms, c.n AS n, CASE WHEN c.duration_ms IS NULL THEN 0 ELSE c.n END AS duration_ms_known, c.n * coalesce(c.duration_ms, 0) AS duration_ms_total, CASE WHEN c.n > 0 THEN c.duration_ms END AS duration_ms_least, CASE WHEN c.n > 0 THEN c.duration_ms END AS duration_ms_greatest FROM rollup_call_changes AS c WHERE started_at < ?
UNION ALL
SELECT started_at, provider, duration_ms, 1 AS n, CASE WHEN c.duration_ms IS NULL THEN 0 ELSE 1 END AS duration_ms_known, 1 * coalesce(c.duration_ms, 0) AS duration_ms_total, CASE WHEN 1 > 0 THEN c.duration_ms END AS duration_ms_least, CASE WHEN 1 > 0 THEN c.duration_ms END AS duration_ms_greatest FROM calls AS c WHERE started_at >= ? AND started_at < ?) AS c
WHERE c.started_at < ?
  AND ((c.provider = ?) OR c.provider IS NULL)
  AND c.duration_ms IS NOT NULL
GROUP BY secs
HAVING sum(c.n) > 0),
ranked AS (SELECT *, sum(n) OVER (ORDER BY secs) AS upto, sum(n) OVER () AS whole
FROM histogram)
SELECT coalesce(sum(n), 0) AS n_timed,
       sum(total_ms) AS total_ms,
       min(min_ms) AS min_ms,
       max(max_ms) AS max_ms,
       min(secs) FILTER (WHERE 100 * upto >= 50 * whole) AS p50,
       min(secs) FILTER (WHERE 100 * upto >= 90 * whole) AS p90,
       min(secs) FILTER (WHERE 100 * upto >= 95 * whole) AS p95,
       min(secs) FILTER (WHERE 100 * upto >= 99 * whole) AS p99
FROM ranked
LIMIT 1000001
-- values
--   datetime.datetime(2025, 10, 23, 0, 0)
--   datetime.datetime(2025, 10, 23, 0, 0)
--   datetime.datetime(2025, 10, 31, 0, 0)
--   datetime.datetime(2025, 10, 31, 0, 0)
--   datetime.datetime(2025, 10, 31, 0, 0)
--   datetime.datetime(2025, 10, 31, 12, 1)
--   datetime.datetime(2025, 10, 31, 12, 1)
--   'TWILIO'
