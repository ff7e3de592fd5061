"""Alerts, where they stand, what changed and what was told; the newest version counts."""

from callistics.engines.duckdb.operations import Sql

OPERATIONS = (
    Sql(
        """CREATE TABLE alert_rows (
    kind VARCHAR NOT NULL,
    id VARCHAR NOT NULL,
    alert_id VARCHAR NOT NULL,
    version BIGINT NOT NULL,
    content VARCHAR NOT NULL
);"""
    ),
)
