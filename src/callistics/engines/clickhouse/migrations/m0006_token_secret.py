"""The secret that tokens are signed with, which outlives the process: the newest row counts."""

from callistics.engines.clickhouse.operations import CreateTable

OPERATIONS = (
    CreateTable(
        "token_secret",
        """(
    id UInt8,
    version Int64,
    secret String
) ENGINE = ReplacingMergeTree(version)
ORDER BY id
SETTINGS non_replicated_deduplication_window = 1000""",
        sharded=False,
    ),
)
