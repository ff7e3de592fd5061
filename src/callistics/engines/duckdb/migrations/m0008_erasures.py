"""Ids that are blocked as what they name was erased, by digests, with what these are keyed by."""

from callistics.engines.duckdb.operations import Sql

OPERATIONS = (
    Sql(
        """CREATE TABLE block_secret (secret BLOB NOT NULL);
CREATE TABLE blocked_ids (
    digest BLOB NOT NULL,
    until BIGINT NOT NULL
);"""
    ),
)
