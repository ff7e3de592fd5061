-- plain: ends of the range
SELECT min(s), max(e) - 1
FROM (SELECT epoch_us(c.started_at) AS s, epoch_us(c.started_at) + 1000 * c.duration_ms AS e
FROM calls AS c
WHERE (c.merchant_id = ?)
  AND c.duration_ms > 0) AS spans

-- plain
WITH under_way AS (SELECT greatest(epoch_us(c.started_at), ?::BIGINT) AS s, least(epoch_us(c.started_at) + 1000 * c.duration_ms, ?::BIGINT) AS e, 1 AS w
FROM calls AS c
WHERE (c.merchant_id = ?)
  AND epoch_us(c.started_at) + 1000 * c.duration_ms > ?::BIGINT
  AND c.started_at >= ?
  AND c.started_at < ?
  AND c.duration_ms > 0)
, events AS (SELECT (make_timestamp(s))::DATE - DATE '1970-01-01' AS b, s AS t, w AS d
FROM under_way
UNION ALL
SELECT (make_timestamp(e - 1))::DATE - DATE '1970-01-01' AS b, e AS t, -w AS d
FROM under_way)
, levels AS (SELECT b, t, d, sum(d) OVER (ORDER BY t, d ROWS UNBOUNDED PRECEDING) AS level
FROM events)
SELECT b AS k0, max(level) AS most, sum(d) AS change, sum(CAST(t AS HUGEINT) * d) AS moment
FROM levels
GROUP BY b
ORDER BY k0 ASC NULLS LAST
LIMIT 1000001
-- values
--   1735689600000000
--   1767225600000000
--   'mer_abc'
--   1735689600000000
--   datetime.datetime(2025, 1, 1, 0, 0)
--   datetime.datetime(2026, 1, 1, 0, 0)

-- open: ends of the range
SELECT min(s), max(e) - 1
FROM (SELECT epoch_us(c.started_at) AS s, epoch_us(c.started_at) + 1000 * c.duration_ms AS e
FROM calls AS c
WHERE (c.merchant_id = ?)
  AND c.duration_ms > 0) AS spans

-- open
WITH under_way AS (SELECT isodow((c.started_at + to_microseconds(20700000000))) AS k0, greatest(epoch_us(c.started_at), ?::BIGINT) AS s, least(epoch_us(c.started_at) + 1000 * c.duration_ms, ?::BIGINT) AS e, 1 AS w
FROM calls AS c
WHERE (c.merchant_id = ?)
  AND epoch_us(c.started_at) + 1000 * c.duration_ms > ?::BIGINT
  AND c.started_at >= ?
  AND c.started_at < ?
  AND c.duration_ms > 0)
, events AS (SELECT k0, ((make_timestamp(s) + to_microseconds(20700000000)))::DATE - DATE '1970-01-01' AS b, s AS t, w AS d
FROM under_way
UNION ALL
SELECT k0, ((make_timestamp(e - 1) + to_microseconds(20700000000)))::DATE - DATE '1970-01-01' AS b, e AS t, -w AS d
FROM under_way)
, levels AS (SELECT k0, b, t, d, sum(d) OVER (ORDER BY k0, t, d ROWS UNBOUNDED PRECEDING) AS level
FROM events)
SELECT k0, b AS k1, max(level) AS most, sum(d) AS change, sum(CAST(t AS HUGEINT) * d) AS moment
FROM levels
GROUP BY k0, b
ORDER BY k0 ASC NULLS LAST, k1 ASC NULLS LAST
LIMIT 1000001
-- values
--   1735668900000000
--   1767291300000000
--   'mer_abc'
--   1735668900000000
--   datetime.datetime(2025, 1, 1, 0, 0)
--   datetime.datetime(2026, 1, 1, 18, 15)

-- full: ends of the range
SELECT min(s), max(e) - 1
FROM (SELECT epoch_us(c.started_at) AS s, epoch_us(c.started_at) + 1000 * c.duration_ms AS e
FROM calls AS c LEFT JOIN leads AS l ON l.lead_no = c.lead_no
WHERE (c.merchant_id = ?)
  AND (l.status = ?)
  AND epoch_us(c.started_at) + 1000 * c.duration_ms > ?::BIGINT
  AND c.started_at < ?
  AND ((coalesce(variant_extract(c.payload, ?)::VARCHAR, c.payload_unlisted[?][1]) = ?) OR coalesce(len(list_filter(c.payload_lists[?], lambda e: (e[1] = ?))) > 0, FALSE))
  AND ((coalesce(variant_extract(c.payload_orders, ?)::VARCHAR, c.payload_unlisted[?][2]) >= ? AND coalesce(variant_extract(c.payload_orders, ?)::VARCHAR, c.payload_unlisted[?][2]) < ?) OR coalesce(len(list_filter(c.payload_lists[?], lambda e: (e[2] >= ? AND e[2] < ?))) > 0, FALSE))
  AND ((coalesce(variant_extract(c.payload, ?)::VARCHAR, c.payload_unlisted[?][1]) IS NULL OR NOT (coalesce(variant_extract(c.payload, ?)::VARCHAR, c.payload_unlisted[?][1]) = ?)) AND NOT coalesce(len(list_filter(c.payload_lists[?], lambda e: (e[1] = ?))) > 0, FALSE))
  AND ((c.provider = ?) OR c.provider IS NULL)
  AND c.duration_ms >= ?::BIGINT
  AND c.duration_ms > 0) AS spans

-- full
WITH under_way AS (SELECT c.template_id AS k0, isodow(CASE WHEN c.started_at < ? THEN c.started_at WHEN c.started_at < ? THEN (c.started_at + to_microseconds(3600000000)) ELSE c.started_at END) AS k1, greatest(epoch_us(c.started_at), ?::BIGINT) AS s, least(epoch_us(c.started_at) + 1000 * c.duration_ms, ?::BIGINT) AS e, 1 AS w
FROM calls AS c LEFT JOIN leads AS l ON l.lead_no = c.lead_no
WHERE (c.merchant_id = ?)
  AND (l.status = ?)
  AND epoch_us(c.started_at) + 1000 * c.duration_ms > ?::BIGINT
  AND c.started_at >= ?
  AND c.started_at < ?
  AND ((coalesce(variant_extract(c.payload, ?)::VARCHAR, c.payload_unlisted[?][1]) = ?) OR coalesce(len(list_filter(c.payload_lists[?], lambda e: (e[1] = ?))) > 0, FALSE))
  AND ((coalesce(variant_extract(c.payload_orders, ?)::VARCHAR, c.payload_unlisted[?][2]) >= ? AND coalesce(variant_extract(c.payload_orders, ?)::VARCHAR, c.payload_unlisted[?][2]) < ?) OR coalesce(len(list_filter(c.payload_lists[?], lambda e: (e[2] >= ? AND e[2] < ?))) > 0, FALSE))
  AND ((coalesce(variant_extract(c.payload, ?)::VARCHAR, c.payload_unlisted[?][1]) IS NULL OR NOT (coalesce(variant_extract(c.payload, ?)::VARCHAR, c.payload_unlisted[?][1]) = ?)) AND NOT coalesce(len(list_filter(c.payload_lists[?], lambda e: (e[1] = ?))) > 0, FALSE))
  AND ((c.provider = ?) OR c.provider IS NULL)
  AND c.duration_ms >= ?::BIGINT
  AND c.duration_ms > 0)
, events AS (SELECT k0, k1, CASE WHEN make_timestamp(s) < ? THEN epoch_us(date_trunc('hour', (make_timestamp(s) + to_microseconds(3600000000)))) - 3600000000 ELSE greatest(epoch_us(date_trunc('hour', make_timestamp(s))) - 0, ?::BIGINT) END AS b, s AS t, w AS d
FROM under_way
UNION ALL
SELECT k0, k1, CASE WHEN make_timestamp(e - 1) < ? THEN epoch_us(date_trunc('hour', (make_timestamp(e - 1) + to_microseconds(3600000000)))) - 3600000000 ELSE greatest(epoch_us(date_trunc('hour', make_timestamp(e - 1))) - 0, ?::BIGINT) END AS b, e AS t, -w AS d
FROM under_way)
, levels AS (SELECT k0, k1, b, t, d, sum(d) OVER (ORDER BY k0, k1, t, d ROWS UNBOUNDED PRECEDING) AS level
FROM events)
SELECT k0, k1, b AS k2, max(level) AS most, sum(d) AS change, sum(CAST(t AS HUGEINT) * d) AS moment
FROM levels
GROUP BY k0, k1, b
ORDER BY k0 ASC NULLS LAST, k1 ASC NULLS LAST, k2 ASC NULLS LAST
LIMIT 1000001
-- values
--   datetime.datetime(2025, 3, 30, 1, 0)
--   datetime.datetime(2025, 10, 26, 1, 0)
--   1759273200000000
--   1761955200000000
--   'mer_abc'
--   'new'
--   1759273200000000
--   datetime.datetime(2025, 1, 1, 0, 0)
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
--   datetime.datetime(2025, 10, 26, 1, 0)
--   1761440400000000
--   datetime.datetime(2025, 10, 26, 1, 0)
--   1761440400000000
