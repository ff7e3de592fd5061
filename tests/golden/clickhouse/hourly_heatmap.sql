-- plain
SELECT intDiv(positiveModulo(toUnixTimestamp64Micro(c.started_at), 86400000000), 3600000000) AS k0,
       coalesce(sum(c.sign), 0) AS n
FROM calls AS c
WHERE (c.merchant_id = {p0:String})
GROUP BY k0
HAVING sum(c.sign) > 0
LIMIT 1000001
-- values
--   'mer_abc'

-- open: ends of the range
WITH hours AS (SELECT min(h) AS low, max(h) AS high FROM (SELECT toUnixTimestamp64Micro(c.started_at) - positiveModulo(toUnixTimestamp64Micro(c.started_at), 3600000000) AS h FROM calls AS c
WHERE (c.merchant_id = {p0:String})
GROUP BY h
HAVING sum(c.sign) > 0) AS cut)
SELECT min(t), max(t) FROM (
SELECT toUnixTimestamp64Micro(c.started_at) AS t
FROM calls AS c
WHERE (c.merchant_id = {p1:String})
  AND (toUnixTimestamp64Micro(c.started_at) - positiveModulo(toUnixTimestamp64Micro(c.started_at), 3600000000) = (SELECT low FROM hours) OR toUnixTimestamp64Micro(c.started_at) - positiveModulo(toUnixTimestamp64Micro(c.started_at), 3600000000) = (SELECT high FROM hours))
GROUP BY t
HAVING sum(c.sign) > 0) AS edges

-- open
SELECT positiveModulo((toInt32(intDiv((toUnixTimestamp64Micro(c.started_at) + 20700000000) + 86400000000000000, 86400000000)) - 1000000) + 3, 7) + 1 AS k0,
       intDiv(positiveModulo((toUnixTimestamp64Micro(c.started_at) + 20700000000), 86400000000), 3600000000) AS k1,
       coalesce(sum(c.sign), 0) AS n
FROM calls AS c
WHERE (c.merchant_id = {p0:String})
  AND c.started_at >= fromUnixTimestamp64Micro({p1:Int64}, 'UTC')
  AND c.started_at < fromUnixTimestamp64Micro({p2:Int64}, 'UTC')
GROUP BY k0, k1
HAVING sum(c.sign) > 0
ORDER BY k0 ASC NULLS LAST
LIMIT 1000001
-- values
--   'mer_abc'
--   1735689600000000
--   1767225599000001

-- full
SELECT c.template_id AS k0,
       positiveModulo((toInt32(intDiv(multiIf(c.started_at < fromUnixTimestamp64Micro({p0:Int64}, 'UTC'), (toUnixTimestamp64Micro(c.started_at) + 3600000000), toUnixTimestamp64Micro(c.started_at)) + 86400000000000000, 86400000000)) - 1000000) + 3, 7) + 1 AS k1,
       intDiv(positiveModulo(multiIf(c.started_at < fromUnixTimestamp64Micro({p1:Int64}, 'UTC'), (toUnixTimestamp64Micro(c.started_at) + 3600000000), toUnixTimestamp64Micro(c.started_at)), 86400000000), 3600000000) AS k2,
       coalesce(sum(c.sign), 0) AS n
FROM calls AS c LEFT JOIN (SELECT merchant_id, lead_id, status FROM leads AS l GROUP BY merchant_id, lead_id, status
HAVING sum(l.sign) > 0) AS l ON l.merchant_id = c.merchant_id AND l.lead_id = c.lead_id
WHERE (c.merchant_id = {p2:String})
  AND (l.status = {p3:String})
  AND c.started_at >= fromUnixTimestamp64Micro({p4:Int64}, 'UTC')
  AND c.started_at < fromUnixTimestamp64Micro({p5:Int64}, 'UTC')
  AND ((substring(c.payload.{p6:Identifier}.:String, 2) = {p7:String}) OR arrayExists(e -> (e[1] = {p8:String}), c.payload_lists[{p9:String}]))
  AND ((c.payload_orders.{p10:Identifier}.:String >= {p11:String} AND c.payload_orders.{p12:Identifier}.:String < {p13:String}) OR arrayExists(e -> (e[2] >= {p14:String} AND e[2] < {p15:String}), c.payload_lists[{p16:String}]))
  AND ((substring(c.payload.{p17:Identifier}.:String, 2) IS NULL OR NOT (substring(c.payload.{p18:Identifier}.:String, 2) = {p19:String})) AND NOT arrayExists(e -> (e[1] = {p20:String}), c.payload_lists[{p21:String}]))
  AND ((c.provider = {p22:String}) OR c.provider IS NULL)
  AND c.duration_ms >= {p23:Int64}
GROUP BY k0, k1, k2
HAVING sum(c.sign) > 0
ORDER BY k0 ASC NULLS LAST, k1 ASC NULLS LAST
LIMIT 1000001
-- values
--   1761440400000000
--   1761440400000000
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
