"""Bringing a database file to the schema this version knows."""

import time

import duckdb

from callistics.engines.migrations import Migration, load, missing

PACKAGE = "callistics.engines.duckdb.migrations"


def migrate(connection: duckdb.DuckDBPyConnection) -> list[int]:
    """Apply what is missing, each migration in a transaction of its own; returns their numbers.

    Raises `EngineError` if the file was written by a newer version.
    """
    connection.execute(
        "CREATE TABLE IF NOT EXISTS schema_migrations "
        "(number INTEGER NOT NULL, name VARCHAR NOT NULL, applied_at TIMESTAMP NOT NULL)"
    )
    rows = connection.execute("SELECT number FROM schema_migrations").fetchall()
    applied = missing(load(PACKAGE), {int(number) for (number,) in rows})
    for migration in applied:
        _apply(connection, migration)
    return [migration.number for migration in applied]


def _apply(connection: duckdb.DuckDBPyConnection, migration: Migration) -> None:
    connection.execute("BEGIN")
    try:
        connection.execute(migration.sql)
        connection.execute(
            "INSERT INTO schema_migrations VALUES (?, ?, make_timestamp(?::BIGINT))",
            [migration.number, migration.name, time.time_ns() // 1000],
        )
        connection.execute("COMMIT")
    except duckdb.Error:
        connection.execute("ROLLBACK")
        raise
