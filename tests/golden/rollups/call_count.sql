-- open
SELECT coalesce(sum(c.n), 0) AS n
FROM (SELECT started_at, provider, n, duration_ms_known, duration_ms_total FROM rollup_provider_times_days AS c
UNION ALL
SELECT started_at, provider, c.n AS n, CASE WHEN c.duration_ms IS NULL THEN 0 ELSE c.n END AS duration_ms_known, c.n * coalesce(c.duration_ms, 0) AS duration_ms_total FROM rollup_call_changes AS c) AS c
WHERE TRUE
-- values


-- month
SELECT coalesce(sum(c.n), 0) AS n
FROM (SELECT started_at, reseller_id, n, duration_ms_known, duration_ms_total FROM rollup_reseller_times_days AS c WHERE started_at >= ? AND started_at < ?
UNION ALL
SELECT started_at, reseller_id, n, duration_ms_known, duration_ms_total FROM rollup_reseller_times_quarters AS c WHERE started_at >= ? AND started_at < ?
UNION ALL
SELECT started_at, reseller_id, n, duration_ms_known, duration_ms_total FROM rollup_reseller_times_quarters AS c WHERE started_at >= ? AND started_at < ?
UNION ALL
SELECT started_at, reseller_id, c.n AS n, CASE WHEN c.duration_ms IS NULL THEN 0 ELSE c.n END AS duration_ms_known, c.n * coalesce(c.duration_ms, 0) AS duration_ms_total FROM rollup_call_changes AS c WHERE started_at >= ? AND started_at < ?) AS c
WHERE (c.reseller_id = ?)
  AND c.started_at >= ?
  AND c.started_at < ?
-- values
--   datetime.datetime(2025, 8, 5, 0, 0)
--   datetime.datetime(2025, 10, 31, 0, 0)
--   datetime.datetime(2025, 8, 4, 18, 30)
--   datetime.datetime(2025, 8, 5, 0, 0)
--   datetime.datetime(2025, 10, 31, 0, 0)
--   datetime.datetime(2025, 10, 31, 18, 30)
--   datetime.datetime(2025, 8, 4, 18, 30)
--   datetime.datetime(2025, 10, 31, 18, 30)
--   'res_north'
--   datetime.datetime(2025, 8, 4, 18, 30)
--   datetime.datetime(2025, 10, 31, 18, 30)

-- provider
SELECT coalesce(sum(c.n), 0) AS n
FROM (SELECT started_at, provider, n, duration_ms_known, duration_ms_total FROM rollup_provider_times_days AS c WHERE started_at < ?
UNION ALL
SELECT started_at, provider, n, duration_ms_known, duration_ms_total FROM rollup_provider_times_quarters AS c WHERE started_at >= ? AND started_at < ?
UNION ALL
SELECT started_at, provider, c.n AS n, CASE WHEN c.duration_ms IS NULL THEN 0 ELSE c.n END AS duration_ms_known, c.n * coalesce(c.duration_ms, 0) AS duration_ms_total FROM rollup_call_changes AS c WHERE started_at < ?
UNION ALL
SELECT started_at, provider, 1 AS n, CASE WHEN c.duration_ms IS NULL THEN 0 ELSE 1 END AS duration_ms_known, 1 * coalesce(c.duration_ms, 0) AS duration_ms_total FROM calls AS c WHERE started_at >= ? AND started_at < ?) AS c
WHERE c.started_at < ?
  AND ((c.provider = ?) OR c.provider IS NULL)
-- values
--   datetime.datetime(2025, 10, 31, 0, 0)
--   datetime.datetime(2025, 10, 31, 0, 0)
--   datetime.datetime(2025, 10, 31, 12, 0)
--   datetime.datetime(2025, 10, 31, 12, 0)
--   datetime.datetime(2025, 10, 31, 12, 0)
--   datetime.datetime(2025, 10, 31, 12, 1)
--   datetime.datetime(2025, 10, 31, 12, 1)
--   'TWILIO'
