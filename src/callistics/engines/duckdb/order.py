"""Keeping the calls of a month together by merchant: the order of the rows is their only index.

Calls come in the order of their times. What a merchant's month is read from then lies all over the
month, so months are sorted by merchant in the background, a piece at a time
(docs/decisions/row-order.md): a part of the month is copied in order, beside the writer; then, in
short transactions of the writer, rows are deleted and their copies inserted. Rows that were
written meanwhile stay where they are.
"""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime

import duckdb

from callistics.engines.common.rows import identity_table
from callistics.model.writes import Identity

Transaction = Callable[[], AbstractContextManager[duckdb.DuckDBPyConnection]]

_MONTHS = """
SELECT date_trunc('month', started_at) AS month FROM calls GROUP BY month ORDER BY month
"""
_WITHIN = "started_at >= $month AND started_at < $month + INTERVAL 1 MONTH"
# A run is a stretch of rows of one merchant: in order there are as many runs as merchants.
_RUNS = f"""
SELECT count(*), count(*) FILTER (merchant_id IS DISTINCT FROM before),
       count(DISTINCT merchant_id)
FROM (SELECT merchant_id, lag(merchant_id) OVER () AS before FROM calls WHERE {_WITHIN})
"""
_MERCHANTS = f"""
SELECT merchant_id, count(*) FROM calls WHERE {_WITHIN}
GROUP BY merchant_id ORDER BY merchant_id {{direction}}
"""
_COPY = f"""
CREATE OR REPLACE TABLE side.sorted AS
SELECT row_number() OVER (ORDER BY merchant_id {{direction}}, started_at, call_id) AS place, *
FROM calls WHERE {_WITHIN} AND merchant_id BETWEEN $first AND $last
ORDER BY place
"""
_MOVING = """
CREATE OR REPLACE TEMP TABLE moving AS
SELECT * EXCLUDE (place) FROM side.sorted ANTI JOIN written USING (merchant_id, call_id)
WHERE place > $after AND place <= $upto ORDER BY place
"""
_DELETE = f"""
DELETE FROM calls WHERE rowid IN (
    SELECT c.rowid FROM (SELECT rowid, * FROM calls WHERE {_WITHIN}) AS c
    SEMI JOIN moving USING (call_key, merchant_id, call_id)
)
"""


class _OvertakenError(Exception):
    """The copies are not of rows that are there."""


class MonthOrder:
    """The work on the order of rows, in pieces.

    A month is put in order when `smallest` of its rows, and `disorder` of all, begin a run that
    need not be. About `part` rows are copied at a time, `piece` rows moved in one transaction.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        transaction: Transaction,
        *,
        smallest: int = 50_000,
        disorder: float = 0.2,
        part: int = 1_000_000,
        piece: int = 20_000,
    ) -> None:
        self._connection = connection.cursor()
        self._connection.execute("ATTACH IF NOT EXISTS ':memory:' AS side")
        self._transaction = transaction
        self._smallest, self._disorder = smallest, disorder
        self._part, self._piece = part, piece
        self._written: set[Identity] | None = None

    @property
    def is_copying(self) -> bool:
        """Whether it matters which calls are written."""
        return self._written is not None

    def written(self, calls: Iterable[Identity]) -> None:
        """Take note of calls that a commit has written or removed."""
        if self._written is not None:
            self._written.update(calls)

    def work(self) -> Generator[None]:
        """Look through all months and put in order what is not, pausing after each piece."""
        months = self._connection.execute(_MONTHS).fetchall()
        for (month,) in months:
            yield
            if self._is_disordered(month):
                yield from self._put_in_order(month)

    def close(self) -> None:
        """Let go of the copies."""
        self._connection.close()

    def _is_disordered(self, month: datetime) -> bool:
        ((rows, runs, merchants),) = self._connection.execute(_RUNS, {"month": month}).fetchall()
        needless = runs - merchants
        return bool(needless >= max(self._smallest, self._disorder * rows))

    def _put_in_order(self, month: datetime) -> Generator[None]:
        for first, last in self._parts(month):
            self._written = set()
            try:
                rows = self._copy(month, first, last)
                yield
                for after in range(0, rows, self._piece):
                    self._move(month, after)
                    yield
            except _OvertakenError:
                return
            finally:
                self._written = None
                self._connection.execute("DROP TABLE IF EXISTS side.sorted")

    def _parts(self, month: datetime) -> Iterator[tuple[str, str]]:
        """Ranges of merchants, with as many of the month's rows as a part has."""
        sql = _MERCHANTS.format(direction=_direction(month))
        counts = self._connection.execute(sql, {"month": month}).fetchall()
        merchants: list[str] = []
        size = 0
        for merchant, rows in counts:
            merchants.append(merchant)
            size += rows
            if size >= self._part:
                yield min(merchants), max(merchants)
                merchants, size = [], 0
        if merchants:
            yield min(merchants), max(merchants)

    def _copy(self, month: datetime, first: str, last: str) -> int:
        """Copy the rows of some merchants, in order; how many there are."""
        sql = _COPY.format(direction=_direction(month))
        self._connection.execute(sql, {"month": month, "first": first, "last": last})
        ((rows,),) = self._connection.execute("SELECT count(*) FROM side.sorted").fetchall()
        return int(rows)

    def _move(self, month: datetime, after: int) -> None:
        """Put the next copies in the place of their rows."""
        with self._transaction() as writer:
            written = identity_table(self._written or (), "call_id")
            writer.register("written", written)
            writer.execute(_MOVING, {"after": after, "upto": after + self._piece})
            writer.unregister("written")
            ((copies,),) = writer.execute("SELECT count(*) FROM moving").fetchall()
            ((removed,),) = writer.execute(_DELETE, {"month": month}).fetchall()
            if removed != copies:
                raise _OvertakenError
            writer.execute("INSERT INTO calls FROM moving")


def _direction(month: datetime) -> str:
    """Upwards and downwards in turns.

    Where two months meet within a group of rows, its merchants are the last of both or the first
    of both then, and questions about all others leave it out.
    """
    return "ASC" if month.month % 2 else "DESC"
