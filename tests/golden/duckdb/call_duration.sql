-- plain
WITH histogram AS (SELECT (c.duration_ms + 500) // 1000 AS secs,
       count(*) AS n, sum(c.duration_ms) AS total_ms,
       min(c.duration_ms) AS min_ms, max(c.duration_ms) AS max_ms
FROM calls AS c
WHERE (c.merchant_id = ?)
  AND c.duration_ms IS NOT NULL
GROUP BY secs),
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
--   'mer_abc'

-- open: ends of the range
SELECT min(epoch_us(c.started_at)), max(epoch_us(c.started_at))
FROM calls AS c
WHERE (c.merchant_id = ?)
  AND c.duration_ms IS NOT NULL

-- open
WITH histogram AS (SELECT isodow((c.started_at + to_microseconds(20700000000))) AS k0, (c.duration_ms + 500) // 1000 AS secs,
       count(*) AS n, sum(c.duration_ms) AS total_ms,
       min(c.duration_ms) AS min_ms, max(c.duration_ms) AS max_ms
FROM calls AS c
WHERE (c.merchant_id = ?)
  AND c.started_at >= ?
  AND c.started_at < ?
  AND c.duration_ms IS NOT NULL
GROUP BY k0, secs),
ranked AS (SELECT *, sum(n) OVER (PARTITION BY k0 ORDER BY secs) AS upto, sum(n) OVER (PARTITION BY k0) AS whole
FROM histogram)
SELECT k0,
       coalesce(sum(n), 0) AS n_timed,
       sum(total_ms) AS total_ms,
       min(min_ms) AS min_ms,
       max(max_ms) AS max_ms,
       min(secs) FILTER (WHERE 100 * upto >= 50 * whole) AS p50,
       min(secs) FILTER (WHERE 100 * upto >= 90 * whole) AS p90,
       min(secs) FILTER (WHERE 100 * upto >= 95 * whole) AS p95,
       min(secs) FILTER (WHERE 100 * upto >= 99 * whole) AS p99
FROM ranked
GROUP BY k0
ORDER BY k0 ASC NULLS LAST
LIMIT 1000001
-- values
--   'mer_abc'
--   datetime.datetime(2025, 1, 1, 0, 0)
--   datetime.datetime(2025, 12, 31, 23, 59, 59, 1)

-- full
WITH histogram AS (SELECT c.template_id AS k0, isodow(CASE WHEN c.started_at < ? THEN (c.started_at + to_microseconds(3600000000)) ELSE c.started_at END) AS k1, (c.duration_ms + 500) // 1000 AS secs,
       count(*) AS n, sum(c.duration_ms) AS total_ms,
       min(c.duration_ms) AS min_ms, max(c.duration_ms) AS max_ms
FROM calls AS c LEFT JOIN leads AS l ON l.lead_no = c.lead_no
WHERE (c.merchant_id = ?)
  AND (l.status = ?)
  AND c.started_at >= ?
  AND c.started_at < ?
  AND ((coalesce(variant_extract(c.payload, ?)::VARCHAR, c.payload_unlisted[?][1]) = ?) OR coalesce(len(list_filter(c.payload_lists[?], lambda e: (e[1] = ?))) > 0, FALSE))
  AND ((coalesce(variant_extract(c.payload_orders, ?)::VARCHAR, c.payload_unlisted[?][2]) >= ? AND coalesce(variant_extract(c.payload_orders, ?)::VARCHAR, c.payload_unlisted[?][2]) < ?) OR coalesce(len(list_filter(c.payload_lists[?], lambda e: (e[2] >= ? AND e[2] < ?))) > 0, FALSE))
  AND ((coalesce(variant_extract(c.payload, ?)::VARCHAR, c.payload_unlisted[?][1]) IS NULL OR NOT (coalesce(variant_extract(c.payload, ?)::VARCHAR, c.payload_unlisted[?][1]) = ?)) AND NOT coalesce(len(list_filter(c.payload_lists[?], lambda e: (e[1] = ?))) > 0, FALSE))
  AND ((c.provider = ?) OR c.provider IS NULL)
  AND c.duration_ms >= ?::BIGINT
  AND c.duration_ms IS NOT NULL
GROUP BY k0, k1, secs),
ranked AS (SELECT *, sum(n) OVER (PARTITION BY k0, k1 ORDER BY secs) AS upto, sum(n) OVER (PARTITION BY k0, k1) AS whole
FROM histogram)
SELECT k0,
       k1,
       coalesce(sum(n), 0) AS n_timed,
       sum(total_ms) AS total_ms,
       min(min_ms) AS min_ms,
       max(max_ms) AS max_ms,
       min(secs) FILTER (WHERE 100 * upto >= 50 * whole) AS p50,
       min(secs) FILTER (WHERE 100 * upto >= 90 * whole) AS p90,
       min(secs) FILTER (WHERE 100 * upto >= 95 * whole) AS p95,
       min(secs) FILTER (WHERE 100 * upto >= 99 * whole) AS p99
FROM ranked
GROUP BY k0, k1
ORDER BY k0 ASC NULLS LAST, k1 ASC NULLS LAST
LIMIT 1000001
-- values
--   datetime.datetime(2025, 10, 26, 1, 0)
--   'mer_abc'
--   'new'
--   datetime.datetime(2025, 9, 30, 23, 0)
--   datetime.datetime(2025, 11, 1, 0, 0)
--   'city'
--   'city'
--   'Delhi'
--   'city'
--   'Delhi'
--   'age'
--   'age'
--   'n250016'
--   'age'
--   'age'
--   'o'
--   'age'
--   'n250016'
--   'o'
--   'age'
--   'age'
--   'age'
--   'age'
--   '65'
--   'age'
--   '65'
--   'TWILIO'
--   10000
