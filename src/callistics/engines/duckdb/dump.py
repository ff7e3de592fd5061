"""One state of the file for a backup: a transaction that reads, however long that takes.

Writers do not wait for it; checkpoints do, so that the log grows meanwhile.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import duckdb
import pyarrow as pa

from callistics.engines.duckdb.lookup.lookup_sql import stored
from callistics.engines.duckdb.migrate import describe, known, tables_made_by
from callistics.engines.duckdb.operations import REBUILD_DUE
from callistics.engines.duckdb.tables import KEY_OF, UNLISTED
from callistics.engines.dump import StoredPart, fingerprint
from callistics.errors import EngineError, first_line
from callistics.records.columnar.derive import DERIVED
from callistics.records.columnar.parquet_files import parquet_writer
from callistics.records.columnar.payload_columns import FLAT

DERIVED_TABLES = frozenset({"leads", "payload_keys", "tenants"})
"""Tables that a rebuild makes of the records, and so are in no backup."""
DERIVED_PREFIX = "rollup_"
"""How the names of the others begin."""
_OWN = frozenset({"schema_migrations", REBUILD_DUE, "overwriting_due"})
_DERIVED_COLUMNS = frozenset({*DERIVED.names, *FLAT, UNLISTED, "lead_no", *KEY_OF.values()})
_MONTHS = {
    "calls": "started_at",
    "lead_records": "first_seen",
    "audit_log": "make_timestamp(noted_at)",
    "webhook_bodies": "make_timestamp(received_at)",
}
_ROWS_IN_GROUP, _BODIES_IN_GROUP = 50_000, 2_000


def is_backed_up(table: str) -> bool:
    """Whether the rows of a table go into backups."""
    return not (table in DERIVED_TABLES or table in _OWN or table.startswith(DERIVED_PREFIX))


@cache
def _made(schema: int) -> frozenset[str]:
    return tables_made_by(known()[:schema])


class DuckDBDump:
    """Implements `engines.dump.Dump` within the transaction of a connection of its own."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, *, gives_way: bool) -> None:
        self._connection, self._gives_way = connection, gives_way
        ((newest,),) = self._rows("SELECT max(number) FROM schema_migrations")
        self.schema = int(newest)

    def parts(self) -> Sequence[StoredPart]:
        """All parts: their rows are read once for it."""
        return [part for table in self._tables() for part in self._parts(table)]

    def write(self, part: StoredPart, path: Path) -> None:
        """Write the rows of a part as a Parquet file, some rows at a time.

        They are encoded by this thread and not by those of the engine, which others wait for.
        """
        statement = f"{self._select(part.table)}{_within(part.table, part.month)}"
        with self._failing():
            rows = self._connection.sql(statement).to_arrow_reader(_rows_at_once(part.table))
            with parquet_writer(path, rows.schema) as writer:
                for batch in rows:
                    writer.write_batch(batch)

    def _tables(self) -> list[str]:
        # Maintenance has others for a while.
        return sorted(name for name in _made(self.schema) if is_backed_up(name))

    def _parts(self, table: str) -> Iterator[StoredPart]:
        columns, time = self._columns(table), _MONTHS.get(table)
        for month in [None] if time is None else self._months(table, time):
            begun = monotonic()
            rows = f"{self._select(table)}{_within(table, month)}"
            ((count, *content),) = self._rows(
                f"SELECT count(*), sum(hash(r)), bit_xor(hash(r)) FROM ({rows}) AS r"
            )
            print_ = fingerprint(duckdb.__version__, table, month, columns, count, content)
            yield StoredPart(table, month, int(count), print_)
            if self._gives_way:
                # The engine's threads are everybody's: as much time is for others.
                sleep(monotonic() - begun)

    def _months(self, table: str, time: str) -> list[str | None]:
        rows = self._rows(f"SELECT DISTINCT year({time}), month({time}) FROM {table} ORDER BY ALL")
        return [None if year is None else f"{year:04}-{month:02}" for year, month in rows]

    def _columns(self, table: str) -> list[tuple[str, str]]:
        named = describe(self._connection, table)
        return [(name, type_) for name, type_ in named if name not in _DERIVED_COLUMNS]

    def _select(self, table: str) -> str:
        names = [name for name, _ in self._columns(table)]
        items = [stored("duration_sent_ms") if name == "duration_sent" else name for name in names]
        return f"SELECT {', '.join(items)} FROM {table}"

    def _rows(self, statement: str) -> list[tuple[Any, ...]]:
        with self._failing():
            return self._connection.execute(statement).fetchall()

    @contextmanager
    def _failing(self) -> Generator[None]:
        try:
            yield
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            raise EngineError(f"the backup cannot be read: {first_line(error)}") from error


@contextmanager
def dump(database: duckdb.DuckDBPyConnection, *, gives_way: bool = False) -> Generator[DuckDBDump]:
    """The state as it is now, on a connection of its own until the end.

    `gives_way` is whether others wait for the engine.
    """
    connection = database.cursor()
    try:
        connection.execute("BEGIN")
        # It sees what was committed before it first looks.
        yield DuckDBDump(connection, gives_way=gives_way)
        connection.execute("ROLLBACK")
    finally:
        connection.close()


def _rows_at_once(table: str) -> int:
    return _BODIES_IN_GROUP if table == "webhook_bodies" else _ROWS_IN_GROUP


def _within(table: str, month: str | None) -> str:
    """The condition that a row is of a part."""
    if table not in _MONTHS:
        return ""
    time = _MONTHS[table]
    if month is None:
        return f" WHERE {time} IS NULL"
    first = f"TIMESTAMP '{month}-01'"
    return f" WHERE {time} >= {first} AND {time} < {first} + INTERVAL 1 MONTH"
