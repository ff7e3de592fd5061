"""Bringing a database file to the schema this version knows."""

import time
from importlib import resources

import duckdb

from callistics.errors import EngineError

_PACKAGE = "callistics.engines.duckdb.migrations"


def migrations() -> list[tuple[int, str, str]]:
    """(number, name, SQL) of every migration, in order."""
    found: list[tuple[int, str, str]] = []
    for file in resources.files(_PACKAGE).iterdir():
        if file.name.endswith(".sql"):
            number, _, name = file.name.removesuffix(".sql").partition("_")
            found.append((int(number), name, file.read_text(encoding="utf-8")))
    return sorted(found)


def migrate(connection: duckdb.DuckDBPyConnection) -> list[int]:
    """Apply what is missing, each migration in a transaction of its own; returns their numbers.

    Raises `EngineError` if the file was written by a newer version.
    """
    connection.execute(
        "CREATE TABLE IF NOT EXISTS schema_migrations "
        "(number INTEGER NOT NULL, name VARCHAR NOT NULL, applied_at TIMESTAMP NOT NULL)"
    )
    rows = connection.execute("SELECT number FROM schema_migrations").fetchall()
    done = {int(number) for (number,) in rows}
    known = migrations()
    newest = max(number for number, _, _ in known)
    if done and max(done) > newest:
        raise EngineError(
            f"the database has schema {max(done)}, this version knows up to {newest}: "
            "it was written by a newer Callistics"
        )
    missing = [migration for migration in known if migration[0] not in done]
    for number, name, statements in missing:
        _apply(connection, number, name, statements)
    return [number for number, _, _ in missing]


def _apply(connection: duckdb.DuckDBPyConnection, number: int, name: str, statements: str) -> None:
    connection.execute("BEGIN")
    try:
        connection.execute(statements)
        connection.execute(
            "INSERT INTO schema_migrations VALUES (?, ?, make_timestamp(?::BIGINT))",
            [number, name, time.time_ns() // 1000],
        )
        connection.execute("COMMIT")
    except duckdb.Error:
        connection.execute("ROLLBACK")
        raise
