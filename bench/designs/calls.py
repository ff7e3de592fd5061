"""The calls that table designs are compared with, and which of them are sent again."""

from bench.designs.store import Store

BATCHES = 10
COLUMNS = (
    "merchant_id, call_id, lead_id, started_at, duration_ms, provider, outcome, attempt,"
    " sentiment, payload, row_id, version"
)
KEY = "PARTITION BY toYYYYMM(started_at) ORDER BY (merchant_id, started_at, call_id)"
SCHEMA = """
    merchant_id LowCardinality(String),
    call_id String CODEC(ZSTD),
    lead_id String CODEC(ZSTD),
    started_at DateTime64(6, 'UTC') CODEC(Delta, ZSTD),
    duration_ms Nullable(Int64),
    provider LowCardinality(Nullable(String)),
    outcome LowCardinality(Nullable(String)),
    attempt Int32,
    sentiment Nullable(Float64),
    payload JSON,
    row_id UInt64,
    version UInt64
"""
# 200 merchants of very different size, 24 months; a fifth of the calls has no duration, one in
# twelve no outcome. The times of a call never change here, which is kind to most designs.
_CALLS = """
SELECT 'm' || leftPad(toString(toUInt32(200 * pow(h1 % 1000000 / 1000000, 2))), 3, '0'),
       lower(hex(sipHash128(number))) AS call,
       lower(hex(sipHash64(number % {leads}, 'lead'))),
       fromUnixTimestamp64Micro(1704067200000000 + toInt64(h2 % 63158400000000), 'UTC'),
       if(h3 % 5 = 0, NULL, toInt64(1000 + pow(h3 % 1000000 / 1000000, 3) * 600000)),
       'provider' || toString(h4 % 6),
       if(h4 % 12 = 0, NULL, 'outcome' || toString(h4 % 12)),
       toInt32(1 + h5 % 5),
       if(h5 % 3 = 0, NULL, h5 % 1000 / 1000),
       '{{"kcity":"city' || toString(h6 % 50) || '","kplan":"plan' || toString(h6 % 4)
           || '","klanguage":"l' || toString(h6 % 7) || '","kage":"' || toString(h6 % 80) || '"}}',
       cityHash64(call),
       1
FROM (SELECT number, sipHash64(number, 1) AS h1, sipHash64(number, 2) AS h2,
             sipHash64(number, 3) AS h3, sipHash64(number, 4) AS h4, sipHash64(number, 5) AS h5,
             sipHash64(number, 6) AS h6
      FROM numbers({calls}))
"""


def make(store: Store, calls: int) -> None:
    """Fill `source` with calls; `old` and `fresh` with those sent again, before and after.

    `fresh` has another outcome and duration and a higher version; `batch` goes from 0 to 9 in
    both, and a batch is a thousandth of the calls, chosen at random.
    """
    store.run(f"CREATE TABLE source ({SCHEMA}) ENGINE = MergeTree {KEY}")
    chosen = _CALLS.format(calls=calls, leads=max(calls // 3, 1))
    store.run(f"INSERT INTO source ({COLUMNS}) {chosen}")
    store.run("OPTIMIZE TABLE source FINAL")
    store.run(
        f"CREATE TABLE old ENGINE = Memory AS SELECT {COLUMNS}, "
        "toUInt8(sipHash64(row_id, 'again') % 1000) AS batch FROM source "
        f"WHERE sipHash64(row_id, 'again') % 1000 < {BATCHES}"
    )
    store.run(
        "CREATE TABLE fresh ENGINE = Memory AS SELECT * REPLACE ("
        "duration_ms + 7 AS duration_ms, 'outcome' || toString(row_id % 11) AS outcome, "
        "toUInt64(2) AS version) FROM old"
    )
