"""What a migration of a database file is made of.

A migration is one transaction: all of its operations, or none. Python steps see the schema of
their own number, so they use SQL of their own and none of what newer versions may change.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import duckdb

REBUILD_DUE = "rebuild_due"
"""The table that is there as long as a rebuild is due."""


class Operation(ABC):
    """One operation of a migration."""

    @abstractmethod
    def apply(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Do it, within the migration's transaction. Raises `duckdb.Error`."""


@dataclass(frozen=True, slots=True)
class Sql(Operation):
    """Statements of any kind, separated by semicolons."""

    text: str

    def apply(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Execute them in order."""
        connection.execute(self.text)


@dataclass(frozen=True, slots=True)
class AddColumn(Operation):
    """A new last column, NULL in every row unless `type` has a DEFAULT (`BIGINT DEFAULT 0`)."""

    table: str
    column: str
    type: str

    def apply(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Add it."""
        connection.execute(f"ALTER TABLE {self.table} ADD COLUMN {self.column} {self.type}")


@dataclass(frozen=True, slots=True)
class Recompute(Operation):
    """A column that is derived from another of the same row, by a function of each distinct value.

    The function is not called for NULL, which gives NULL.
    """

    table: str
    column: str
    source: str
    function: Callable[[str], str | None]

    def apply(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Update the rows whose value is another now."""
        table, column, source = self.table, self.column, self.source
        distinct = f"SELECT DISTINCT {source} FROM {table} WHERE {source} IS NOT NULL"
        found = [value for (value,) in connection.execute(distinct).fetchall()]
        if found:
            derived = [self.function(value) for value in found]
            connection.execute(
                f"UPDATE {table} SET {column} = d.derived FROM "
                "(SELECT unnest($1::VARCHAR[]) AS source, unnest($2::VARCHAR[]) AS derived) AS d "
                f"WHERE {table}.{source} = d.source "
                f"AND {table}.{column} IS DISTINCT FROM d.derived",
                [found, derived],
            )
        connection.execute(
            f"UPDATE {table} SET {column} = NULL WHERE {source} IS NULL AND {column} IS NOT NULL"
        )


@dataclass(frozen=True, slots=True)
class RunPython(Operation):
    """A function of the open connection; it neither begins nor ends a transaction."""

    function: Callable[[duckdb.DuckDBPyConnection], None]

    def apply(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Call it."""
        self.function(connection)


@dataclass(frozen=True, slots=True)
class Rebuild(Operation):
    """All that is derived is recomputed, once, when every migration has been applied.

    With `rollups` the roll-ups alone are. What is due outlives a process that is killed.
    """

    rollups: bool = False

    def apply(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Write down that it is due."""
        connection.execute(f"CREATE TABLE IF NOT EXISTS {REBUILD_DUE} (rollups BOOLEAN NOT NULL)")
        connection.execute(f"INSERT INTO {REBUILD_DUE} VALUES (?)", [self.rollups])
