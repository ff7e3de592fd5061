"""Alerts, where they stand, what changed and what was told; the newest version counts."""

from callistics.engines.clickhouse.operations import CreateTable

OPERATIONS = (
    CreateTable(
        "alert_rows",
        """(
    kind LowCardinality(String),
    id String,
    alert_id String,
    version Int64,
    content String
) ENGINE = ReplacingMergeTree(version)
ORDER BY (kind, id)
SETTINGS non_replicated_deduplication_window = 1000""",
        sharded=False,
    ),
)
