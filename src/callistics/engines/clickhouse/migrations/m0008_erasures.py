"""Ids that are blocked as what they name was erased, by digests, with what these are keyed by."""

from callistics.engines.clickhouse.operations import CreateTable

OPERATIONS = (
    CreateTable(
        "block_secret",
        """(
    id UInt8,
    version Int64,
    secret String
) ENGINE = ReplacingMergeTree(version)
ORDER BY id
SETTINGS non_replicated_deduplication_window = 1000""",
        sharded=False,
    ),
    CreateTable(
        "blocked_ids",
        """(
    digest String,
    until Int64
) ENGINE = ReplacingMergeTree(until)
ORDER BY digest
TTL toDateTime(intDiv(until, 1000000))
SETTINGS non_replicated_deduplication_window = 1000""",
        sharded=False,
    ),
)
