"""The audit log: rows are only ever added."""

from callistics.engines.duckdb.operations import Sql

OPERATIONS = (
    Sql(
        """CREATE TABLE audit_log (
    sequence BIGINT NOT NULL,
    noted_at BIGINT NOT NULL,
    action VARCHAR NOT NULL,
    key_id VARCHAR NOT NULL,
    who VARCHAR NOT NULL,
    details VARCHAR NOT NULL,
    previous VARCHAR NOT NULL,
    hash VARCHAR NOT NULL
)"""
    ),
)
