-- plain: edge of the first page
SELECT toUnixTimestamp64Micro(min(t)), count(*)
FROM (SELECT c.started_at AS t
FROM calls AS c
WHERE (c.merchant_id = {p0:String})
ORDER BY c.started_at DESC
LIMIT 101) AS edge
-- values
--   'mer_abc'

-- plain: the first page
SELECT c.call_id AS v0,
       c.merchant_id AS v1,
       c.reseller_id AS v2,
       toUnixTimestamp64Micro(c.started_at) AS v3,
       c.template_id AS v4,
       c.lead_id AS v5,
       c.provider AS v6,
       c.direction AS v7,
       c.attempt AS v8,
       c.duration_ms AS v9,
       toUnixTimestamp64Micro(c.ended_at) AS v10,
       c.outcome AS v11,
       c.sentiment AS v12,
       c.payload_own AS v13,
       c.test AS v14,
       toUnixTimestamp64Micro(c.updated_at) AS v15,
       c.agent_id AS v16,
       c.end_reason AS v17,
       c.language AS v18,
       toUnixTimestamp64Micro(c.answered_at) AS v19,
       c.success AS v20,
       c.cost_micros AS v21,
       c.currency AS v22,
       c.payload_base AS v23,
       c.merchant_id AS v24,
       c.lead_id AS v25,
       CASE WHEN c.outcome_key IS NOT NULL THEN NOT (c.outcome_key IN {p0:Array(String)}) ELSE c.answered_at IS NOT NULL OR coalesce(c.success, FALSE) END AS v26
FROM calls AS c
WHERE (c.merchant_id = {p1:String})
  AND c.started_at >= fromUnixTimestamp64Micro({p2:Int64}, 'UTC')
GROUP BY v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12, v13, v14, v15, v16, v17, v18, v19, v20, v21, v22, v23, v24, v25, v26
HAVING sum(c.sign) > 0
ORDER BY v3 DESC, v1 DESC, v0 DESC
LIMIT 101
-- values
--   ['BUSY', 'NO_ANSWER']
--   'mer_abc'
--   1760000000000000

-- plain: the last page
SELECT c.call_id AS v0,
       c.merchant_id AS v1,
       c.reseller_id AS v2,
       toUnixTimestamp64Micro(c.started_at) AS v3,
       c.template_id AS v4,
       c.lead_id AS v5,
       c.provider AS v6,
       c.direction AS v7,
       c.attempt AS v8,
       c.duration_ms AS v9,
       toUnixTimestamp64Micro(c.ended_at) AS v10,
       c.outcome AS v11,
       c.sentiment AS v12,
       c.payload_own AS v13,
       c.test AS v14,
       toUnixTimestamp64Micro(c.updated_at) AS v15,
       c.agent_id AS v16,
       c.end_reason AS v17,
       c.language AS v18,
       toUnixTimestamp64Micro(c.answered_at) AS v19,
       c.success AS v20,
       c.cost_micros AS v21,
       c.currency AS v22,
       c.payload_base AS v23,
       c.merchant_id AS v24,
       c.lead_id AS v25,
       CASE WHEN c.outcome_key IS NOT NULL THEN NOT (c.outcome_key IN {p0:Array(String)}) ELSE c.answered_at IS NOT NULL OR coalesce(c.success, FALSE) END AS v26
FROM calls AS c
WHERE (c.merchant_id = {p1:String})
  AND c.started_at <= fromUnixTimestamp64Micro({p2:Int64}, 'UTC')
  AND ((c.started_at < fromUnixTimestamp64Micro({p3:Int64}, 'UTC'))
    OR (c.started_at = fromUnixTimestamp64Micro({p4:Int64}, 'UTC')
  AND c.merchant_id < {p5:String})
    OR (c.started_at = fromUnixTimestamp64Micro({p6:Int64}, 'UTC')
  AND c.merchant_id = {p7:String}
  AND c.call_id < {p8:String}))
GROUP BY v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12, v13, v14, v15, v16, v17, v18, v19, v20, v21, v22, v23, v24, v25, v26
HAVING sum(c.sign) > 0
ORDER BY v3 DESC, v1 DESC, v0 DESC
LIMIT 101
-- values
--   ['BUSY', 'NO_ANSWER']
--   'mer_abc'
--   1759276800000000
--   1759276800000000
--   1759276800000000
--   'mer_abc'
--   1759276800000000
--   'mer_abc'
--   'call_1'

-- a call that counts
SELECT c.call_id AS v0,
       c.merchant_id AS v1,
       c.reseller_id AS v2,
       toUnixTimestamp64Micro(c.started_at) AS v3,
       c.template_id AS v4,
       c.lead_id AS v5,
       c.provider AS v6,
       c.direction AS v7,
       c.attempt AS v8,
       c.duration_ms AS v9,
       toUnixTimestamp64Micro(c.ended_at) AS v10,
       c.outcome AS v11,
       c.sentiment AS v12,
       c.payload_own AS v13,
       c.test AS v14,
       toUnixTimestamp64Micro(c.updated_at) AS v15,
       c.agent_id AS v16,
       c.end_reason AS v17,
       c.language AS v18,
       toUnixTimestamp64Micro(c.answered_at) AS v19,
       c.success AS v20,
       c.cost_micros AS v21,
       c.currency AS v22,
       c.payload_base AS v23,
       c.merchant_id AS v24,
       c.lead_id AS v25,
       CASE WHEN c.outcome_key IS NOT NULL THEN NOT (c.outcome_key IN {p0:Array(String)}) ELSE c.answered_at IS NOT NULL OR coalesce(c.success, FALSE) END AS v26
FROM calls AS c
WHERE (c.merchant_id = {p1:String})
  AND c.started_at >= fromUnixTimestamp64Micro({p2:Int64}, 'UTC') AND c.started_at <= fromUnixTimestamp64Micro({p3:Int64}, 'UTC')
  AND (c.call_id = {p4:String})
  AND c.merchant_id = {p5:String}
GROUP BY v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12, v13, v14, v15, v16, v17, v18, v19, v20, v21, v22, v23, v24, v25, v26
HAVING sum(c.sign) > 0
-- values
--   ['BUSY', 'NO_ANSWER']
--   'mer_abc'
--   1760000000000000
--   1760000000000000
--   'call_1'
--   'mer_abc'

-- a call that waits
SELECT c.call_id AS v0,
       c.merchant_id AS v1,
       c.reseller_id AS v2,
       toUnixTimestamp64Micro(c.started_at) AS v3,
       c.template_id AS v4,
       c.lead_id AS v5,
       c.provider AS v6,
       c.direction AS v7,
       c.attempt_sent AS v8,
       c.duration_ms AS v9,
       toUnixTimestamp64Micro(c.ended_at) AS v10,
       c.outcome AS v11,
       c.sentiment AS v12,
       c.payload_own AS v13,
       c.test AS v14,
       toUnixTimestamp64Micro(c.updated_at) AS v15,
       c.agent_id AS v16,
       c.end_reason AS v17,
       c.language AS v18,
       toUnixTimestamp64Micro(c.answered_at) AS v19,
       c.success AS v20,
       c.cost_micros AS v21,
       c.currency AS v22,
       c.merchant_id AS v23,
       c.lead_id AS v24,
       CASE WHEN c.outcome_key IS NOT NULL THEN NOT (c.outcome_key IN {p0:Array(String)}) ELSE c.answered_at IS NOT NULL OR coalesce(c.success, FALSE) END AS v25
FROM calls_held AS c
WHERE (c.merchant_id = {p1:String})
  AND c.started_at >= fromUnixTimestamp64Micro({p2:Int64}, 'UTC') AND c.started_at <= fromUnixTimestamp64Micro({p3:Int64}, 'UTC')
  AND (c.call_id = {p4:String})
  AND c.merchant_id = {p5:String}
GROUP BY v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12, v13, v14, v15, v16, v17, v18, v19, v20, v21, v22, v23, v24, v25
HAVING sum(c.sign) > 0
-- values
--   ['BUSY', 'NO_ANSWER']
--   'mer_abc'
--   1760000000000000
--   1760000000000000
--   'call_1'
--   'mer_abc'

-- full: edge of the first page
SELECT toUnixTimestamp64Micro(max(t)), count(*)
FROM (SELECT c.started_at AS t
FROM calls AS c LEFT JOIN (SELECT merchant_id, lead_id, status FROM leads AS l GROUP BY merchant_id, lead_id, status
HAVING sum(l.sign) > 0) AS l ON l.merchant_id = c.merchant_id AND l.lead_id = c.lead_id
WHERE (c.merchant_id = {p0:String})
  AND (l.status = {p1:String})
  AND c.started_at >= fromUnixTimestamp64Micro({p2:Int64}, 'UTC')
  AND c.started_at < fromUnixTimestamp64Micro({p3:Int64}, 'UTC')
  AND ((substring(c.payload.{p4:Identifier}.:String, 2) = {p5:String}) OR arrayExists(e -> (e[1] = {p6:String}), c.payload_lists[{p7:String}]))
  AND ((c.payload_orders.{p8:Identifier}.:String >= {p9:String} AND c.payload_orders.{p10:Identifier}.:String < {p11:String}) OR arrayExists(e -> (e[2] >= {p12:String} AND e[2] < {p13:String}), c.payload_lists[{p14:String}]))
  AND ((substring(c.payload.{p15:Identifier}.:String, 2) IS NULL OR NOT (substring(c.payload.{p16:Identifier}.:String, 2) = {p17:String})) AND NOT arrayExists(e -> (e[1] = {p18:String}), c.payload_lists[{p19:String}]))
  AND ((c.provider = {p20:String}) OR c.provider IS NULL)
  AND c.duration_ms >= {p21:Int64}
ORDER BY c.started_at ASC
LIMIT 101) AS edge
-- values
--   'mer_abc'
--   'new'
--   1759273200000000
--   1761955200000000
--   'kcity'
--   'Delhi'
--   'Delhi'
--   'city'
--   'kage'
--   'n250016'
--   'kage'
--   'o'
--   'n250016'
--   'o'
--   'age'
--   'kage'
--   'kage'
--   '65'
--   '65'
--   'age'
--   'TWILIO'
--   10000

-- full: the first page
SELECT c.call_id AS v0,
       c.merchant_id AS v1,
       c.reseller_id AS v2,
       toUnixTimestamp64Micro(c.started_at) AS v3,
       c.template_id AS v4,
       c.lead_id AS v5,
       c.provider AS v6,
       c.direction AS v7,
       c.attempt AS v8,
       c.duration_ms AS v9,
       toUnixTimestamp64Micro(c.ended_at) AS v10,
       c.outcome AS v11,
       c.sentiment AS v12,
       c.payload_own AS v13,
       c.test AS v14,
       toUnixTimestamp64Micro(c.updated_at) AS v15,
       c.agent_id AS v16,
       c.end_reason AS v17,
       c.language AS v18,
       toUnixTimestamp64Micro(c.answered_at) AS v19,
       c.success AS v20,
       c.cost_micros AS v21,
       c.currency AS v22,
       c.payload_base AS v23,
       c.merchant_id AS v24,
       c.lead_id AS v25,
       CASE WHEN c.outcome_key IS NOT NULL THEN NOT (c.outcome_key IN {p0:Array(String)}) ELSE c.answered_at IS NOT NULL OR coalesce(c.success, FALSE) END AS v26
FROM calls AS c LEFT JOIN (SELECT merchant_id, lead_id, status FROM leads AS l GROUP BY merchant_id, lead_id, status
HAVING sum(l.sign) > 0) AS l ON l.merchant_id = c.merchant_id AND l.lead_id = c.lead_id
WHERE (c.merchant_id = {p1:String})
  AND (l.status = {p2:String})
  AND c.started_at >= fromUnixTimestamp64Micro({p3:Int64}, 'UTC')
  AND c.started_at < fromUnixTimestamp64Micro({p4:Int64}, 'UTC')
  AND ((substring(c.payload.{p5:Identifier}.:String, 2) = {p6:String}) OR arrayExists(e -> (e[1] = {p7:String}), c.payload_lists[{p8:String}]))
  AND ((c.payload_orders.{p9:Identifier}.:String >= {p10:String} AND c.payload_orders.{p11:Identifier}.:String < {p12:String}) OR arrayExists(e -> (e[2] >= {p13:String} AND e[2] < {p14:String}), c.payload_lists[{p15:String}]))
  AND ((substring(c.payload.{p16:Identifier}.:String, 2) IS NULL OR NOT (substring(c.payload.{p17:Identifier}.:String, 2) = {p18:String})) AND NOT arrayExists(e -> (e[1] = {p19:String}), c.payload_lists[{p20:String}]))
  AND ((c.provider = {p21:String}) OR c.provider IS NULL)
  AND c.duration_ms >= {p22:Int64}
  AND c.started_at <= fromUnixTimestamp64Micro({p23:Int64}, 'UTC')
GROUP BY v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12, v13, v14, v15, v16, v17, v18, v19, v20, v21, v22, v23, v24, v25, v26
HAVING sum(c.sign) > 0
ORDER BY v3 ASC, v1 ASC, v0 ASC
LIMIT 101
-- values
--   ['BUSY', 'NO_ANSWER']
--   'mer_abc'
--   'new'
--   1759273200000000
--   1761955200000000
--   'kcity'
--   'Delhi'
--   'Delhi'
--   'city'
--   'kage'
--   'n250016'
--   'kage'
--   'o'
--   'n250016'
--   'o'
--   'age'
--   'kage'
--   'kage'
--   '65'
--   '65'
--   'age'
--   'TWILIO'
--   10000
--   1760000000000000

-- full: the last page
SELECT c.call_id AS v0,
       c.merchant_id AS v1,
       c.reseller_id AS v2,
       toUnixTimestamp64Micro(c.started_at) AS v3,
       c.template_id AS v4,
       c.lead_id AS v5,
       c.provider AS v6,
       c.direction AS v7,
       c.attempt AS v8,
       c.duration_ms AS v9,
       toUnixTimestamp64Micro(c.ended_at) AS v10,
       c.outcome AS v11,
       c.sentiment AS v12,
       c.payload_own AS v13,
       c.test AS v14,
       toUnixTimestamp64Micro(c.updated_at) AS v15,
       c.agent_id AS v16,
       c.end_reason AS v17,
       c.language AS v18,
       toUnixTimestamp64Micro(c.answered_at) AS v19,
       c.success AS v20,
       c.cost_micros AS v21,
       c.currency AS v22,
       c.payload_base AS v23,
       c.merchant_id AS v24,
       c.lead_id AS v25,
       CASE WHEN c.outcome_key IS NOT NULL THEN NOT (c.outcome_key IN {p0:Array(String)}) ELSE c.answered_at IS NOT NULL OR coalesce(c.success, FALSE) END AS v26
FROM calls AS c LEFT JOIN (SELECT merchant_id, lead_id, status FROM leads AS l GROUP BY merchant_id, lead_id, status
HAVING sum(l.sign) > 0) AS l ON l.merchant_id = c.merchant_id AND l.lead_id = c.lead_id
WHERE (c.merchant_id = {p1:String})
  AND (l.status = {p2:String})
  AND c.started_at >= fromUnixTimestamp64Micro({p3:Int64}, 'UTC')
  AND c.started_at < fromUnixTimestamp64Micro({p4:Int64}, 'UTC')
  AND ((substring(c.payload.{p5:Identifier}.:String, 2) = {p6:String}) OR arrayExists(e -> (e[1] = {p7:String}), c.payload_lists[{p8:String}]))
  AND ((c.payload_orders.{p9:Identifier}.:String >= {p10:String} AND c.payload_orders.{p11:Identifier}.:String < {p12:String}) OR arrayExists(e -> (e[2] >= {p13:String} AND e[2] < {p14:String}), c.payload_lists[{p15:String}]))
  AND ((substring(c.payload.{p16:Identifier}.:String, 2) IS NULL OR NOT (substring(c.payload.{p17:Identifier}.:String, 2) = {p18:String})) AND NOT arrayExists(e -> (e[1] = {p19:String}), c.payload_lists[{p20:String}]))
  AND ((c.provider = {p21:String}) OR c.provider IS NULL)
  AND c.duration_ms >= {p22:Int64}
  AND c.started_at >= fromUnixTimestamp64Micro({p23:Int64}, 'UTC')
  AND ((c.started_at > fromUnixTimestamp64Micro({p24:Int64}, 'UTC'))
    OR (c.started_at = fromUnixTimestamp64Micro({p25:Int64}, 'UTC')
  AND c.merchant_id > {p26:String})
    OR (c.started_at = fromUnixTimestamp64Micro({p27:Int64}, 'UTC')
  AND c.merchant_id = {p28:String}
  AND c.call_id > {p29:String}))
GROUP BY v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12, v13, v14, v15, v16, v17, v18, v19, v20, v21, v22, v23, v24, v25, v26
HAVING sum(c.sign) > 0
ORDER BY v3 ASC, v1 ASC, v0 ASC
LIMIT 101
-- values
--   ['BUSY', 'NO_ANSWER']
--   'mer_abc'
--   'new'
--   1759273200000000
--   1761955200000000
--   'kcity'
--   'Delhi'
--   'Delhi'
--   'city'
--   'kage'
--   'n250016'
--   'kage'
--   'o'
--   'n250016'
--   'o'
--   'age'
--   'kage'
--   'kage'
--   '65'
--   '65'
--   'age'
--   'TWILIO'
--   10000
--   1759276800000000
--   1759276800000000
--   1759276800000000
--   'mer_abc'
--   1759276800000000
--   'mer_abc'
--   'call_1'

-- the statuses of their leads
SELECT l.merchant_id AS v0,
       l.lead_id AS v1,
       l.status AS v2
FROM leads AS l
WHERE ((l.merchant_id, l.lead_id) IN arrayZip({p0:Array(String)}, {p1:Array(String)}))
GROUP BY v0, v1, v2
HAVING sum(l.sign) > 0
-- values
--   ['mer_abc', 'mer_abc']
--   ['1', '2']

-- a call by its id
SELECT c.merchant_id AS v0,
       toUnixTimestamp64Micro(c.started_at) AS v1
FROM calls AS c
WHERE (c.merchant_id = {p0:String})
  AND (c.call_id = {p1:String})
  AND c.merchant_id = {p2:String}
GROUP BY v0, v1
HAVING sum(c.sign) > 0
-- values
--   'mer_abc'
--   'call_1'
--   'mer_abc'

-- a lead by its id
SELECT l.lead_id AS v0,
       l.merchant_id AS v1,
       l.reseller_id AS v2,
       l.template_id AS v3,
       l.payload_json AS v4,
       toUnixTimestamp64Micro(l.created_at) AS v5,
       l.status AS v6,
       l.merchant_id AS v7,
       l.lead_id AS v8
FROM leads AS l
WHERE (l.merchant_id = {p0:String})
  AND (l.lead_id = {p1:String})
GROUP BY v0, v1, v2, v3, v4, v5, v6, v7, v8
HAVING sum(l.sign) > 0
-- values
--   'mer_abc'
--   'lead_1'

-- what it brought itself
SELECT r.lead_id AS v0,
       r.merchant_id AS v1,
       r.reseller_id AS v2,
       r.template_id AS v3,
       r.payload_own AS v4,
       toUnixTimestamp64Micro(r.created_at) AS v5,
       toUnixTimestamp64Micro(r.updated_at) AS v6
FROM lead_records AS r
WHERE (r.lead_id = {p0:String})
GROUP BY v0, v1, v2, v3, v4, v5, v6
HAVING sum(r.sign) > 0
-- values
--   'lead_1'

-- its history
SELECT h.e.status, toUnixTimestamp64Micro(h.e.since)
FROM (SELECT arrayJoin(l.history) AS e, l.sign AS w FROM leads AS l
WHERE (l.lead_id = {p0:String})) AS h
GROUP BY h.e.status, h.e.since
HAVING sum(h.w) > 0
-- values
--   'lead_1'
