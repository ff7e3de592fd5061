"""Making a database file anew out of the parts of a backup."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from callistics.engines.duckdb.checkpoint_journal import journal_of
from callistics.engines.duckdb.connecting import connect
from callistics.engines.duckdb.lookup.lookup_sql import keys
from callistics.engines.duckdb.migrate import describe, known, migrate
from callistics.engines.duckdb.operations import Rebuild
from callistics.engines.duckdb.storage_errors import said_by_system
from callistics.engines.duckdb.tables import ID_OF, SENT
from callistics.engines.duckdb.watermark import log_of, note_of
from callistics.engines.machine import write_out
from callistics.engines.migrations import up_to
from callistics.errors import EngineError, first_line


class DuckDBRestoring:
    """Implements `engines.dump.Restoring`: the file has its name only once all of it is there."""

    def __init__(self, path: Path, dsn_of: Callable[[Path], str]) -> None:
        self._path = path
        self._file = path.with_name(path.name + ".restoring")
        self.unfinished = dsn_of(self._file)

    def refuse_taken(self) -> None:
        """Raises `EngineError` where there is a database already, or what one has left."""
        for there in (self._path, log_of(self._path)):
            with _writing(self._path):
                is_there = there.exists()
            if is_there:
                raise EngineError(f"{there} is there already: restore into a new place")

    @contextmanager
    def loading(self, schema: int) -> Generator["DuckDBLoading"]:
        """A new file of an older schema, or of this one, for the rows of a backup."""
        migrations = up_to(known(), schema)
        self.discard()
        with _writing(self._path):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            opened = connect(self._file)
        with opened as connection:
            with _writing(self._path):
                migrate(connection, migrations)
            yield DuckDBLoading(connection, self._path)
            with _writing(self._path):
                Rebuild().apply(connection)

    def finish(self) -> None:
        """Give the file its name, all of it written to disk. Raises `EngineError` where taken."""
        self.refuse_taken()
        write_out(self._file)
        # What is noted is of a log that is gone, or of a database that was here before.
        for file in (self._file, self._path):
            note_of(file).unlink(missing_ok=True)
            journal_of(file).unlink(missing_ok=True)
        self._file.rename(self._path)
        write_out(self._path.parent)

    def discard(self) -> None:
        """Delete what is there of it."""
        for of in (log_of, note_of, journal_of):
            of(self._file).unlink(missing_ok=True)
        self._file.unlink(missing_ok=True)


class DuckDBLoading:
    """Implements `engines.dump.Loading`; rows that a new database begins with give way."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path) -> None:
        self._connection, self._path = connection, path
        self._begun: set[str] = set()

    def insert(self, table: str, path: Path) -> int:
        """Take in the rows of a Parquet file; how many."""
        names = {name for name, _ in describe(self._connection, table)}
        if not names:
            raise EngineError(f"the backup has a table {table}, which its schema has not")
        with _writing(self._path, f"{table} cannot be restored"):
            if table not in self._begun:
                self._connection.execute(f"DELETE FROM {table}")
                self._begun.add(table)
            source = str(path).replace("'", "''")
            ((count,),) = self._connection.execute(
                f"INSERT INTO {table} BY NAME SELECT {_written(table, names)} "
                f"FROM read_parquet('{source}')"
            ).fetchall()
        return int(count)


@contextmanager
def _writing(path: Path, otherwise: str | None = None) -> Generator[None]:
    """Raises `EngineError` where the database of a path cannot be written, with what to do.

    What is not the disk's fault is `otherwise`.
    """
    try:
        yield
    except (duckdb.Error, OSError) as error:
        said = said_by_system(error)
        if said is not None:
            raise EngineError(f"{path} cannot be written ({said}): {_advice(said)}") from error
        if isinstance(error, OSError):
            raise
        raise EngineError(f"{otherwise or path}: {first_line(error)}") from error


def _advice(said: str) -> str:
    if said == "Permission denied":
        return "run this as the user of the server, or name another place with --engine"
    return "nothing is left of it; run the same command again once that is mended"


def _written(table: str, names: set[str]) -> str:
    """The columns of a part as the table keeps them."""
    items = SENT if "duration_sent" in names else "*"
    return f"{items}, {keys(ID_OF[table])}" if table in ID_OF else items
