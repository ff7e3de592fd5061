-- open: ends of the range
SELECT min(s), max(e) - 1
FROM (SELECT epoch_us(c.started_at) AS s, epoch_us(c.started_at) + 1000 * c.duration_ms AS e
FROM calls AS c
WHERE TRUE
  AND c.duration_ms > 0) AS spans

-- open
WITH under_way AS (SELECT greatest(epoch_us(c.started_at), ?::BIGINT) AS s, least(epoch_us(c.started_at) + 1000 * c.duration_ms, ?::BIGINT) AS e, 1 AS w
FROM calls AS c
WHERE epoch_us(c.started_at) + 1000 * c.duration_ms > ?::BIGINT
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
--   1735689600000000
--   datetime.datetime(2025, 1, 1, 0, 0)
--   datetime.datetime(2026, 1, 1, 0, 0)

-- month
WITH under_way AS (SELECT greatest(epoch_us(c.started_at), ?::BIGINT) AS s, least(epoch_us(c.started_at) + 1000 * c.duration_ms, ?::BIGINT) AS e, 1 AS w
FROM calls AS c
WHERE (c.reseller_id = ?)
  AND epoch_us(c.started_at) + 1000 * c.duration_ms > ?::BIGINT
  AND c.started_at < ?
  AND c.duration_ms > 0)
, events AS (SELECT ((make_timestamp(s) + to_microseconds(19800000000)))::DATE - DATE '1970-01-01' AS b, s AS t, w AS d
FROM under_way
UNION ALL
SELECT ((make_timestamp(e - 1) + to_microseconds(19800000000)))::DATE - DATE '1970-01-01' AS b, e AS t, -w AS d
FROM under_way)
, levels AS (SELECT b, t, d, sum(d) OVER (ORDER BY t, d ROWS UNBOUNDED PRECEDING) AS level
FROM events)
SELECT b AS k0, max(level) AS most, sum(d) AS change, sum(CAST(t AS HUGEINT) * d) AS moment
FROM levels
GROUP BY b
ORDER BY k0 ASC NULLS LAST
LIMIT 1000001
-- values
--   1754332200000000
--   1761935400000000
--   'res_north'
--   1754332200000000
--   datetime.datetime(2025, 10, 31, 18, 30)

-- provider: ends of the range
SELECT min(s), max(e) - 1
FROM (SELECT epoch_us(c.started_at) AS s, epoch_us(c.started_at) + 1000 * c.duration_ms AS e
FROM calls AS c
WHERE c.started_at < ?
  AND ((c.provider = ?) OR c.provider IS NULL)
  AND c.duration_ms > 0) AS spans

-- provider
WITH under_way AS (SELECT greatest(epoch_us(c.started_at), ?::BIGINT) AS s, least(epoch_us(c.started_at) + 1000 * c.duration_ms, ?::BIGINT) AS e, 1 AS w
FROM calls AS c
WHERE epoch_us(c.started_at) + 1000 * c.duration_ms > ?::BIGINT
  AND c.started_at >= ?
  AND c.started_at < ?
  AND ((c.provider = ?) OR c.provider IS NULL)
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
--   1761912060000000
--   1735689600000000
--   datetime.datetime(2025, 1, 1, 0, 0)
--   datetime.datetime(2025, 10, 31, 12, 1)
--   'TWILIO'
