"""The audit log: rows are only ever added."""

from callistics.engines.clickhouse.operations import CreateTable

OPERATIONS = (
    CreateTable(
        "audit_log",
        """(
    sequence Int64,
    noted_at Int64,
    action LowCardinality(String),
    key_id String,
    who String,
    details String,
    previous String,
    hash String
) ENGINE = MergeTree
ORDER BY sequence
SETTINGS non_replicated_deduplication_window = 1000""",
        sharded=False,
    ),
)
