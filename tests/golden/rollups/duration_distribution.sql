-- open
SELECT CASE WHEN c.duration_ms < 10000 THEN 0 WHEN c.duration_ms < 30000 THEN 1 WHEN c.duration_ms < 60000 THEN 2 WHEN c.duration_ms < 120000 THEN 3 WHEN c.duration_ms < 300000 THEN 4 WHEN c.duration_ms < 600000 THEN 5 WHEN c.duration_ms < 1800000 THEN 6 WHEN c.duration_ms IS NOT NULL THEN 7 END AS k0,
       count(*) AS n
FROM calls AS c
WHERE TRUE
GROUP BY k0
LIMIT 1000001
-- values


-- month
SELECT CASE WHEN c.duration_ms < 10000 THEN 0 WHEN c.duration_ms < 30000 THEN 1 WHEN c.duration_ms < 60000 THEN 2 WHEN c.duration_ms < 120000 THEN 3 WHEN c.duration_ms < 300000 THEN 4 WHEN c.duration_ms < 600000 THEN 5 WHEN c.duration_ms < 1800000 THEN 6 WHEN c.duration_ms IS NOT NULL THEN 7 END AS k0,
       count(*) AS n
FROM calls AS c
WHERE (c.reseller_id = ?)
  AND c.started_at >= ?
  AND c.started_at < ?
GROUP BY k0
LIMIT 1000001
-- values
--   'res_north'
--   datetime.datetime(2025, 8, 4, 18, 30)
--   datetime.datetime(2025, 10, 31, 18, 30)

-- provider
SELECT CASE WHEN c.duration_ms < 10000 THEN 0 WHEN c.duration_ms < 30000 THEN 1 WHEN c.duration_ms < 60000 THEN 2 WHEN c.duration_ms < 120000 THEN 3 WHEN c.duration_ms < 300000 THEN 4 WHEN c.duration_ms < 600000 THEN 5 WHEN c.duration_ms < 1800000 THEN 6 WHEN c.duration_ms IS NOT NULL THEN 7 END AS k0,
       count(*) AS n
FROM calls AS c
WHERE c.started_at < ?
  AND ((c.provider = ?) OR c.provider IS NULL)
GROUP BY k0
LIMIT 1000001
-- values
--   datetime.datetime(2025, 10, 31, 12, 1)
--   'TWILIO'
