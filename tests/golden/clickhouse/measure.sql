-- plain
WITH histogram AS (SELECT c.payload_orders.{p0:Identifier}.:String AS x, coalesce(sum(c.sign), 0) AS n
FROM calls AS c
WHERE (c.merchant_id = {p1:String})
GROUP BY x
HAVING sum(c.sign) > 0),
numbers AS (SELECT n, CASE WHEN x LIKE 'n%' AND CASE WHEN (toInt64OrZero(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4)) - 4993) < 0 THEN 0 WHEN (toInt64OrZero(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4)) - 4993) <= 18 THEN toInt64OrZero('0' || substr((CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END || '0000000000000000000'), 5, (toInt64OrZero(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4)) - 4993))) + CASE WHEN substr((CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END || '0000000000000000000'), 5 + (toInt64OrZero(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4)) - 4993), 1) >= '5' THEN 1 ELSE 0 END ELSE 1000000000000000000 END < 1000000000000000000 THEN CASE WHEN x LIKE 'n0%' THEN -(CASE WHEN (toInt64OrZero(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4)) - 4993) < 0 THEN 0 WHEN (toInt64OrZero(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4)) - 4993) <= 18 THEN toInt64OrZero('0' || substr((CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END || '0000000000000000000'), 5, (toInt64OrZero(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4)) - 4993))) + CASE WHEN substr((CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END || '0000000000000000000'), 5 + (toInt64OrZero(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4)) - 4993), 1) >= '5' THEN 1 ELSE 0 END ELSE 1000000000000000000 END) ELSE CASE WHEN (toInt64OrZero(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4)) - 4993) < 0 THEN 0 WHEN (toInt64OrZero(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4)) - 4993) <= 18 THEN toInt64OrZero('0' || substr((CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END || '0000000000000000000'), 5, (toInt64OrZero(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4)) - 4993))) + CASE WHEN substr((CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END || '0000000000000000000'), 5 + (toInt64OrZero(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4)) - 4993), 1) >= '5' THEN 1 ELSE 0 END ELSE 1000000000000000000 END END END AS v
FROM histogram),
ranked AS (SELECT *, sum(n) OVER (ORDER BY v) AS upto, sum(n) OVER () AS whole
FROM numbers
WHERE v IS NOT NULL)
SELECT coalesce(sum(n), 0) AS measured,
       sum(toInt128(v) * n) AS total,
       min(v) AS least,
       max(v) AS greatest,
       min(v) FILTER (WHERE 100 * upto >= 50 * whole) AS p50,
       min(v) FILTER (WHERE 100 * upto >= 90 * whole) AS p90,
       min(v) FILTER (WHERE 100 * upto >= 95 * whole) AS p95,
       min(v) FILTER (WHERE 100 * upto >= 99 * whole) AS p99
FROM ranked
LIMIT 1000001
-- values
--   'kage'
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
WITH histogram AS (SELECT positiveModulo((toInt32(intDiv((toUnixTimestamp64Micro(c.started_at) + 20700000000) + 86400000000000000, 86400000000)) - 1000000) + 3, 7) + 1 AS k0, c.sentiment AS x, coalesce(sum(c.sign), 0) AS n
FROM calls AS c
WHERE (c.merchant_id = {p0:String})
  AND c.started_at >= fromUnixTimestamp64Micro({p1:Int64}, 'UTC')
  AND c.started_at < fromUnixTimestamp64Micro({p2:Int64}, 'UTC')
GROUP BY k0, x
HAVING sum(c.sign) > 0),
numbers AS (SELECT k0, n, toInt64(intDiv((toInt128(toInt64(floor(x * 1099511627776))) * 1099511627776 + toInt64((x * 1099511627776 - floor(x * 1099511627776)) * 1099511627776)) * 2000000 + toInt128('1208925819614629174706176'), 2 * toInt128('1208925819614629174706176'))) AS v
FROM histogram),
ranked AS (SELECT *, sum(n) OVER (PARTITION BY k0 ORDER BY v) AS upto, sum(n) OVER (PARTITION BY k0) AS whole
FROM numbers
WHERE v IS NOT NULL)
SELECT k0,
       coalesce(sum(n), 0) AS measured,
       sum(toInt128(v) * n) AS total,
       min(v) AS least,
       max(v) AS greatest,
       min(v) FILTER (WHERE 100 * upto >= 50 * whole) AS p50,
       min(v) FILTER (WHERE 100 * upto >= 90 * whole) AS p90,
       min(v) FILTER (WHERE 100 * upto >= 95 * whole) AS p95,
       min(v) FILTER (WHERE 100 * upto >= 99 * whole) AS p99
FROM ranked
GROUP BY k0
ORDER BY k0 ASC NULLS LAST
LIMIT 1000001
-- values
--   'mer_abc'
--   1735689600000000
--   1767225599000001

-- full
WITH histogram AS (SELECT c.template_id AS k0, positiveModulo((toInt32(intDiv(multiIf(c.started_at < fromUnixTimestamp64Micro({p0:Int64}, 'UTC'), (toUnixTimestamp64Micro(c.started_at) + 3600000000), toUnixTimestamp64Micro(c.started_at)) + 86400000000000000, 86400000000)) - 1000000) + 3, 7) + 1 AS k1, c.payload_orders.{p1:Identifier}.:String AS x, coalesce(sum(c.sign), 0) AS n
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
GROUP BY k0, k1, x
HAVING sum(c.sign) > 0),
numbers AS (SELECT k0, k1, n, CASE WHEN x LIKE 'n%' AND CASE WHEN (toInt64OrZero(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4)) - 4993) < 0 THEN 0 WHEN (toInt64OrZero(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4)) - 4993) <= 18 THEN toInt64OrZero('0' || substr((CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END || '0000000000000000000'), 5, (toInt64OrZero(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4)) - 4993))) + CASE WHEN substr((CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END || '0000000000000000000'), 5 + (toInt64OrZero(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4)) - 4993), 1) >= '5' THEN 1 ELSE 0 END ELSE 1000000000000000000 END < 1000000000000000000 THEN CASE WHEN x LIKE 'n0%' THEN -(CASE WHEN (toInt64OrZero(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4)) - 4993) < 0 THEN 0 WHEN (toInt64OrZero(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4)) - 4993) <= 18 THEN toInt64OrZero('0' || substr((CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END || '0000000000000000000'), 5, (toInt64OrZero(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4)) - 4993))) + CASE WHEN substr((CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END || '0000000000000000000'), 5 + (toInt64OrZero(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4)) - 4993), 1) >= '5' THEN 1 ELSE 0 END ELSE 1000000000000000000 END) ELSE CASE WHEN (toInt64OrZero(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4)) - 4993) < 0 THEN 0 WHEN (toInt64OrZero(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4)) - 4993) <= 18 THEN toInt64OrZero('0' || substr((CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END || '0000000000000000000'), 5, (toInt64OrZero(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4)) - 4993))) + CASE WHEN substr((CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END || '0000000000000000000'), 5 + (toInt64OrZero(substr(CASE WHEN x LIKE 'n2%' THEN substr(x, 3) WHEN x LIKE 'n0%' THEN rtrim(translate(substr(x, 3), '0123456789', '9876543210'), '~') WHEN x = 'n1' THEN '0000' END, 1, 4)) - 4993), 1) >= '5' THEN 1 ELSE 0 END ELSE 1000000000000000000 END END END AS v
FROM histogram),
ranked AS (SELECT *, sum(n) OVER (PARTITION BY k0, k1 ORDER BY v) AS upto, sum(n) OVER (PARTITION BY k0, k1) AS whole
FROM numbers
WHERE v IS NOT NULL)
SELECT k0,
       k1,
       coalesce(sum(n), 0) AS measured,
       sum(toInt128(v) * n) AS total,
       min(v) AS least,
       max(v) AS greatest,
       min(v) FILTER (WHERE 100 * upto >= 50 * whole) AS p50,
       min(v) FILTER (WHERE 100 * upto >= 90 * whole) AS p90,
       min(v) FILTER (WHERE 100 * upto >= 95 * whole) AS p95,
       min(v) FILTER (WHERE 100 * upto >= 99 * whole) AS p99
FROM ranked
GROUP BY k0, k1
ORDER BY k0 ASC NULLS LAST, k1 ASC NULLS LAST
LIMIT 1000001
-- values
--   1761440400000000
--   'kage'
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
