-- plain
SELECT CASE WHEN list_contains(l.statuses, ?) THEN 3 WHEN list_contains(l.statuses, ?) THEN 2 WHEN list_contains(l.statuses, ?) THEN 1 END AS k0,
       count(*) AS n
FROM leads AS l
WHERE (l.merchant_id = ?)
GROUP BY k0
ORDER BY k0 ASC NULLS LAST
LIMIT 1000001
-- values
--   'converted'
--   'contacted'
--   'new'
--   'mer_abc'

-- open: ends of the range
SELECT min(epoch_us(l.created_at)), max(epoch_us(l.created_at))
FROM leads AS l
WHERE (l.merchant_id = ?)

-- open
SELECT isodow((l.created_at + to_microseconds(20700000000))) AS k0,
       CASE WHEN list_contains(l.statuses, ?) THEN 3 WHEN list_contains(l.statuses, ?) THEN 2 WHEN list_contains(l.statuses, ?) THEN 1 END AS k1,
       count(*) AS n
FROM leads AS l
WHERE (l.merchant_id = ?)
  AND l.created_at >= ?
  AND l.created_at < ?
GROUP BY k0, k1
ORDER BY k0 ASC NULLS LAST, k1 ASC NULLS LAST
LIMIT 1000001
-- values
--   'converted'
--   'contacted'
--   'new'
--   'mer_abc'
--   datetime.datetime(2025, 1, 1, 0, 0)
--   datetime.datetime(2025, 12, 31, 23, 59, 59, 1)

-- full
SELECT l.template_id AS k0,
       isodow(CASE WHEN l.created_at < ? THEN (l.created_at + to_microseconds(3600000000)) ELSE l.created_at END) AS k1,
       CASE WHEN list_contains(l.statuses, ?) THEN 3 WHEN list_contains(l.statuses, ?) THEN 2 WHEN list_contains(l.statuses, ?) THEN 1 END AS k2,
       count(*) AS n
FROM leads AS l
WHERE (l.merchant_id = ?)
  AND (l.status = ?)
  AND l.created_at >= ?
  AND l.created_at < ?
  AND ((coalesce(variant_extract(l.payload, ?)::VARCHAR, l.payload_unlisted[?][1]) = ?) OR coalesce(len(list_filter(l.payload_lists[?], lambda e: (e[1] = ?))) > 0, FALSE))
  AND ((coalesce(variant_extract(l.payload_orders, ?)::VARCHAR, l.payload_unlisted[?][2]) >= ? AND coalesce(variant_extract(l.payload_orders, ?)::VARCHAR, l.payload_unlisted[?][2]) < ?) OR coalesce(len(list_filter(l.payload_lists[?], lambda e: (e[2] >= ? AND e[2] < ?))) > 0, FALSE))
  AND ((coalesce(variant_extract(l.payload, ?)::VARCHAR, l.payload_unlisted[?][1]) IS NULL OR NOT (coalesce(variant_extract(l.payload, ?)::VARCHAR, l.payload_unlisted[?][1]) = ?)) AND NOT coalesce(len(list_filter(l.payload_lists[?], lambda e: (e[1] = ?))) > 0, FALSE))
  AND (l.lead_no) IN (SELECT (c.lead_no) FROM calls AS c WHERE (c.merchant_id = ?)
  AND ((c.provider = ?) OR c.provider IS NULL)
  AND c.duration_ms >= ?::BIGINT)
GROUP BY k0, k1, k2
ORDER BY k0 ASC NULLS LAST, k1 ASC NULLS LAST, k2 ASC NULLS LAST
LIMIT 1000001
-- values
--   datetime.datetime(2025, 10, 26, 1, 0)
--   'converted'
--   'contacted'
--   'new'
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
--   'mer_abc'
--   'TWILIO'
--   10000
