-- plain: edge of the first page
SELECT epoch_us(min(t)), count(*)
FROM (SELECT c.started_at AS t
FROM calls AS c
WHERE (c.merchant_id = ?)
ORDER BY c.started_at DESC
LIMIT 101) AS edge
-- values
--   'mer_abc'

-- plain: the first page
SELECT c.call_id AS v0,
       c.merchant_id AS v1,
       c.reseller_id AS v2,
       epoch_us(c.started_at) AS v3,
       c.template_id AS v4,
       c.lead_id AS v5,
       c.provider AS v6,
       c.direction AS v7,
       c.attempt AS v8,
       c.duration_ms AS v9,
       epoch_us(c.ended_at) AS v10,
       c.outcome AS v11,
       c.sentiment AS v12,
       c.payload_own AS v13,
       c.test AS v14,
       epoch_us(c.updated_at) AS v15,
       c.agent_id AS v16,
       c.end_reason AS v17,
       c.language AS v18,
       epoch_us(c.answered_at) AS v19,
       c.success AS v20,
       c.cost_micros AS v21,
       c.currency AS v22,
       c.payload_base AS v23,
       c.lead_no AS v24,
       CASE WHEN c.outcome_key IS NOT NULL THEN NOT (c.outcome_key IN (?, ?)) ELSE c.answered_at IS NOT NULL OR coalesce(c.success, FALSE) END AS v25
FROM calls AS c
WHERE (c.merchant_id = ?)
  AND c.started_at >= ?
ORDER BY v3 DESC, v1 DESC, v0 DESC
LIMIT 101
-- values
--   'BUSY'
--   'NO_ANSWER'
--   'mer_abc'
--   datetime.datetime(2025, 10, 9, 8, 53, 20)

-- plain: the last page
SELECT c.call_id AS v0,
       c.merchant_id AS v1,
       c.reseller_id AS v2,
       epoch_us(c.started_at) AS v3,
       c.template_id AS v4,
       c.lead_id AS v5,
       c.provider AS v6,
       c.direction AS v7,
       c.attempt AS v8,
       c.duration_ms AS v9,
       epoch_us(c.ended_at) AS v10,
       c.outcome AS v11,
       c.sentiment AS v12,
       c.payload_own AS v13,
       c.test AS v14,
       epoch_us(c.updated_at) AS v15,
       c.agent_id AS v16,
       c.end_reason AS v17,
       c.language AS v18,
       epoch_us(c.answered_at) AS v19,
       c.success AS v20,
       c.cost_micros AS v21,
       c.currency AS v22,
       c.payload_base AS v23,
       c.lead_no AS v24,
       CASE WHEN c.outcome_key IS NOT NULL THEN NOT (c.outcome_key IN (?, ?)) ELSE c.answered_at IS NOT NULL OR coalesce(c.success, FALSE) END AS v25
FROM calls AS c
WHERE (c.merchant_id = ?)
  AND c.started_at <= ?
  AND ((c.started_at < ?)
    OR (c.started_at = ?
  AND c.merchant_id < ?)
    OR (c.started_at = ?
  AND c.merchant_id = ?
  AND c.call_id < ?))
ORDER BY v3 DESC, v1 DESC, v0 DESC
LIMIT 101
-- values
--   'BUSY'
--   'NO_ANSWER'
--   'mer_abc'
--   datetime.datetime(2025, 10, 1, 0, 0)
--   datetime.datetime(2025, 10, 1, 0, 0)
--   datetime.datetime(2025, 10, 1, 0, 0)
--   'mer_abc'
--   datetime.datetime(2025, 10, 1, 0, 0)
--   'mer_abc'
--   'call_1'

-- a call that counts
SELECT c.call_id AS v0,
       c.merchant_id AS v1,
       c.reseller_id AS v2,
       epoch_us(c.started_at) AS v3,
       c.template_id AS v4,
       c.lead_id AS v5,
       c.provider AS v6,
       c.direction AS v7,
       c.attempt AS v8,
       c.duration_ms AS v9,
       epoch_us(c.ended_at) AS v10,
       c.outcome AS v11,
       c.sentiment AS v12,
       c.payload_own AS v13,
       c.test AS v14,
       epoch_us(c.updated_at) AS v15,
       c.agent_id AS v16,
       c.end_reason AS v17,
       c.language AS v18,
       epoch_us(c.answered_at) AS v19,
       c.success AS v20,
       c.cost_micros AS v21,
       c.currency AS v22,
       c.payload_base AS v23,
       c.lead_no AS v24,
       CASE WHEN c.outcome_key IS NOT NULL THEN NOT (c.outcome_key IN (?, ?)) ELSE c.answered_at IS NOT NULL OR coalesce(c.success, FALSE) END AS v25
FROM calls AS c
WHERE (c.merchant_id = ?)
  AND c.started_at >= ? AND c.started_at <= ?
  AND (c.call_key = md5_number_lower(?) >> 24 AND c.call_id = ?)
  AND c.merchant_id = ?
-- values
--   'BUSY'
--   'NO_ANSWER'
--   'mer_abc'
--   datetime.datetime(2025, 10, 9, 8, 53, 20)
--   datetime.datetime(2025, 10, 9, 8, 53, 20)
--   'call_1'
--   'call_1'
--   'mer_abc'

-- a call that waits
SELECT c.call_id AS v0,
       c.merchant_id AS v1,
       c.reseller_id AS v2,
       epoch_us(c.started_at) AS v3,
       c.template_id AS v4,
       c.lead_id AS v5,
       c.provider AS v6,
       c.direction AS v7,
       c.attempt_sent AS v8,
       c.duration_ms AS v9,
       epoch_us(c.ended_at) AS v10,
       c.outcome AS v11,
       c.sentiment AS v12,
       c.payload_own AS v13,
       c.test AS v14,
       epoch_us(c.updated_at) AS v15,
       c.agent_id AS v16,
       c.end_reason AS v17,
       c.language AS v18,
       epoch_us(c.answered_at) AS v19,
       c.success AS v20,
       c.cost_micros AS v21,
       c.currency AS v22,
       c.lead_no AS v23,
       CASE WHEN c.outcome_key IS NOT NULL THEN NOT (c.outcome_key IN (?, ?)) ELSE c.answered_at IS NOT NULL OR coalesce(c.success, FALSE) END AS v24
FROM calls_held AS c
WHERE (c.merchant_id = ?)
  AND c.started_at >= ? AND c.started_at <= ?
  AND (c.call_key = md5_number_lower(?) >> 24 AND c.call_id = ?)
  AND c.merchant_id = ?
-- values
--   'BUSY'
--   'NO_ANSWER'
--   'mer_abc'
--   datetime.datetime(2025, 10, 9, 8, 53, 20)
--   datetime.datetime(2025, 10, 9, 8, 53, 20)
--   'call_1'
--   'call_1'
--   'mer_abc'

-- full: edge of the first page
SELECT epoch_us(max(t)), count(*)
FROM (SELECT c.started_at AS t
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
ORDER BY c.started_at ASC
LIMIT 101) AS edge
-- values
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

-- full: the first page
SELECT c.call_id AS v0,
       c.merchant_id AS v1,
       c.reseller_id AS v2,
       epoch_us(c.started_at) AS v3,
       c.template_id AS v4,
       c.lead_id AS v5,
       c.provider AS v6,
       c.direction AS v7,
       c.attempt AS v8,
       c.duration_ms AS v9,
       epoch_us(c.ended_at) AS v10,
       c.outcome AS v11,
       c.sentiment AS v12,
       c.payload_own AS v13,
       c.test AS v14,
       epoch_us(c.updated_at) AS v15,
       c.agent_id AS v16,
       c.end_reason AS v17,
       c.language AS v18,
       epoch_us(c.answered_at) AS v19,
       c.success AS v20,
       c.cost_micros AS v21,
       c.currency AS v22,
       c.payload_base AS v23,
       c.lead_no AS v24,
       CASE WHEN c.outcome_key IS NOT NULL THEN NOT (c.outcome_key IN (?, ?)) ELSE c.answered_at IS NOT NULL OR coalesce(c.success, FALSE) END AS v25
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
  AND c.started_at <= ?
ORDER BY v3 ASC, v1 ASC, v0 ASC
LIMIT 101
-- values
--   'BUSY'
--   'NO_ANSWER'
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
--   datetime.datetime(2025, 10, 9, 8, 53, 20)

-- full: the last page
SELECT c.call_id AS v0,
       c.merchant_id AS v1,
       c.reseller_id AS v2,
       epoch_us(c.started_at) AS v3,
       c.template_id AS v4,
       c.lead_id AS v5,
       c.provider AS v6,
       c.direction AS v7,
       c.attempt AS v8,
       c.duration_ms AS v9,
       epoch_us(c.ended_at) AS v10,
       c.outcome AS v11,
       c.sentiment AS v12,
       c.payload_own AS v13,
       c.test AS v14,
       epoch_us(c.updated_at) AS v15,
       c.agent_id AS v16,
       c.end_reason AS v17,
       c.language AS v18,
       epoch_us(c.answered_at) AS v19,
       c.success AS v20,
       c.cost_micros AS v21,
       c.currency AS v22,
       c.payload_base AS v23,
       c.lead_no AS v24,
       CASE WHEN c.outcome_key IS NOT NULL THEN NOT (c.outcome_key IN (?, ?)) ELSE c.answered_at IS NOT NULL OR coalesce(c.success, FALSE) END AS v25
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
  AND c.started_at >= ?
  AND ((c.started_at > ?)
    OR (c.started_at = ?
  AND c.merchant_id > ?)
    OR (c.started_at = ?
  AND c.merchant_id = ?
  AND c.call_id > ?))
ORDER BY v3 ASC, v1 ASC, v0 ASC
LIMIT 101
-- values
--   'BUSY'
--   'NO_ANSWER'
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
--   datetime.datetime(2025, 10, 1, 0, 0)
--   datetime.datetime(2025, 10, 1, 0, 0)
--   datetime.datetime(2025, 10, 1, 0, 0)
--   'mer_abc'
--   datetime.datetime(2025, 10, 1, 0, 0)
--   'mer_abc'
--   'call_1'

-- the statuses of their leads
SELECT l.lead_no AS v0,
       l.status AS v1
FROM leads AS l
WHERE ((l.lead_no) IN (SELECT unnest(?::VARCHAR[]::BIGINT[])))
-- values
--   ['1', '2']

-- a call by its id
SELECT c.merchant_id AS v0,
       epoch_us(c.started_at) AS v1
FROM calls AS c
WHERE (c.merchant_id = ?)
  AND (c.call_key = md5_number_lower(?) >> 24 AND c.call_id = ?)
  AND c.merchant_id = ?
-- values
--   'mer_abc'
--   'call_1'
--   'call_1'
--   'mer_abc'

-- a lead by its id
SELECT l.lead_id AS v0,
       l.merchant_id AS v1,
       l.reseller_id AS v2,
       l.template_id AS v3,
       l.payload_json AS v4,
       epoch_us(l.created_at) AS v5,
       l.status AS v6,
       l.lead_no AS v7
FROM leads AS l
WHERE (l.merchant_id = ?)
  AND (l.lead_key = md5_number_lower(?) >> 24 AND l.lead_id = ?)
-- values
--   'mer_abc'
--   'lead_1'
--   'lead_1'

-- what it brought itself
SELECT r.lead_id AS v0,
       r.merchant_id AS v1,
       r.reseller_id AS v2,
       r.template_id AS v3,
       r.payload_own AS v4,
       epoch_us(r.created_at) AS v5,
       epoch_us(r.updated_at) AS v6
FROM lead_records AS r
WHERE (r.lead_key = md5_number_lower(?) >> 24 AND r.lead_id = ?)
-- values
--   'lead_1'
--   'lead_1'

-- its history
SELECT h.e.status, epoch_us(h.e.since)
FROM (SELECT unnest(l.history) AS e FROM leads AS l
WHERE (l.lead_key = md5_number_lower(?) >> 24 AND l.lead_id = ?)) AS h
GROUP BY h.e.status, h.e.since
-- values
--   'lead_1'
--   'lead_1'
