"""Bringing a database file to the schema this version knows."""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress

import duckdb

from callistics.engines.duckdb.connecting import connect
from callistics.engines.duckdb.operations import REBUILD_DUE, Operation, Sql
from callistics.engines.duckdb.rollups.refresh import rebuild
from callistics.engines.migrations import Migration, load, missing
from callistics.model import instants

PACKAGE = "callistics.engines.duckdb.migrations"


def known() -> list[Migration[Operation]]:
    """Every migration of this version, in order."""
    return load(PACKAGE, Operation, lambda text: (Sql(text),))


def migrate(
    connection: duckdb.DuckDBPyConnection, migrations: Sequence[Migration[Operation]] = ()
) -> list[int]:
    """Apply what is missing, each migration in a transaction of its own; returns their numbers.

    `migrations` are those of this version unless given. Roll-ups that are due are then filled;
    whether the rest is, tells `rebuild_due`. Raises `EngineError` if the file was written by a
    newer version.
    """
    connection.execute(
        "CREATE TABLE IF NOT EXISTS schema_migrations "
        "(number INTEGER NOT NULL, name VARCHAR NOT NULL, applied_at TIMESTAMP NOT NULL)"
    )
    rows = connection.execute("SELECT number FROM schema_migrations").fetchall()
    applied = missing(migrations or known(), {int(number) for (number,) in rows})
    for migration in applied:
        _apply(connection, migration)
    if not rows and _due(connection):
        # Nothing is stored in a file that was just made.
        rebuild_done(connection)
    if _due(connection) == {True}:
        with _transaction(connection):
            rebuild(connection)
            rebuild_done(connection)
    return [migration.number for migration in applied]


def tables_made_by(migrations: Sequence[Migration[Operation]]) -> frozenset[str]:
    """The tables that a new database has after these migrations."""
    with connect(":memory:") as connection:
        migrate(connection, migrations)
        return frozenset(name for (name,) in connection.execute("SHOW TABLES").fetchall())


def rebuild_due(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether a migration has asked for a rebuild that has not come to its end."""
    return bool(_due(connection))


def rebuild_done(connection: duckdb.DuckDBPyConnection) -> None:
    """Note that the rebuild came to its end."""
    connection.execute(f"DROP TABLE {REBUILD_DUE}")


@contextmanager
def closed_on_failure(close: Callable[[], None]) -> Generator[None]:
    """Close what was opened if what follows fails: nobody else will have it."""
    try:
        yield
    except BaseException:
        close()
        raise


def describe(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str]]:
    """Name and type of each column that a table really has, in order; none if there is no table."""
    return connection.execute(
        "SELECT column_name, data_type FROM duckdb_columns() "
        "WHERE database_name = current_database() AND table_name = ? ORDER BY column_index",
        [table],
    ).fetchall()


def _due(connection: duckdb.DuckDBPyConnection) -> set[bool]:
    try:
        rows = connection.execute(f"SELECT DISTINCT rollups FROM {REBUILD_DUE}").fetchall()
    except duckdb.CatalogException:
        # There is no such table. To ask `duckdb_columns()` first takes twice as long.
        return set()
    return {bool(rollups) for (rollups,) in rows}


def _apply(connection: duckdb.DuckDBPyConnection, migration: Migration[Operation]) -> None:
    with _transaction(connection):
        for operation in migration.operations:
            operation.apply(connection)
        connection.execute(
            "INSERT INTO schema_migrations VALUES (?, ?, make_timestamp(?::BIGINT))",
            [migration.number, migration.name, instants.now()],
        )


@contextmanager
def _transaction(connection: duckdb.DuckDBPyConnection) -> Generator[None]:
    connection.execute("BEGIN")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # Some errors end the transaction by themselves.
        with suppress(duckdb.Error):
            connection.execute("ROLLBACK")
        raise
