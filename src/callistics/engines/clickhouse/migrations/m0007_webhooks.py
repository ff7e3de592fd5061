"""Webhook endpoints, the bodies that came, and what became of each; the newest version counts."""

from callistics.engines.clickhouse.operations import CreateTable

OPERATIONS = (
    CreateTable(
        "webhook_endpoints",
        """(
    id String,
    version Int64,
    definition String
) ENGINE = ReplacingMergeTree(version)
ORDER BY id
SETTINGS non_replicated_deduplication_window = 1000""",
        sharded=False,
    ),
    CreateTable(
        "webhook_bodies",
        """(
    id String,
    endpoint_id String,
    received_at Int64,
    content_type LowCardinality(String),
    body String CODEC(NONE)
) ENGINE = MergeTree
ORDER BY (received_at, id)
SETTINGS non_replicated_deduplication_window = 1000""",
        sharded=False,
    ),
    CreateTable(
        "webhook_results",
        """(
    body_id String,
    version Int64,
    state LowCardinality(String),
    reason String,
    calls String
) ENGINE = ReplacingMergeTree(version)
ORDER BY body_id
SETTINGS non_replicated_deduplication_window = 1000""",
        sharded=False,
    ),
)
