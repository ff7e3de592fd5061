"""Webhook endpoints, the bodies that came, and what became of each; the newest version counts."""

from callistics.engines.duckdb.operations import Sql

OPERATIONS = (
    Sql(
        """CREATE TABLE webhook_endpoints (
    id VARCHAR NOT NULL,
    version BIGINT NOT NULL,
    definition VARCHAR NOT NULL
);
CREATE TABLE webhook_bodies (
    id VARCHAR NOT NULL,
    endpoint_id VARCHAR NOT NULL,
    received_at BIGINT NOT NULL,
    content_type VARCHAR NOT NULL,
    body BLOB NOT NULL
);
CREATE TABLE webhook_results (
    body_id VARCHAR NOT NULL,
    version BIGINT NOT NULL,
    state VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    calls VARCHAR NOT NULL
);"""
    ),
)
