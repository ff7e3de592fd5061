CREATE TABLE IF NOT EXISTS schema_migrations ON CLUSTER calls_cluster (
    number UInt32,
    name String,
    applied_at DateTime64(6, 'UTC') DEFAULT now64(6, 'UTC')
) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/all/{database}/schema_migrations', '{shard}-{replica}')
ORDER BY number;

CREATE TABLE IF NOT EXISTS calls_local ON CLUSTER calls_cluster (
    merchant_id LowCardinality(String),
    call_id String CODEC(ZSTD),
    reseller_id LowCardinality(String),
    template_id LowCardinality(Nullable(String)),
    lead_id String CODEC(ZSTD),
    started_at DateTime64(6, 'UTC') CODEC(Delta, ZSTD),
    ended_at Nullable(DateTime64(6, 'UTC')),
    duration_sent_ms Nullable(Int64),
    duration_ms Nullable(Int64),
    provider LowCardinality(Nullable(String)),
    direction LowCardinality(Nullable(String)),
    attempt_sent Nullable(Int32),
    attempt Int32,
    outcome LowCardinality(Nullable(String)),
    outcome_key LowCardinality(Nullable(String)),
    sentiment Nullable(Float64),
    test Nullable(Bool),
    payload_own Nullable(String) CODEC(ZSTD),
    payload_base Nullable(String) CODEC(ZSTD),
    payload JSON,
    payload_lists Map(String, Array(Array(Nullable(String)))),
    payload_orders JSON,
    events Array(Tuple(status Nullable(String), since Nullable(DateTime64(6, 'UTC')))),
    updated_at DateTime64(6, 'UTC') CODEC(Delta, ZSTD),
    field_times Nullable(String) CODEC(ZSTD),
    version UInt64 CODEC(Delta, ZSTD),
    sign Int8,
    INDEX call_of (call_id) TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX lead_of (lead_id) TYPE bloom_filter(0.01) GRANULARITY 1
) ENGINE = ReplicatedVersionedCollapsingMergeTree('/clickhouse/tables/{shard}/{database}/calls', '{replica}', sign, version)
PARTITION BY toYYYYMM(started_at)
ORDER BY (merchant_id, started_at, call_id)
SETTINGS non_replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS calls ON CLUSTER calls_cluster AS calls_local
ENGINE = Distributed(calls_cluster, currentDatabase(), calls_local, cityHash64(merchant_id));

CREATE TABLE IF NOT EXISTS calls_held_local ON CLUSTER calls_cluster (
    merchant_id String,
    call_id String,
    reseller_id Nullable(String),
    template_id Nullable(String),
    lead_id Nullable(String),
    started_at Nullable(DateTime64(6, 'UTC')),
    ended_at Nullable(DateTime64(6, 'UTC')),
    duration_sent_ms Nullable(Int64),
    duration_ms Nullable(Int64),
    provider Nullable(String),
    direction Nullable(String),
    attempt_sent Nullable(Int32),
    outcome Nullable(String),
    outcome_key Nullable(String),
    sentiment Nullable(Float64),
    test Nullable(Bool),
    payload_own Nullable(String) CODEC(ZSTD),
    events Array(Tuple(status Nullable(String), since Nullable(DateTime64(6, 'UTC')))),
    updated_at DateTime64(6, 'UTC'),
    field_times Nullable(String),
    version UInt64,
    sign Int8
) ENGINE = ReplicatedVersionedCollapsingMergeTree('/clickhouse/tables/{shard}/{database}/calls_held', '{replica}', sign, version)
ORDER BY (merchant_id, call_id)
SETTINGS non_replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS calls_held ON CLUSTER calls_cluster AS calls_held_local
ENGINE = Distributed(calls_cluster, currentDatabase(), calls_held_local, cityHash64(merchant_id));

CREATE TABLE IF NOT EXISTS lead_records_local ON CLUSTER calls_cluster (
    merchant_id String,
    lead_id String,
    reseller_id Nullable(String),
    template_id Nullable(String),
    created_at Nullable(DateTime64(6, 'UTC')),
    payload_own Nullable(String) CODEC(ZSTD),
    events Array(Tuple(status Nullable(String), since Nullable(DateTime64(6, 'UTC')))),
    first_seen DateTime64(6, 'UTC'),
    updated_at DateTime64(6, 'UTC'),
    field_times Nullable(String),
    version UInt64,
    sign Int8
) ENGINE = ReplicatedVersionedCollapsingMergeTree('/clickhouse/tables/{shard}/{database}/lead_records', '{replica}', sign, version)
ORDER BY (merchant_id, lead_id)
SETTINGS non_replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS lead_records ON CLUSTER calls_cluster AS lead_records_local
ENGINE = Distributed(calls_cluster, currentDatabase(), lead_records_local, cityHash64(merchant_id));

CREATE TABLE IF NOT EXISTS leads_local ON CLUSTER calls_cluster (
    merchant_id LowCardinality(String),
    lead_id String CODEC(ZSTD),
    reseller_id LowCardinality(String),
    template_id LowCardinality(Nullable(String)),
    created_at DateTime64(6, 'UTC') CODEC(Delta, ZSTD),
    status LowCardinality(Nullable(String)),
    statuses Array(LowCardinality(String)),
    history Array(Tuple(status Nullable(String), since Nullable(DateTime64(6, 'UTC')))),
    payload_json Nullable(String) CODEC(ZSTD),
    payload JSON,
    payload_lists Map(String, Array(Array(Nullable(String)))),
    payload_orders JSON,
    version UInt64 CODEC(Delta, ZSTD),
    sign Int8
) ENGINE = ReplicatedVersionedCollapsingMergeTree('/clickhouse/tables/{shard}/{database}/leads', '{replica}', sign, version)
ORDER BY (merchant_id, lead_id)
SETTINGS non_replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS leads ON CLUSTER calls_cluster AS leads_local
ENGINE = Distributed(calls_cluster, currentDatabase(), leads_local, cityHash64(merchant_id));

CREATE TABLE IF NOT EXISTS arrivals ON CLUSTER calls_cluster (
    last Int64
) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/all/{database}/arrivals', '{shard}-{replica}', last)
ORDER BY tuple()
SETTINGS non_replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS access_keys ON CLUSTER calls_cluster (
    id String,
    version Int64,
    name String,
    hash String,
    permissions Array(String),
    limits Array(String),
    reseller_ids Array(String),
    merchant_ids Array(String),
    template_ids Array(String),
    created_at Int64,
    expires_at Nullable(Int64),
    revoked_at Nullable(Int64),
    last_used_at Nullable(Int64)
) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/all/{database}/access_keys', '{shard}-{replica}', version)
ORDER BY id
SETTINGS non_replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS kept_answers ON CLUSTER calls_cluster (
    key_id String,
    idempotency_key String,
    body_hash String,
    status UInt16,
    answer String,
    kept_at DateTime64(6, 'UTC')
) ENGINE = ReplicatedMergeTree('/clickhouse/tables/all/{database}/kept_answers', '{shard}-{replica}')
ORDER BY (key_id, idempotency_key)
TTL toDateTime(kept_at) + INTERVAL 2 DAY
SETTINGS non_replicated_deduplication_window = 1000;

ALTER TABLE calls_local ON CLUSTER calls_cluster UPDATE outcome_key = NULL WHERE outcome IS NULL AND outcome_key IS NOT NULL SETTINGS alter_sync = 2, mutations_sync = 2;

ALTER TABLE calls_held_local ON CLUSTER calls_cluster UPDATE outcome_key = NULL WHERE outcome IS NULL AND outcome_key IS NOT NULL SETTINGS alter_sync = 2, mutations_sync = 2;

CREATE TABLE IF NOT EXISTS key_uses ON CLUSTER calls_cluster (
    id String,
    last_used_at Int64
) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/all/{database}/key_uses', '{shard}-{replica}', last_used_at)
ORDER BY id
SETTINGS non_replicated_deduplication_window = 1000;

ALTER TABLE calls_local ON CLUSTER calls_cluster ADD COLUMN IF NOT EXISTS agent_id LowCardinality(Nullable(String)) SETTINGS alter_sync = 2, mutations_sync = 2;

ALTER TABLE calls ON CLUSTER calls_cluster ADD COLUMN IF NOT EXISTS agent_id LowCardinality(Nullable(String));

ALTER TABLE calls_local ON CLUSTER calls_cluster ADD COLUMN IF NOT EXISTS end_reason LowCardinality(Nullable(String)) SETTINGS alter_sync = 2, mutations_sync = 2;

ALTER TABLE calls ON CLUSTER calls_cluster ADD COLUMN IF NOT EXISTS end_reason LowCardinality(Nullable(String));

ALTER TABLE calls_local ON CLUSTER calls_cluster ADD COLUMN IF NOT EXISTS language LowCardinality(Nullable(String)) SETTINGS alter_sync = 2, mutations_sync = 2;

ALTER TABLE calls ON CLUSTER calls_cluster ADD COLUMN IF NOT EXISTS language LowCardinality(Nullable(String));

ALTER TABLE calls_local ON CLUSTER calls_cluster ADD COLUMN IF NOT EXISTS answered_at Nullable(DateTime64(6, 'UTC')) SETTINGS alter_sync = 2, mutations_sync = 2;

ALTER TABLE calls ON CLUSTER calls_cluster ADD COLUMN IF NOT EXISTS answered_at Nullable(DateTime64(6, 'UTC'));

ALTER TABLE calls_local ON CLUSTER calls_cluster ADD COLUMN IF NOT EXISTS success Nullable(Bool) SETTINGS alter_sync = 2, mutations_sync = 2;

ALTER TABLE calls ON CLUSTER calls_cluster ADD COLUMN IF NOT EXISTS success Nullable(Bool);

ALTER TABLE calls_local ON CLUSTER calls_cluster ADD COLUMN IF NOT EXISTS cost_micros Nullable(Int64) SETTINGS alter_sync = 2, mutations_sync = 2;

ALTER TABLE calls ON CLUSTER calls_cluster ADD COLUMN IF NOT EXISTS cost_micros Nullable(Int64);

ALTER TABLE calls_local ON CLUSTER calls_cluster ADD COLUMN IF NOT EXISTS currency LowCardinality(Nullable(String)) SETTINGS alter_sync = 2, mutations_sync = 2;

ALTER TABLE calls ON CLUSTER calls_cluster ADD COLUMN IF NOT EXISTS currency LowCardinality(Nullable(String));

ALTER TABLE calls_held_local ON CLUSTER calls_cluster ADD COLUMN IF NOT EXISTS agent_id LowCardinality(Nullable(String)) SETTINGS alter_sync = 2, mutations_sync = 2;

ALTER TABLE calls_held ON CLUSTER calls_cluster ADD COLUMN IF NOT EXISTS agent_id LowCardinality(Nullable(String));

ALTER TABLE calls_held_local ON CLUSTER calls_cluster ADD COLUMN IF NOT EXISTS end_reason LowCardinality(Nullable(String)) SETTINGS alter_sync = 2, mutations_sync = 2;

ALTER TABLE calls_held ON CLUSTER calls_cluster ADD COLUMN IF NOT EXISTS end_reason LowCardinality(Nullable(String));

ALTER TABLE calls_held_local ON CLUSTER calls_cluster ADD COLUMN IF NOT EXISTS language LowCardinality(Nullable(String)) SETTINGS alter_sync = 2, mutations_sync = 2;

ALTER TABLE calls_held ON CLUSTER calls_cluster ADD COLUMN IF NOT EXISTS language LowCardinality(Nullable(String));

ALTER TABLE calls_held_local ON CLUSTER calls_cluster ADD COLUMN IF NOT EXISTS answered_at Nullable(DateTime64(6, 'UTC')) SETTINGS alter_sync = 2, mutations_sync = 2;

ALTER TABLE calls_held ON CLUSTER calls_cluster ADD COLUMN IF NOT EXISTS answered_at Nullable(DateTime64(6, 'UTC'));

ALTER TABLE calls_held_local ON CLUSTER calls_cluster ADD COLUMN IF NOT EXISTS success Nullable(Bool) SETTINGS alter_sync = 2, mutations_sync = 2;

ALTER TABLE calls_held ON CLUSTER calls_cluster ADD COLUMN IF NOT EXISTS success Nullable(Bool);

ALTER TABLE calls_held_local ON CLUSTER calls_cluster ADD COLUMN IF NOT EXISTS cost_micros Nullable(Int64) SETTINGS alter_sync = 2, mutations_sync = 2;

ALTER TABLE calls_held ON CLUSTER calls_cluster ADD COLUMN IF NOT EXISTS cost_micros Nullable(Int64);

ALTER TABLE calls_held_local ON CLUSTER calls_cluster ADD COLUMN IF NOT EXISTS currency LowCardinality(Nullable(String)) SETTINGS alter_sync = 2, mutations_sync = 2;

ALTER TABLE calls_held ON CLUSTER calls_cluster ADD COLUMN IF NOT EXISTS currency LowCardinality(Nullable(String));

ALTER TABLE calls_local ON CLUSTER calls_cluster ADD COLUMN IF NOT EXISTS payload_shape LowCardinality(Nullable(String)) SETTINGS alter_sync = 2, mutations_sync = 2;

ALTER TABLE calls ON CLUSTER calls_cluster ADD COLUMN IF NOT EXISTS payload_shape LowCardinality(Nullable(String));

ALTER TABLE leads_local ON CLUSTER calls_cluster ADD COLUMN IF NOT EXISTS payload_shape LowCardinality(Nullable(String)) SETTINGS alter_sync = 2, mutations_sync = 2;

ALTER TABLE leads ON CLUSTER calls_cluster ADD COLUMN IF NOT EXISTS payload_shape LowCardinality(Nullable(String));

CREATE TABLE IF NOT EXISTS rebuild_due ON CLUSTER calls_cluster (due UInt8) ENGINE = Null;

CREATE TABLE IF NOT EXISTS token_secret ON CLUSTER calls_cluster (
    id UInt8,
    version Int64,
    secret String
) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/all/{database}/token_secret', '{shard}-{replica}', version)
ORDER BY id
SETTINGS non_replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS webhook_endpoints ON CLUSTER calls_cluster (
    id String,
    version Int64,
    definition String
) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/all/{database}/webhook_endpoints', '{shard}-{replica}', version)
ORDER BY id
SETTINGS non_replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS webhook_bodies ON CLUSTER calls_cluster (
    id String,
    endpoint_id String,
    received_at Int64,
    content_type LowCardinality(String),
    body String CODEC(NONE)
) ENGINE = ReplicatedMergeTree('/clickhouse/tables/all/{database}/webhook_bodies', '{shard}-{replica}')
ORDER BY (received_at, id)
SETTINGS non_replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS webhook_results ON CLUSTER calls_cluster (
    body_id String,
    version Int64,
    state LowCardinality(String),
    reason String,
    calls String
) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/all/{database}/webhook_results', '{shard}-{replica}', version)
ORDER BY body_id
SETTINGS non_replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS audit_log ON CLUSTER calls_cluster (
    sequence Int64,
    noted_at Int64,
    action LowCardinality(String),
    key_id String,
    who String,
    details String,
    previous String,
    hash String
) ENGINE = ReplicatedMergeTree('/clickhouse/tables/all/{database}/audit_log', '{shard}-{replica}')
ORDER BY sequence
SETTINGS non_replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS block_secret ON CLUSTER calls_cluster (
    id UInt8,
    version Int64,
    secret String
) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/all/{database}/block_secret', '{shard}-{replica}', version)
ORDER BY id
SETTINGS non_replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS blocked_ids ON CLUSTER calls_cluster (
    digest String,
    until Int64
) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/all/{database}/blocked_ids', '{shard}-{replica}', until)
ORDER BY digest
TTL toDateTime(intDiv(until, 1000000))
SETTINGS non_replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS overwriting_due ON CLUSTER calls_cluster (
    since Int64
) ENGINE = ReplicatedMergeTree('/clickhouse/tables/all/{database}/overwriting_due', '{shard}-{replica}')
ORDER BY since
SETTINGS non_replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS alert_rows ON CLUSTER calls_cluster (
    kind LowCardinality(String),
    id String,
    alert_id String,
    version Int64,
    content String
) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/all/{database}/alert_rows', '{shard}-{replica}', version)
ORDER BY (kind, id)
SETTINGS non_replicated_deduplication_window = 1000;
