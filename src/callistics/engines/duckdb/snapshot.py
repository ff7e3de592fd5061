"""One state of the records, for several statements: a transaction that reads."""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager

from callistics.engines.duckdb.observers import DataVersion
from callistics.engines.duckdb.statement_cache import StatementCache
from callistics.sql.dialect import SqlRow, Statement

Execute = Callable[[StatementCache, Statement], Sequence[SqlRow]]


class DuckDBSnapshot:
    """Implements `engines.base.Snapshot`: a statement that fails ends the transaction."""

    def __init__(self, reader: StatementCache, execute: Execute, version: int | None) -> None:
        self._reader, self._execute = reader, execute
        self._kept = 0
        self.version = version
        self.lost = False

    @property
    def has_kept(self) -> bool:
        """Whether rows were kept apart, or were to be."""
        return self._kept > 0

    def run(self, statement: Statement) -> Sequence[SqlRow]:
        """The rows of a statement. Raises `TimedOut` past the time limit."""
        try:
            return self._execute(self._reader, statement)
        except BaseException:
            self.lost = True
            raise

    def keep(self, rows: Statement) -> tuple[str, int]:
        """Keep the rows of a SELECT apart: the table that has them until the end, how many."""
        if not self.has_kept:
            # Else one thread alone copies as many rows as a limit lets through.
            self._reader.execute("SET SESSION preserve_insertion_order = false")
        self._kept += 1
        name = f"kept_{self._kept}"
        made = Statement(f"CREATE TEMP TABLE {name} AS {rows.text}", rows.values)
        ((count,),) = self.run(made)
        return name, int(count or 0)


@contextmanager
def snapshot(
    reader: StatementCache, execute: Execute, versions: DataVersion
) -> Generator[DuckDBSnapshot]:
    """The state as it is now, on a connection of its own until the end."""
    before, found = versions.settled, None
    reader.connection.execute("BEGIN")
    try:
        # A transaction sees what was committed before it first looks.
        reader.execute("SELECT 1 FROM calls LIMIT 0").fetchall()
        found = DuckDBSnapshot(reader, execute, before if before == versions.settled else None)
        yield found
    finally:
        # Nothing was written but tables that are to go.
        reader.connection.execute("ROLLBACK")
        if found is not None and found.has_kept:
            reader.execute("RESET SESSION preserve_insertion_order")
