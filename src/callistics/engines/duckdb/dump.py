"""One state of the file for a backup: a transaction that reads, however long that takes.

Writers do not wait for it, and a checkpoint frees the log meanwhile.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from callistics.engines.duckdb.lookup.lookup_sql import stored
from callistics.engines.duckdb.migrate import describe
from callistics.engines.duckdb.operations import REBUILD_DUE
from callistics.engines.duckdb.tables import KEY_OF
from callistics.engines.dump import StoredPart, fingerprint
from callistics.errors import EngineError, first_line
from callistics.records.columnar.derive import DERIVED
from callistics.records.columnar.payload_columns import FLAT

DERIVED_TABLES = frozenset({"leads", "payload_keys"})
"""Tables that a rebuild makes of the records, and so are in no backup."""
DERIVED_PREFIX = "rollup_"
"""How the names of the others begin."""
_OWN = frozenset({"schema_migrations", REBUILD_DUE})
_DERIVED_COLUMNS = frozenset({*DERIVED.names, *FLAT, "lead_no", *KEY_OF.values()})
_MONTHS = {
    "calls": "started_at",
    "lead_records": "first_seen",
    "audit_log": "make_timestamp(noted_at)",
    "webhook_bodies": "make_timestamp(received_at)",
}
_ROWS_IN_GROUP = 100_000


def is_backed_up(table: str) -> bool:
    """Whether the rows of a table go into backups."""
    return not (table in DERIVED_TABLES or table in _OWN or table.startswith(DERIVED_PREFIX))


class DuckDBDump:
    """Implements `engines.dump.Dump` within the transaction of a connection of its own."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        ((newest,),) = self._rows("SELECT max(number) FROM schema_migrations")
        self.schema = int(newest)

    def parts(self) -> Sequence[StoredPart]:
        """All parts: their rows are read once for it."""
        return [part for table in self._tables() for part in self._parts(table)]

    def write(self, part: StoredPart, path: Path) -> None:
        """Write the rows of a part as a Parquet file, group of rows by group of rows."""
        target = str(path).replace("'", "''")
        options = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROWS_IN_GROUP}"
        self._rows(f"COPY ({self._select(part.table)}{_within(part)}) TO '{target}' ({options})")

    def _tables(self) -> list[str]:
        found = self._rows(
            "SELECT table_name FROM duckdb_tables() "
            "WHERE database_name = current_database() AND NOT temporary ORDER BY table_name"
        )
        return [str(name) for (name,) in found if is_backed_up(str(name))]

    def _parts(self, table: str) -> Iterator[StoredPart]:
        columns = self._columns(table)
        time = _MONTHS.get(table)
        month = "NULL::INTEGER" if time is None else f"year({time}) * 12 + month({time}) - 1"
        rows = self._rows(
            f"SELECT {month} AS month, count(*), sum(hash(r)), bit_xor(hash(r)) "
            f"FROM ({self._select(table)}) AS r GROUP BY ALL ORDER BY ALL"
        )
        if time is None and not rows:
            rows = [(None, 0, None, None)]
        for number, count, *content in rows:
            print_ = fingerprint(duckdb.__version__, table, number, columns, count, content)
            text = None if number is None else f"{number // 12:04}-{number % 12 + 1:02}"
            yield StoredPart(table, text, int(count), print_)

    def _columns(self, table: str) -> list[tuple[str, str]]:
        named = describe(self._connection, table)
        return [(name, type_) for name, type_ in named if name not in _DERIVED_COLUMNS]

    def _select(self, table: str) -> str:
        names = [name for name, _ in self._columns(table)]
        items = [stored("duration_sent_ms") if name == "duration_sent" else name for name in names]
        return f"SELECT {', '.join(items)} FROM {table}"

    def _rows(self, statement: str) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(statement).fetchall()
        except duckdb.Error as error:
            raise EngineError(f"the backup cannot be read: {first_line(error)}") from error


@contextmanager
def dump(database: duckdb.DuckDBPyConnection) -> Generator[DuckDBDump]:
    """The state as it is now, on a connection of its own until the end."""
    connection = database.cursor()
    try:
        connection.execute("BEGIN")
        # It sees what was committed before it first looks.
        yield DuckDBDump(connection)
        connection.execute("ROLLBACK")
    finally:
        connection.close()


def _within(part: StoredPart) -> str:
    """The condition that a row is of a part."""
    if part.table not in _MONTHS:
        return ""
    time = _MONTHS[part.table]
    if part.month is None:
        return f" WHERE {time} IS NULL"
    first = f"TIMESTAMP '{part.month}-01'"
    return f" WHERE {time} >= {first} AND {time} < {first} + INTERVAL 1 MONTH"
