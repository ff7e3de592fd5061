-- open
SELECT l.status AS k0,
       coalesce(sum(l.n), 0) AS n
FROM (SELECT created_at, reseller_id, status, statuses, providers, n FROM rollup_leads_blocks AS l
UNION ALL
SELECT created_at, reseller_id, status, statuses, providers, l.n AS n FROM rollup_lead_changes AS l) AS l
WHERE TRUE
GROUP BY k0
HAVING sum(l.n) > 0
ORDER BY n DESC, k0 ASC NULLS LAST
LIMIT 1000001
-- values


-- month
SELECT l.status AS k0,
       coalesce(sum(l.n), 0) AS n
FROM (SELECT created_at, reseller_id, status, statuses, providers, n FROM rollup_leads_blocks AS l WHERE created_at >= ? AND created_at < ?
UNION ALL
SELECT created_at, reseller_id, status, statuses, providers, n FROM rollup_leads_days AS l WHERE created_at >= ? AND created_at < ?
UNION ALL
SELECT created_at, reseller_id, status, statuses, providers, n FROM rollup_leads_days AS l WHERE created_at >= ? AND created_at < ?
UNION ALL
SELECT created_at, reseller_id, status, statuses, providers, l.n AS n FROM rollup_lead_changes AS l WHERE created_at >= ? AND created_at < ?
UNION ALL
SELECT created_at, reseller_id, status, statuses, providers, 1 AS n FROM leads AS l WHERE created_at >= ? AND created_at < ?
UNION ALL
SELECT created_at, reseller_id, status, statuses, providers, 1 AS n FROM leads AS l WHERE created_at >= ? AND created_at < ?) AS l
WHERE (l.reseller_id = ?)
  AND l.created_at >= ?
  AND l.created_at < ?
GROUP BY k0
HAVING sum(l.n) > 0
ORDER BY n DESC, k0 ASC NULLS LAST
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
SELECT l.status AS k0,
       coalesce(sum(l.n), 0) AS n
FROM (SELECT created_at, reseller_id, status, statuses, providers, n FROM rollup_leads_blocks AS l WHERE created_at < ?
UNION ALL
SELECT created_at, reseller_id, status, statuses, providers, n FROM rollup_leads_days AS l WHERE created_at >= ? AND created_at < ?
UNION ALL
SELECT created_at, reseller_id, status, statuses, providers, l.n AS n FROM rollup_lead_changes AS l WHERE created_at < ?
UNION ALL
SELECT created_at, reseller_id, status, statuses, providers, 1 AS n FROM leads AS l WHERE created_at >= ? AND created_at < ?) AS l
WHERE l.created_at < ?
  AND list_has_any(l.providers, ?::VARCHAR[])
GROUP BY k0
HAVING sum(l.n) > 0
ORDER BY n DESC, k0 ASC NULLS LAST
LIMIT 1000001
-- values
--   datetime.datetime(2025, 10, 23, 0, 0)
--   datetime.datetime(2025, 10, 23, 0, 0)
--   datetime.datetime(2025, 10, 31, 0, 0)
--   datetime.datetime(2025, 10, 31, 0, 0)
--   datetime.datetime(2025, 10, 31, 0, 0)
--   datetime.datetime(2025, 10, 31, 12, 1)
--   datetime.datetime(2025, 10, 31, 12, 1)
--   ['=TWILIO', '']
