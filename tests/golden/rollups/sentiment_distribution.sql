-- open
SELECT floor(c.sentiment * 30 / 3) - floor(c.sentiment) AS k0,
       coalesce(sum(c.n), 0) AS n
FROM (SELECT started_at, reseller_id, provider, sentiment, n FROM rollup_scores_blocks AS c
UNION ALL
SELECT started_at, reseller_id, provider, sentiment, c.n AS n FROM rollup_call_changes AS c) AS c
WHERE TRUE
GROUP BY k0
HAVING sum(c.n) > 0
LIMIT 1000001
-- values


-- month
SELECT floor(c.sentiment * 30 / 3) - floor(c.sentiment) AS k0,
       coalesce(sum(c.n), 0) AS n
FROM (SELECT started_at, reseller_id, provider, sentiment, n FROM rollup_scores_blocks AS c WHERE started_at >= ? AND started_at < ?
UNION ALL
SELECT started_at, reseller_id, provider, sentiment, n FROM rollup_scores_days AS c WHERE started_at >= ? AND started_at < ?
UNION ALL
SELECT started_at, reseller_id, provider, sentiment, n FROM rollup_scores_days AS c WHERE started_at >= ? AND started_at < ?
UNION ALL
SELECT started_at, reseller_id, provider, sentiment, c.n AS n FROM rollup_call_changes AS c WHERE started_at >= ? AND started_at < ?
UNION ALL
SELECT started_at, reseller_id, provider, sentiment, 1 AS n FROM calls AS c WHERE started_at >= ? AND started_at < ?
UNION ALL
SELECT started_at, reseller_id, provider, sentiment, 1 AS n FROM calls AS c WHERE started_at >= ? AND started_at < ?) AS c
WHERE (c.reseller_id = ?)
  AND c.started_at >= ?
  AND c.started_at < ?
GROUP BY k0
HAVING sum(c.n) > 0
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
SELECT floor(c.sentiment * 30 / 3) - floor(c.sentiment) AS k0,
       coalesce(sum(c.n), 0) AS n
FROM (SELECT started_at, reseller_id, provider, sentiment, n FROM rollup_scores_blocks AS c WHERE started_at < ?
UNION ALL
SELECT started_at, reseller_id, provider, sentiment, n FROM rollup_scores_days AS c WHERE started_at >= ? AND started_at < ?
UNION ALL
SELECT started_at, reseller_id, provider, sentiment, c.n AS n FROM rollup_call_changes AS c WHERE started_at < ?
UNION ALL
SELECT started_at, reseller_id, provider, sentiment, 1 AS n FROM calls AS c WHERE started_at >= ? AND started_at < ?) AS c
WHERE c.started_at < ?
  AND ((c.provider = ?) OR c.provider IS NULL)
GROUP BY k0
HAVING sum(c.n) > 0
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
