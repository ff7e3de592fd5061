"""Ids that are blocked, by keyed digests; and since when (µs) erased rows are in which tables."""

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
    CreateTable(
        "overwriting_due",
        """(
    since Int64
) ENGINE = MergeTree
ORDER BY since
SETTINGS non_replicated_deduplication_window = 1000""",
        sharded=False,
    ),
)
