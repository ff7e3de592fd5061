-- open
SELECT floor(c.sentiment * 30 / 3) - floor(c.sentiment) AS k0,
       coalesce(sum(c.n), 0) AS n
FROM (SELECT started_at, reseller_id, provider, sentiment, n FROM rollup_scores_blocks AS c
UNION ALL
SELECT started_at, reseller_id, provider, sentiment, c.n AS n FROM rollup_call_changes AS c) AS c
WHERE TRUE
GROUP BY k0
HAVING sum(c.n) > 0
ORDER BY k0 ASC NULLS LAST
LIMIT 1000001
-- values


-- month
SELECT floor(c.sentiment * 30 / 3) - floor(c.sentiment) AS k0,
       coalesce(sum(c.n), 0) AS n
FROM (SELECT started_at, reseller_id, provider, sentiment, n FROM rollup_scores_blocks AS c WHERE started_at >= make_timestamp(?::BIGINT) AND started_at < make_timestamp(?::BIGINT)
UNION ALL
SELECT started_at, reseller_id, provider, sentiment, n FROM rollup_scores_days AS c WHERE started_at >= make_timestamp(?::BIGINT) AND started_at < make_timestamp(?::BIGINT)
UNION ALL
SELECT started_at, reseller_id, provider, sentiment, n FROM rollup_scores_days AS c WHERE started_at >= make_timestamp(?::BIGINT) AND started_at < make_timestamp(?::BIGINT)
UNION ALL
SELECT started_at, reseller_id, provider, sentiment, c.n AS n FROM rollup_call_changes AS c WHERE started_at >= make_timestamp(?::BIGINT) AND started_at < make_timestamp(?::BIGINT)
UNION ALL
SELECT started_at, reseller_id, provider, sentiment, 1 AS n FROM calls AS c WHERE started_at >= make_timestamp(?::BIGINT) AND started_at < make_timestamp(?::BIGINT)
UNION ALL
SELECT started_at, reseller_id, provider, sentiment, 1 AS n FROM calls AS c WHERE started_at >= make_timestamp(?::BIGINT) AND started_at < make_timestamp(?::BIGINT)) AS c
WHERE (c.reseller_id = ?)
  AND c.started_at >= make_timestamp(?::BIGINT)
  AND c.started_at < make_timestamp(?::BIGINT)
GROUP BY k0
HAVING sum(c.n) > 0
ORDER BY k0 ASC NULLS LAST
LIMIT 1000001
-- values
--   1755648000000000
--   1761177600000000
--   1754352000000000
--   1755648000000000
--   1761177600000000
--   1761868800000000
--   1754352000000000
--   1761868800000000
--   1754332200000000
--   1754352000000000
--   1761868800000000
--   1761935400000000
--   'res_north'
--   1754332200000000
--   1761935400000000

-- provider
SELECT floor(c.sentiment * 30 / 3) - floor(c.sentiment) AS k0,
       coalesce(sum(c.n), 0) AS n
FROM (SELECT started_at, reseller_id, provider, sentiment, n FROM rollup_scores_blocks AS c WHERE started_at < make_timestamp(?::BIGINT)
UNION ALL
SELECT started_at, reseller_id, provider, sentiment, n FROM rollup_scores_days AS c WHERE started_at >= make_timestamp(?::BIGINT) AND started_at < make_timestamp(?::BIGINT)
UNION ALL
SELECT started_at, reseller_id, provider, sentiment, c.n AS n FROM rollup_call_changes AS c WHERE started_at < make_timestamp(?::BIGINT)
UNION ALL
SELECT started_at, reseller_id, provider, sentiment, 1 AS n FROM calls AS c WHERE started_at >= make_timestamp(?::BIGINT) AND started_at < make_timestamp(?::BIGINT)) AS c
WHERE c.started_at < make_timestamp(?::BIGINT)
  AND ((c.provider = ?) OR c.provider IS NULL)
GROUP BY k0
HAVING sum(c.n) > 0
ORDER BY k0 ASC NULLS LAST
LIMIT 1000001
-- values
--   1761177600000000
--   1761177600000000
--   1761868800000000
--   1761868800000000
--   1761868800000000
--   1761912060000000
--   1761912060000000
--   'TWILIO'
