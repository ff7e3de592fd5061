"""One state of the records, for several statements: while no commit inserts."""

import uuid
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from callistics.engines.clickhouse.commit_gate import CommitGate
from callistics.engines.clickhouse.connection import Connection
from callistics.errors import CallisticsError, TimedOut
from callistics.sql.dialect import SqlRow, Statement


class ClickHouseSnapshot:
    """Implements `engines.base.Snapshot`: a commit that waited too long ends it."""

    version = None

    def __init__(self, reader: Connection, gate: CommitGate, seen: int) -> None:
        self._reader, self._gate, self._seen = reader, gate, seen
        self._session = uuid.uuid4().hex
        self._kept: list[str] = []

    @property
    def lost(self) -> bool:
        """Whether a commit has begun."""
        return self._gate.commits != self._seen

    def run(self, statement: Statement) -> Sequence[SqlRow]:
        """The rows of a statement. Raises `TimedOut`, `Unavailable`."""
        rows = self._reader.query(
            statement.text, parameters(statement), self._settings()
        ).result_rows
        if self.lost:
            took = f"the answer took longer than {self._gate.patience:g} seconds up to this query"
            raise TimedOut(f"{took}, and records had to be stored")
        return rows

    def keep(self, rows: Statement) -> tuple[str, int]:
        """Keep the rows of a SELECT apart: the table that has them until the end, how many."""
        name = f"kept_{uuid.uuid4().hex}"
        self._kept.append(name)
        made = f"CREATE TEMPORARY TABLE {name} ENGINE = Memory AS {rows.text}"
        self._reader.command(made, parameters(rows), self._settings())
        ((count,),) = self.run(Statement(f"SELECT count() FROM {name}", ()))
        return name, int(count or 0)

    def end(self) -> None:
        """Drop what was kept; where the server does not answer, its session drops it."""
        with suppress(CallisticsError):
            for name in self._kept:
                drop = f"DROP TEMPORARY TABLE IF EXISTS {name}"
                self._reader.command(drop, settings=self._settings())

    def _settings(self) -> Mapping[str, Any] | None:
        """Those of statements that see what is kept; none as long as nothing is."""
        return self._reader.in_session(self._session) if self._kept else None


@contextmanager
def snapshot(reader: Connection, gate: CommitGate) -> Generator[ClickHouseSnapshot]:
    """The state as it is now, while commits wait."""
    with gate.reading() as seen:
        found = ClickHouseSnapshot(reader, gate, seen)
        try:
            yield found
        finally:
            found.end()


def parameters(statement: Statement) -> Mapping[str, Any]:
    """The values of a statement by the names of its placeholders."""
    return {f"p{place}": value for place, value in enumerate(statement.values)}
