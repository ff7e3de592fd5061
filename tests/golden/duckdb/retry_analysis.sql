-- plain
SELECT k0,
       coalesce(sum(c.n), 0) AS n,
       coalesce(sum(c.n) FILTER (WHERE coalesce(c.success, c.outcome_key IS NOT NULL AND NOT (c.outcome_key IN (?, ?, ?, ?, ?, ?, ?, ?)))), 0) AS successes
FROM (SELECT c.attempt AS k0, c.outcome_key AS outcome_key, c.success AS success, count(*) AS n
FROM calls AS c
WHERE (c.merchant_id = ?)
GROUP BY k0, c.outcome_key, c.success) AS c
GROUP BY k0
HAVING sum(c.n) > 0
ORDER BY k0 ASC NULLS LAST
LIMIT 1000001
-- values
--   'NO_ANSWER'
--   'BUSY'
--   'FAILED'
--   'REJECTED'
--   'CANCELLED'
--   'CANCELED'
--   'VOICEMAIL'
--   'ABORT'
--   'mer_abc'

-- open: ends of the range
SELECT min(epoch_us(c.started_at)), max(epoch_us(c.started_at))
FROM calls AS c
WHERE (c.merchant_id = ?)

-- open
SELECT k0,
       k1,
       coalesce(sum(c.n), 0) AS n,
       coalesce(sum(c.n) FILTER (WHERE coalesce(c.success, c.outcome_key IS NOT NULL AND NOT (c.outcome_key IN (?, ?, ?, ?, ?, ?, ?, ?)))), 0) AS successes
FROM (SELECT isodow((c.started_at + to_microseconds(20700000000))) AS k0, c.attempt AS k1, c.outcome_key AS outcome_key, c.success AS success, count(*) AS n
FROM calls AS c
WHERE (c.merchant_id = ?)
  AND c.started_at >= make_timestamp(?::BIGINT)
  AND c.started_at < make_timestamp(?::BIGINT)
GROUP BY k0, k1, c.outcome_key, c.success) AS c
GROUP BY k0, k1
HAVING sum(c.n) > 0
ORDER BY k0 ASC NULLS LAST, k1 ASC NULLS LAST
LIMIT 1000001
-- values
--   'NO_ANSWER'
--   'BUSY'
--   'FAILED'
--   'REJECTED'
--   'CANCELLED'
--   'CANCELED'
--   'VOICEMAIL'
--   'ABORT'
--   'mer_abc'
--   1735689600000000
--   1767225599000001

-- full
SELECT k0,
       k1,
       k2,
       coalesce(sum(c.n), 0) AS n,
       coalesce(sum(c.n) FILTER (WHERE coalesce(c.success, c.outcome_key IS NOT NULL AND NOT (c.outcome_key IN (?, ?, ?, ?, ?, ?, ?, ?)))), 0) AS successes
FROM (SELECT c.template_id AS k0, isodow(CASE WHEN c.started_at < make_timestamp(?::BIGINT) THEN (c.started_at + to_microseconds(3600000000)) ELSE c.started_at END) AS k1, c.attempt AS k2, c.outcome_key AS outcome_key, c.success AS success, count(*) AS n
FROM calls AS c LEFT JOIN leads AS l ON l.lead_no = c.lead_no
WHERE (c.merchant_id = ?)
  AND (l.status = ?)
  AND c.started_at >= make_timestamp(?::BIGINT)
  AND c.started_at < make_timestamp(?::BIGINT)
  AND ((variant_extract(c.payload, ?)::VARCHAR = ?) OR coalesce(len(list_filter(c.payload_lists[?], lambda e: (e[1] = ?))) > 0, FALSE))
  AND (((variant_extract(c.payload_orders, ?)::VARCHAR >= ? AND variant_extract(c.payload_orders, ?)::VARCHAR < ?)
  AND (variant_extract(c.payload, ?)::VARCHAR IS NULL OR NOT (variant_extract(c.payload, ?)::VARCHAR = ?))) OR coalesce(len(list_filter(c.payload_lists[?], lambda e: (e[2] >= ? AND e[2] < ?)
  AND ((e[1] IS NULL AND e[2] IS NULL) OR NOT (e[1] = ?)))) > 0, FALSE))
  AND ((c.provider = ?) OR c.provider IS NULL)
  AND c.duration_ms >= ?::BIGINT
GROUP BY k0, k1, k2, c.outcome_key, c.success) AS c
GROUP BY k0, k1, k2
HAVING sum(c.n) > 0
ORDER BY k0 ASC NULLS LAST, k1 ASC NULLS LAST, k2 ASC NULLS LAST
LIMIT 1000001
-- values
--   'NO_ANSWER'
--   'BUSY'
--   'FAILED'
--   'REJECTED'
--   'CANCELLED'
--   'CANCELED'
--   'VOICEMAIL'
--   'ABORT'
--   1761440400000000
--   'mer_abc'
--   'new'
--   1759273200000000
--   1761955200000000
--   'city'
--   'Delhi'
--   'city'
--   'Delhi'
--   'age'
--   'n250016'
--   'age'
--   'o'
--   'age'
--   'age'
--   '65'
--   'age'
--   'n250016'
--   'o'
--   '65'
--   'TWILIO'
--   10000
