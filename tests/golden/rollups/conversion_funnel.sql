-- open
SELECT CASE WHEN list_contains(l.statuses, ?) THEN 3 WHEN list_contains(l.statuses, ?) THEN 2 WHEN list_contains(l.statuses, ?) THEN 1 END AS k0,
       coalesce(sum(l.n), 0) AS n
FROM (SELECT created_at, reseller_id, status, statuses, providers, n FROM rollup_leads_blocks AS l
UNION ALL
SELECT created_at, reseller_id, status, statuses, providers, l.n AS n FROM rollup_lead_changes AS l) AS l
WHERE TRUE
GROUP BY k0
HAVING sum(l.n) > 0
ORDER BY k0 ASC NULLS LAST
LIMIT 1000001
-- values
--   'converted'
--   'contacted'
--   'new'

-- month
SELECT CASE WHEN list_contains(l.statuses, ?) THEN 3 WHEN list_contains(l.statuses, ?) THEN 2 WHEN list_contains(l.statuses, ?) THEN 1 END AS k0,
       coalesce(sum(l.n), 0) AS n
FROM (SELECT created_at, reseller_id, status, statuses, providers, n FROM rollup_leads_blocks AS l WHERE created_at >= make_timestamp(?::BIGINT) AND created_at < make_timestamp(?::BIGINT)
UNION ALL
SELECT created_at, reseller_id, status, statuses, providers, n FROM rollup_leads_days AS l WHERE created_at >= make_timestamp(?::BIGINT) AND created_at < make_timestamp(?::BIGINT)
UNION ALL
SELECT created_at, reseller_id, status, statuses, providers, n FROM rollup_leads_days AS l WHERE created_at >= make_timestamp(?::BIGINT) AND created_at < make_timestamp(?::BIGINT)
UNION ALL
SELECT created_at, reseller_id, status, statuses, providers, l.n AS n FROM rollup_lead_changes AS l WHERE created_at >= make_timestamp(?::BIGINT) AND created_at < make_timestamp(?::BIGINT)
UNION ALL
SELECT created_at, reseller_id, status, statuses, providers, 1 AS n FROM leads AS l WHERE created_at >= make_timestamp(?::BIGINT) AND created_at < make_timestamp(?::BIGINT)
UNION ALL
SELECT created_at, reseller_id, status, statuses, providers, 1 AS n FROM leads AS l WHERE created_at >= make_timestamp(?::BIGINT) AND created_at < make_timestamp(?::BIGINT)) AS l
WHERE (l.reseller_id = ?)
  AND l.created_at >= make_timestamp(?::BIGINT)
  AND l.created_at < make_timestamp(?::BIGINT)
GROUP BY k0
HAVING sum(l.n) > 0
ORDER BY k0 ASC NULLS LAST
LIMIT 1000001
-- values
--   'converted'
--   'contacted'
--   'new'
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
SELECT CASE WHEN list_contains(l.statuses, ?) THEN 3 WHEN list_contains(l.statuses, ?) THEN 2 WHEN list_contains(l.statuses, ?) THEN 1 END AS k0,
       coalesce(sum(l.n), 0) AS n
FROM (SELECT created_at, reseller_id, status, statuses, providers, n FROM rollup_leads_blocks AS l WHERE created_at < make_timestamp(?::BIGINT)
UNION ALL
SELECT created_at, reseller_id, status, statuses, providers, n FROM rollup_leads_days AS l WHERE created_at >= make_timestamp(?::BIGINT) AND created_at < make_timestamp(?::BIGINT)
UNION ALL
SELECT created_at, reseller_id, status, statuses, providers, l.n AS n FROM rollup_lead_changes AS l WHERE created_at < make_timestamp(?::BIGINT)
UNION ALL
SELECT created_at, reseller_id, status, statuses, providers, 1 AS n FROM leads AS l WHERE created_at >= make_timestamp(?::BIGINT) AND created_at < make_timestamp(?::BIGINT)) AS l
WHERE l.created_at < make_timestamp(?::BIGINT)
  AND list_has_any(l.providers, ?::VARCHAR[])
GROUP BY k0
HAVING sum(l.n) > 0
ORDER BY k0 ASC NULLS LAST
LIMIT 1000001
-- values
--   'converted'
--   'contacted'
--   'new'
--   1761177600000000
--   1761177600000000
--   1761868800000000
--   1761868800000000
--   1761868800000000
--   1761912060000000
--   1761912060000000
--   ['=TWILIO', '']
