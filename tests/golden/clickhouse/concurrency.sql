-- plain: ends of the range
SELECT min(s), max(e) - 1
FROM (SELECT toUnixTimestamp64Micro(c.started_at) AS s, toUnixTimestamp64Micro(c.started_at) + 1000 * c.duration_ms AS e
FROM calls AS c
WHERE (c.merchant_id = {p0:String})
  AND c.duration_ms > 0
GROUP BY s, e
HAVING sum(c.sign) > 0) AS spans

-- plain
WITH under_way AS (SELECT greatest(toUnixTimestamp64Micro(c.started_at), {p0:Int64}) AS s, least(toUnixTimestamp64Micro(c.started_at) + 1000 * c.duration_ms, {p1:Int64}) AS e, coalesce(sum(c.sign), 0) AS w
FROM calls AS c
WHERE (c.merchant_id = {p2:String})
  AND toUnixTimestamp64Micro(c.started_at) + 1000 * c.duration_ms > {p3:Int64}
  AND c.started_at >= fromUnixTimestamp64Micro({p4:Int64}, 'UTC')
  AND c.started_at < fromUnixTimestamp64Micro({p5:Int64}, 'UTC')
  AND c.duration_ms > 0
GROUP BY s, e
HAVING sum(c.sign) > 0)
, events AS (SELECT (toInt32(intDiv(toUnixTimestamp64Micro(fromUnixTimestamp64Micro(s, 'UTC')) + 86400000000000000, 86400000000)) - 1000000) AS b, s AS t, w AS d
FROM under_way
UNION ALL
SELECT (toInt32(intDiv(toUnixTimestamp64Micro(fromUnixTimestamp64Micro(e - 1, 'UTC')) + 86400000000000000, 86400000000)) - 1000000) AS b, e AS t, -w AS d
FROM under_way)
, levels AS (SELECT b, t, d, sum(d) OVER (ORDER BY t, d ROWS UNBOUNDED PRECEDING) AS level
FROM events)
SELECT b AS k0, max(level) AS most, sum(d) AS change, sum(toInt128(t) * d) AS moment
FROM levels
GROUP BY b
ORDER BY k0 ASC NULLS LAST
LIMIT 1000001
-- values
--   1735689600000000
--   1767225600000000
--   'mer_abc'
--   1735689600000000
--   1735689600000000
--   1767225600000000

-- open: ends of the range
SELECT min(s), max(e) - 1
FROM (SELECT toUnixTimestamp64Micro(c.started_at) AS s, toUnixTimestamp64Micro(c.started_at) + 1000 * c.duration_ms AS e
FROM calls AS c
WHERE (c.merchant_id = {p0:String})
  AND c.duration_ms > 0
GROUP BY s, e
HAVING sum(c.sign) > 0) AS spans

-- open
WITH under_way AS (SELECT positiveModulo((toInt32(intDiv((toUnixTimestamp64Micro(c.started_at) + 20700000000) + 86400000000000000, 86400000000)) - 1000000) + 3, 7) + 1 AS k0, greatest(toUnixTimestamp64Micro(c.started_at), {p0:Int64}) AS s, least(toUnixTimestamp64Micro(c.started_at) + 1000 * c.duration_ms, {p1:Int64}) AS e, coalesce(sum(c.sign), 0) AS w
FROM calls AS c
WHERE (c.merchant_id = {p2:String})
  AND toUnixTimestamp64Micro(c.started_at) + 1000 * c.duration_ms > {p3:Int64}
  AND c.started_at >= fromUnixTimestamp64Micro({p4:Int64}, 'UTC')
  AND c.started_at < fromUnixTimestamp64Micro({p5:Int64}, 'UTC')
  AND c.duration_ms > 0
GROUP BY k0, s, e
HAVING sum(c.sign) > 0)
, events AS (SELECT k0, (toInt32(intDiv((toUnixTimestamp64Micro(fromUnixTimestamp64Micro(s, 'UTC')) + 20700000000) + 86400000000000000, 86400000000)) - 1000000) AS b, s AS t, w AS d
FROM under_way
UNION ALL
SELECT k0, (toInt32(intDiv((toUnixTimestamp64Micro(fromUnixTimestamp64Micro(e - 1, 'UTC')) + 20700000000) + 86400000000000000, 86400000000)) - 1000000) AS b, e AS t, -w AS d
FROM under_way)
, levels AS (SELECT k0, b, t, d, sum(d) OVER (ORDER BY k0, t, d ROWS UNBOUNDED PRECEDING) AS level
FROM events)
SELECT k0, b AS k1, max(level) AS most, sum(d) AS change, sum(toInt128(t) * d) AS moment
FROM levels
GROUP BY k0, b
ORDER BY k0 ASC NULLS LAST, k1 ASC NULLS LAST
LIMIT 1000001
-- values
--   1735668900000000
--   1767291300000000
--   'mer_abc'
--   1735668900000000
--   1735689600000000
--   1767291300000000

-- full: ends of the range
SELECT min(s), max(e) - 1
FROM (SELECT toUnixTimestamp64Micro(c.started_at) AS s, toUnixTimestamp64Micro(c.started_at) + 1000 * c.duration_ms AS e
FROM calls AS c LEFT JOIN (SELECT merchant_id, lead_id, status FROM leads AS l GROUP BY merchant_id, lead_id, status
HAVING sum(l.sign) > 0) AS l ON l.merchant_id = c.merchant_id AND l.lead_id = c.lead_id
WHERE (c.merchant_id = {p0:String})
  AND (l.status = {p1:String})
  AND toUnixTimestamp64Micro(c.started_at) + 1000 * c.duration_ms > {p2:Int64}
  AND c.started_at < fromUnixTimestamp64Micro({p3:Int64}, 'UTC')
  AND ((substring(c.payload.{p4:Identifier}.:String, 2) = {p5:String}) OR arrayExists(e -> (e[1] = {p6:String}), c.payload_lists[{p7:String}]))
  AND ((c.payload_orders.{p8:Identifier}.:String >= {p9:String} AND c.payload_orders.{p10:Identifier}.:String < {p11:String}) OR arrayExists(e -> (e[2] >= {p12:String} AND e[2] < {p13:String}), c.payload_lists[{p14:String}]))
  AND ((substring(c.payload.{p15:Identifier}.:String, 2) IS NULL OR NOT (substring(c.payload.{p16:Identifier}.:String, 2) = {p17:String})) AND NOT arrayExists(e -> (e[1] = {p18:String}), c.payload_lists[{p19:String}]))
  AND ((c.provider = {p20:String}) OR c.provider IS NULL)
  AND c.duration_ms >= {p21:Int64}
  AND c.duration_ms > 0
GROUP BY s, e
HAVING sum(c.sign) > 0) AS spans

-- full
WITH under_way AS (SELECT c.template_id AS k0, positiveModulo((toInt32(intDiv(multiIf(c.started_at < fromUnixTimestamp64Micro({p0:Int64}, 'UTC'), toUnixTimestamp64Micro(c.started_at), c.started_at < fromUnixTimestamp64Micro({p1:Int64}, 'UTC'), (toUnixTimestamp64Micro(c.started_at) + 3600000000), toUnixTimestamp64Micro(c.started_at)) + 86400000000000000, 86400000000)) - 1000000) + 3, 7) + 1 AS k1, greatest(toUnixTimestamp64Micro(c.started_at), {p2:Int64}) AS s, least(toUnixTimestamp64Micro(c.started_at) + 1000 * c.duration_ms, {p3:Int64}) AS e, coalesce(sum(c.sign), 0) AS w
FROM calls AS c LEFT JOIN (SELECT merchant_id, lead_id, status FROM leads AS l GROUP BY merchant_id, lead_id, status
HAVING sum(l.sign) > 0) AS l ON l.merchant_id = c.merchant_id AND l.lead_id = c.lead_id
WHERE (c.merchant_id = {p4:String})
  AND (l.status = {p5:String})
  AND toUnixTimestamp64Micro(c.started_at) + 1000 * c.duration_ms > {p6:Int64}
  AND c.started_at >= fromUnixTimestamp64Micro({p7:Int64}, 'UTC')
  AND c.started_at < fromUnixTimestamp64Micro({p8:Int64}, 'UTC')
  AND ((substring(c.payload.{p9:Identifier}.:String, 2) = {p10:String}) OR arrayExists(e -> (e[1] = {p11:String}), c.payload_lists[{p12:String}]))
  AND ((c.payload_orders.{p13:Identifier}.:String >= {p14:String} AND c.payload_orders.{p15:Identifier}.:String < {p16:String}) OR arrayExists(e -> (e[2] >= {p17:String} AND e[2] < {p18:String}), c.payload_lists[{p19:String}]))
  AND ((substring(c.payload.{p20:Identifier}.:String, 2) IS NULL OR NOT (substring(c.payload.{p21:Identifier}.:String, 2) = {p22:String})) AND NOT arrayExists(e -> (e[1] = {p23:String}), c.payload_lists[{p24:String}]))
  AND ((c.provider = {p25:String}) OR c.provider IS NULL)
  AND c.duration_ms >= {p26:Int64}
  AND c.duration_ms > 0
GROUP BY k0, k1, s, e
HAVING sum(c.sign) > 0)
, events AS (SELECT k0, k1, multiIf(fromUnixTimestamp64Micro(s, 'UTC') < fromUnixTimestamp64Micro({p27:Int64}, 'UTC'), toUnixTimestamp64Micro(fromUnixTimestamp64Micro(s, 'UTC')) - positiveModulo((toUnixTimestamp64Micro(fromUnixTimestamp64Micro(s, 'UTC')) + 3600000000), 3600000000), greatest(toUnixTimestamp64Micro(fromUnixTimestamp64Micro(s, 'UTC')) - positiveModulo(toUnixTimestamp64Micro(fromUnixTimestamp64Micro(s, 'UTC')), 3600000000), {p28:Int64})) AS b, s AS t, w AS d
FROM under_way
UNION ALL
SELECT k0, k1, multiIf(fromUnixTimestamp64Micro(e - 1, 'UTC') < fromUnixTimestamp64Micro({p29:Int64}, 'UTC'), toUnixTimestamp64Micro(fromUnixTimestamp64Micro(e - 1, 'UTC')) - positiveModulo((toUnixTimestamp64Micro(fromUnixTimestamp64Micro(e - 1, 'UTC')) + 3600000000), 3600000000), greatest(toUnixTimestamp64Micro(fromUnixTimestamp64Micro(e - 1, 'UTC')) - positiveModulo(toUnixTimestamp64Micro(fromUnixTimestamp64Micro(e - 1, 'UTC')), 3600000000), {p30:Int64})) AS b, e AS t, -w AS d
FROM under_way)
, levels AS (SELECT k0, k1, b, t, d, sum(d) OVER (ORDER BY k0, k1, t, d ROWS UNBOUNDED PRECEDING) AS level
FROM events)
SELECT k0, k1, b AS k2, max(level) AS most, sum(d) AS change, sum(toInt128(t) * d) AS moment
FROM levels
GROUP BY k0, k1, b
ORDER BY k0 ASC NULLS LAST, k1 ASC NULLS LAST, k2 ASC NULLS LAST
LIMIT 1000001
-- values
--   1743296400000000
--   1761440400000000
--   1759273200000000
--   1761955200000000
--   'mer_abc'
--   'new'
--   1759273200000000
--   1735689600000000
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
--   1761440400000000
--   1761440400000000
--   1761440400000000
--   1761440400000000
