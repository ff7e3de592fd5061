-- plain
SELECT l.status AS k0,
       coalesce(sum(l.sign), 0) AS n
FROM leads AS l
WHERE (l.merchant_id = {p0:String})
GROUP BY k0
HAVING sum(l.sign) > 0
ORDER BY n DESC, k0 ASC NULLS LAST
LIMIT 1000001
-- values
--   'mer_abc'

-- open: ends of the range
WITH hours AS (SELECT min(h) AS low, max(h) AS high FROM (SELECT toUnixTimestamp64Micro(l.created_at) - positiveModulo(toUnixTimestamp64Micro(l.created_at), 3600000000) AS h FROM leads AS l
WHERE (l.merchant_id = {p0:String})
GROUP BY h
HAVING sum(l.sign) > 0) AS cut)
SELECT min(t), max(t) FROM (
SELECT toUnixTimestamp64Micro(l.created_at) AS t
FROM leads AS l
WHERE (l.merchant_id = {p1:String})
  AND (toUnixTimestamp64Micro(l.created_at) - positiveModulo(toUnixTimestamp64Micro(l.created_at), 3600000000) = (SELECT low FROM hours) OR toUnixTimestamp64Micro(l.created_at) - positiveModulo(toUnixTimestamp64Micro(l.created_at), 3600000000) = (SELECT high FROM hours))
GROUP BY t
HAVING sum(l.sign) > 0) AS edges

-- open
SELECT positiveModulo((toInt32(intDiv((toUnixTimestamp64Micro(l.created_at) + 20700000000) + 86400000000000000, 86400000000)) - 1000000) + 3, 7) + 1 AS k0,
       l.status AS k1,
       coalesce(sum(l.sign), 0) AS n
FROM leads AS l
WHERE (l.merchant_id = {p0:String})
  AND l.created_at >= fromUnixTimestamp64Micro({p1:Int64}, 'UTC')
  AND l.created_at < fromUnixTimestamp64Micro({p2:Int64}, 'UTC')
GROUP BY k0, k1
HAVING sum(l.sign) > 0
ORDER BY k0 ASC NULLS LAST, n DESC, k1 ASC NULLS LAST
LIMIT 1000001
-- values
--   'mer_abc'
--   1735689600000000
--   1767225599000001

-- full
SELECT l.template_id AS k0,
       positiveModulo((toInt32(intDiv(multiIf(l.created_at < fromUnixTimestamp64Micro({p0:Int64}, 'UTC'), (toUnixTimestamp64Micro(l.created_at) + 3600000000), toUnixTimestamp64Micro(l.created_at)) + 86400000000000000, 86400000000)) - 1000000) + 3, 7) + 1 AS k1,
       l.status AS k2,
       coalesce(sum(l.sign), 0) AS n
FROM leads AS l
WHERE (l.merchant_id = {p1:String})
  AND (l.status = {p2:String})
  AND l.created_at >= fromUnixTimestamp64Micro({p3:Int64}, 'UTC')
  AND l.created_at < fromUnixTimestamp64Micro({p4:Int64}, 'UTC')
  AND ((substring(l.payload.{p5:Identifier}.:String, 2) = {p6:String}) OR arrayExists(e -> (e[1] = {p7:String}), l.payload_lists[{p8:String}]))
  AND ((l.payload_orders.{p9:Identifier}.:String >= {p10:String} AND l.payload_orders.{p11:Identifier}.:String < {p12:String}) OR arrayExists(e -> (e[2] >= {p13:String} AND e[2] < {p14:String}), l.payload_lists[{p15:String}]))
  AND ((substring(l.payload.{p16:Identifier}.:String, 2) IS NULL OR NOT (substring(l.payload.{p17:Identifier}.:String, 2) = {p18:String})) AND NOT arrayExists(e -> (e[1] = {p19:String}), l.payload_lists[{p20:String}]))
  AND (l.merchant_id, l.lead_id) IN (SELECT (c.merchant_id, c.lead_id) FROM calls AS c WHERE (c.merchant_id = {p21:String})
  AND ((c.provider = {p22:String}) OR c.provider IS NULL)
  AND c.duration_ms >= {p23:Int64}
GROUP BY c.merchant_id, c.lead_id
HAVING sum(c.sign) > 0)
GROUP BY k0, k1, k2
HAVING sum(l.sign) > 0
ORDER BY k0 ASC NULLS LAST, k1 ASC NULLS LAST, n DESC, k2 ASC NULLS LAST
LIMIT 1000001
-- values
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
--   'mer_abc'
--   'TWILIO'
--   10000
