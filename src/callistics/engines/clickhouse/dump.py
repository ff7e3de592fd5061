"""One state of the database for a backup: its tables, cloned while no commit inserts.

A clone has the same files under other names, so that it takes a moment and no room; commits that
come later change the tables and not their clones.
"""

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from callistics.engines.clickhouse.commit_gate import CommitGate
from callistics.engines.clickhouse.connection import Client
from callistics.engines.clickhouse.migrate import describe, known, layout_of
from callistics.engines.clickhouse.operations import REBUILD_DUE
from callistics.engines.dump import StoredPart, fingerprint
from callistics.errors import EngineError, TimedOut
from callistics.records.columnar.derive import DERIVED
from callistics.records.columnar.parquet_files import parquet_writer
from callistics.records.columnar.payload_columns import FLAT

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetWriter

DERIVED_TABLES = frozenset({"leads"})
"""Tables that a rebuild makes of the records, and so are in no backup."""
_OWN = frozenset({"schema_migrations", REBUILD_DUE, "wanted", "overwriting_due"})
_PREFIX = "backup_of_"
_DERIVED_COLUMNS = frozenset({*DERIVED.names, *FLAT, "sign"})
_MONTHS = {
    "calls": "started_at",
    "lead_records": "first_seen",
    "audit_log": "fromUnixTimestamp64Micro(noted_at, 'UTC')",
    "webhook_bodies": "fromUnixTimestamp64Micro(received_at, 'UTC')",
}
# An answer is in memory as a whole: about so many rows of a table are asked for at a time.
_ROWS_AT_ONCE, _BODIES_AT_ONCE = 250_000, 5_000


def is_backed_up(table: str) -> bool:
    """Whether the rows of a table go into backups."""
    return not (table in DERIVED_TABLES or table in _OWN or table.startswith(_PREFIX))


@dataclass(frozen=True, slots=True)
class _Table:
    """A table, how its clone is read, and what sorts its rows."""

    name: str
    source: str
    columns: Sequence[tuple[str, str]]
    sorted_by: str


class ClickHouseDump:
    """Implements `engines.dump.Dump` on the clones of the tables."""

    def __init__(self, client: Client, tables: Sequence[_Table]) -> None:
        self._client = client
        self._tables = {one.name: one for one in tables}
        ((newest,),) = client.query("SELECT max(number) FROM schema_migrations").result_rows
        self.schema = int(newest)

    def parts(self) -> Sequence[StoredPart]:
        """All parts: their rows are read once for it."""
        return [part for table in self._tables.values() for part in self._parts(table)]

    def write(self, part: StoredPart, path: Path) -> None:
        """Write the rows of a part as a Parquet file, some rows at a time."""
        table = self._tables[part.table]
        most = _BODIES_AT_ONCE if part.table == "webhook_bodies" else _ROWS_AT_ONCE
        slices = -(-part.rows // most) if table.sorted_by else 1
        writer: ParquetWriter | None = None
        try:
            for one in range(max(slices, 1)):
                rows = self._client.query_arrow(_select(table, part, one, slices))
                writer = writer or parquet_writer(path, rows.schema)
                writer.write_table(rows.cast(writer.schema))
        finally:
            if writer is not None:
                writer.close()

    def _parts(self, table: _Table) -> Iterator[StoredPart]:
        time_ = _MONTHS.get(table.name)
        month = "NULL" if time_ is None else f"toYear({time_}) * 12 + toMonth({time_}) - 1"
        hashed = f"sipHash64(formatRow('RowBinary', {_names(table)}))"
        rows = self._client.query(
            f"SELECT {month} AS month, count(), toString(sum({hashed})),"
            f" toString(groupBitXor({hashed})) FROM {table.source} GROUP BY month ORDER BY month"
        ).result_rows
        if time_ is None and not rows:
            rows = [(None, 0)]
        for number, count, *content in rows:
            print_ = fingerprint(table.name, number, table.columns, count, content)
            text = None if number is None else f"{number // 12:04}-{number % 12 + 1:02}"
            yield StoredPart(table.name, text, int(count), print_)


def _names(table: _Table) -> str:
    return ", ".join(name for name, _ in table.columns)


def _select(table: _Table, part: StoredPart, one: int, slices: int) -> str:
    conditions = [f"cityHash64({table.sorted_by}) % {slices} = {one}"] if slices > 1 else []
    if part.month is not None:
        first = f"toDateTime64('{part.month}-01 00:00:00', 6, 'UTC')"
        time_ = _MONTHS[part.table]
        conditions += [f"{time_} >= {first}", f"{time_} < addMonths({first}, 1)"]
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"SELECT {_names(table)} FROM {table.source}{where}"


@contextmanager
def dump(
    opened: Callable[[], Client], gate: CommitGate, cluster: str | None
) -> Generator[ClickHouseDump]:
    """The state as it is now, on a connection of its own until the end.

    Raises `EngineError` on a cluster, whose tables no statement clones as one.
    """
    if cluster is not None:
        raise EngineError("a cluster is backed up by ClickHouse itself: BACKUP DATABASE")
    client = opened()
    try:
        _drop(client)
        tables = _cloned(client, gate)
        yield ClickHouseDump(client, tables)
        _drop(client)
    finally:
        client.close()


def _cloned(client: Client, gate: CommitGate) -> list[_Table]:
    stamp = time.time_ns()
    found = client.query(
        "SELECT name, engine, sorting_key FROM system.tables"
        " WHERE database = currentDatabase() AND NOT is_temporary ORDER BY name"
    ).result_rows
    # Others may be there for a while.
    made = layout_of(known(), None).sharded
    chosen = [row for row in found if row[0] in made and is_backed_up(str(row[0]))]
    tables: list[_Table] = []
    for name, engine, sorted_by in chosen:
        final = "" if engine == "MergeTree" else " FINAL"
        kept = [one for one in describe(client, name) if one[0] not in _DERIVED_COLUMNS]
        tables.append(_Table(name, f"{_PREFIX}{name}_{stamp}{final}", kept, sorted_by))
    with gate.reading() as seen:
        for one in tables:
            client.command(f"CREATE TABLE {one.source.split()[0]} CLONE AS {one.name}")
        if gate.commits != seen:
            raise TimedOut("the state for the backup took too long to be set apart")
    return tables


def _drop(client: Client) -> None:
    """Drop clones, those too that a process which was killed has left."""
    rows = client.query(
        "SELECT name FROM system.tables"
        f" WHERE database = currentDatabase() AND startsWith(name, '{_PREFIX}')"
    ).result_rows
    for (name,) in rows:
        client.command(f"DROP TABLE IF EXISTS {name} SYNC")
