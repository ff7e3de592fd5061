-- open: ends of the range
SELECT min(t), max(t) + 86399999999
FROM (SELECT epoch_us(c.started_at) - ((epoch_us(c.started_at) % 86400000000) + 86400000000) % 86400000000 AS t
FROM (SELECT started_at, provider, n, duration_ms_known, duration_ms_total FROM rollup_provider_times_days AS c
UNION ALL
SELECT started_at, provider, c.n AS n, CASE WHEN c.duration_ms IS NULL THEN 0 ELSE c.n END AS duration_ms_known, c.n * coalesce(c.duration_ms, 0) AS duration_ms_total FROM rollup_call_changes AS c) AS c
WHERE TRUE
GROUP BY t
HAVING sum(c.n) > 0) AS steps

-- open
SELECT (c.started_at)::DATE - DATE '1970-01-01' AS k0,
       coalesce(sum(c.duration_ms_known), 0) AS n_timed,
       sum(c.duration_ms_total) AS total_ms
FROM (SELECT started_at, provider, n, duration_ms_known, duration_ms_total FROM rollup_provider_times_days AS c WHERE started_at >= ? AND started_at < ?
UNION ALL
SELECT started_at, provider, n, duration_ms_known, duration_ms_total FROM rollup_provider_times_quarters AS c WHERE started_at >= ? AND started_at < ?
UNION ALL
SELECT started_at, provider, c.n AS n, CASE WHEN c.duration_ms IS NULL THEN 0 ELSE c.n END AS duration_ms_known, c.n * coalesce(c.duration_ms, 0) AS duration_ms_total FROM rollup_call_changes AS c WHERE started_at >= ? AND started_at < ?
UNION ALL
SELECT started_at, provider, 1 AS n, CASE WHEN c.duration_ms IS NULL THEN 0 ELSE 1 END AS duration_ms_known, 1 * coalesce(c.duration_ms, 0) AS duration_ms_total FROM calls AS c WHERE started_at >= ? AND started_at < ?) AS c
WHERE c.started_at >= ?
  AND c.started_at < ?
GROUP BY k0
HAVING sum(c.n) > 0
LIMIT 1000001
-- values
--   datetime.datetime(2025, 1, 1, 0, 0)
--   datetime.datetime(2025, 12, 31, 0, 0)
--   datetime.datetime(2025, 12, 31, 0, 0)
--   datetime.datetime(2025, 12, 31, 23, 45)
--   datetime.datetime(2025, 1, 1, 0, 0)
--   datetime.datetime(2025, 12, 31, 23, 45)
--   datetime.datetime(2025, 12, 31, 23, 45)
--   datetime.datetime(2025, 12, 31, 23, 59, 59, 1)
--   datetime.datetime(2025, 1, 1, 0, 0)
--   datetime.datetime(2025, 12, 31, 23, 59, 59, 1)

-- month
SELECT ((c.started_at + to_microseconds(19800000000)))::DATE - DATE '1970-01-01' AS k0,
       coalesce(sum(c.duration_ms_known), 0) AS n_timed,
       sum(c.duration_ms_total) AS total_ms
FROM (SELECT started_at, reseller_id, n, duration_ms_known, duration_ms_total FROM rollup_reseller_times_quarters AS c WHERE started_at >= ? AND started_at < ?
UNION ALL
SELECT started_at, reseller_id, c.n AS n, CASE WHEN c.duration_ms IS NULL THEN 0 ELSE c.n END AS duration_ms_known, c.n * coalesce(c.duration_ms, 0) AS duration_ms_total FROM rollup_call_changes AS c WHERE started_at >= ? AND started_at < ?) AS c
WHERE (c.reseller_id = ?)
  AND c.started_at >= ?
  AND c.started_at < ?
GROUP BY k0
HAVING sum(c.n) > 0
LIMIT 1000001
-- values
--   datetime.datetime(2025, 8, 4, 18, 30)
--   datetime.datetime(2025, 10, 31, 18, 30)
--   datetime.datetime(2025, 8, 4, 18, 30)
--   datetime.datetime(2025, 10, 31, 18, 30)
--   'res_north'
--   datetime.datetime(2025, 8, 4, 18, 30)
--   datetime.datetime(2025, 10, 31, 18, 30)

-- provider: ends of the range
SELECT min(t), max(t) + 86399999999
FROM (SELECT epoch_us(c.started_at) - ((epoch_us(c.started_at) % 86400000000) + 86400000000) % 86400000000 AS t
FROM (SELECT started_at, provider, n, duration_ms_known, duration_ms_total FROM rollup_provider_times_days AS c WHERE started_at < ?
UNION ALL
SELECT started_at, provider, c.n AS n, CASE WHEN c.duration_ms IS NULL THEN 0 ELSE c.n END AS duration_ms_known, c.n * coalesce(c.duration_ms, 0) AS duration_ms_total FROM rollup_call_changes AS c WHERE started_at < ?
UNION ALL
SELECT started_at, provider, 1 AS n, CASE WHEN c.duration_ms IS NULL THEN 0 ELSE 1 END AS duration_ms_known, 1 * coalesce(c.duration_ms, 0) AS duration_ms_total FROM calls AS c WHERE started_at >= ? AND started_at < ?) AS c
WHERE c.started_at < ?
  AND ((c.provider = ?) OR c.provider IS NULL)
GROUP BY t
HAVING sum(c.n) > 0) AS steps

-- provider
SELECT (c.started_at)::DATE - DATE '1970-01-01' AS k0,
       coalesce(sum(c.duration_ms_known), 0) AS n_timed,
       sum(c.duration_ms_total) AS total_ms
FROM (SELECT started_at, provider, n, duration_ms_known, duration_ms_total FROM rollup_provider_times_days AS c WHERE started_at >= ? AND started_at < ?
UNION ALL
SELECT started_at, provider, n, duration_ms_known, duration_ms_total FROM rollup_provider_times_quarters AS c WHERE started_at >= ? AND started_at < ?
UNION ALL
SELECT started_at, provider, c.n AS n, CASE WHEN c.duration_ms IS NULL THEN 0 ELSE c.n END AS duration_ms_known, c.n * coalesce(c.duration_ms, 0) AS duration_ms_total FROM rollup_call_changes AS c WHERE started_at >= ? AND started_at < ?
UNION ALL
SELECT started_at, provider, 1 AS n, CASE WHEN c.duration_ms IS NULL THEN 0 ELSE 1 END AS duration_ms_known, 1 * coalesce(c.duration_ms, 0) AS duration_ms_total FROM calls AS c WHERE started_at >= ? AND started_at < ?) AS c
WHERE c.started_at >= ?
  AND c.started_at < ?
  AND ((c.provider = ?) OR c.provider IS NULL)
GROUP BY k0
HAVING sum(c.n) > 0
LIMIT 1000001
-- values
--   datetime.datetime(2025, 1, 1, 0, 0)
--   datetime.datetime(2025, 10, 31, 0, 0)
--   datetime.datetime(2025, 10, 31, 0, 0)
--   datetime.datetime(2025, 10, 31, 12, 0)
--   datetime.datetime(2025, 1, 1, 0, 0)
--   datetime.datetime(2025, 10, 31, 12, 0)
--   datetime.datetime(2025, 10, 31, 12, 0)
--   datetime.datetime(2025, 10, 31, 12, 1)
--   datetime.datetime(2025, 1, 1, 0, 0)
--   datetime.datetime(2025, 10, 31, 12, 1)
--   'TWILIO'
