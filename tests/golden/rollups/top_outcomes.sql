-- open
SELECT c.outcome AS k0,
       coalesce(sum(c.n), 0) AS n
FROM (SELECT started_at, reseller_id, provider, outcome, outcome_key, success, answered_at, attempt, n, duration_ms_known, duration_ms_total FROM rollup_outcomes_blocks AS c
UNION ALL
SELECT started_at, reseller_id, provider, outcome, outcome_key, success, answered_at, attempt, c.n AS n, CASE WHEN c.duration_ms IS NULL THEN 0 ELSE c.n END AS duration_ms_known, c.n * coalesce(c.duration_ms, 0) AS duration_ms_total FROM rollup_call_changes AS c) AS c
WHERE TRUE
  AND c.outcome IS NOT NULL
GROUP BY k0
HAVING sum(c.n) > 0
ORDER BY n DESC, k0 ASC NULLS LAST
LIMIT 1000001
-- values


-- month
SELECT c.outcome AS k0,
       coalesce(sum(c.n), 0) AS n
FROM (SELECT started_at, reseller_id, provider, outcome, outcome_key, success, answered_at, attempt, n, duration_ms_known, duration_ms_total FROM rollup_outcomes_blocks AS c WHERE started_at >= make_timestamp(?::BIGINT) AND started_at < make_timestamp(?::BIGINT)
UNION ALL
SELECT started_at, reseller_id, provider, outcome, outcome_key, success, answered_at, attempt, n, duration_ms_known, duration_ms_total FROM rollup_outcomes_days AS c WHERE started_at >= make_timestamp(?::BIGINT) AND started_at < make_timestamp(?::BIGINT)
UNION ALL
SELECT started_at, reseller_id, provider, outcome, outcome_key, success, answered_at, attempt, n, duration_ms_known, duration_ms_total FROM rollup_outcomes_days AS c WHERE started_at >= make_timestamp(?::BIGINT) AND started_at < make_timestamp(?::BIGINT)
UNION ALL
SELECT started_at, reseller_id, provider, outcome, outcome_key, success, answered_at, attempt, c.n AS n, CASE WHEN c.duration_ms IS NULL THEN 0 ELSE c.n END AS duration_ms_known, c.n * coalesce(c.duration_ms, 0) AS duration_ms_total FROM rollup_call_changes AS c WHERE started_at >= make_timestamp(?::BIGINT) AND started_at < make_timestamp(?::BIGINT)
UNION ALL
SELECT started_at, reseller_id, provider, outcome, outcome_key, success, answered_at, attempt, 1 AS n, CASE WHEN c.duration_ms IS NULL THEN 0 ELSE 1 END AS duration_ms_known, 1 * coalesce(c.duration_ms, 0) AS duration_ms_total FROM calls AS c WHERE started_at >= make_timestamp(?::BIGINT) AND started_at < make_timestamp(?::BIGINT)
UNION ALL
SELECT started_at, reseller_id, provider, outcome, outcome_key, success, answered_at, attempt, 1 AS n, CASE WHEN c.duration_ms IS NULL THEN 0 ELSE 1 END AS duration_ms_known, 1 * coalesce(c.duration_ms, 0) AS duration_ms_total FROM calls AS c WHERE started_at >= make_timestamp(?::BIGINT) AND started_at < make_timestamp(?::BIGINT)) AS c
WHERE (c.reseller_id = ?)
  AND c.started_at >= make_timestamp(?::BIGINT)
  AND c.started_at < make_timestamp(?::BIGINT)
  AND c.outcome IS NOT NULL
GROUP BY k0
HAVING sum(c.n) > 0
ORDER BY n DESC, k0 ASC NULLS LAST
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
SELECT c.outcome AS k0,
       coalesce(sum(c.n), 0) AS n
FROM (SELECT started_at, reseller_id, provider, outcome, outcome_key, success, answered_at, attempt, n, duration_ms_known, duration_ms_total FROM rollup_outcomes_blocks AS c WHERE started_at < make_timestamp(?::BIGINT)
UNION ALL
SELECT started_at, reseller_id, provider, outcome, outcome_key, success, answered_at, attempt, n, duration_ms_known, duration_ms_total FROM rollup_outcomes_days AS c WHERE started_at >= make_timestamp(?::BIGINT) AND started_at < make_timestamp(?::BIGINT)
UNION ALL
SELECT started_at, reseller_id, provider, outcome, outcome_key, success, answered_at, attempt, c.n AS n, CASE WHEN c.duration_ms IS NULL THEN 0 ELSE c.n END AS duration_ms_known, c.n * coalesce(c.duration_ms, 0) AS duration_ms_total FROM rollup_call_changes AS c WHERE started_at < make_timestamp(?::BIGINT)
UNION ALL
SELECT started_at, reseller_id, provider, outcome, outcome_key, success, answered_at, attempt, 1 AS n, CASE WHEN c.duration_ms IS NULL THEN 0 ELSE 1 END AS duration_ms_known, 1 * coalesce(c.duration_ms, 0) AS duration_ms_total FROM calls AS c WHERE started_at >= make_timestamp(?::BIGINT) AND started_at < make_timestamp(?::BIGINT)) AS c
WHERE c.started_at < make_timestamp(?::BIGINT)
  AND ((c.provider = ?) OR c.provider IS NULL)
  AND c.outcome IS NOT NULL
GROUP BY k0
HAVING sum(c.n) > 0
ORDER BY n DESC, k0 ASC NULLS LAST
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
