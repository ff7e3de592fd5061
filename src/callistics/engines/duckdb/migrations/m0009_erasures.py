"""Ids that are blocked, by keyed digests; and since when (µs) erased bytes are in the file."""

from callistics.engines.duckdb.operations import Sql

OPERATIONS = (
    Sql(
        """CREATE TABLE block_secret (secret BLOB NOT NULL);
CREATE TABLE blocked_ids (
    digest BLOB NOT NULL,
    until BIGINT NOT NULL
);
CREATE TABLE overwriting_due (since BIGINT NOT NULL);"""
    ),
)
