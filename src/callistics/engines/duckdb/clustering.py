"""Keeping a month's calls, and leads, together by merchant: their order is their only index.

They come in the order of their times. What a merchant's month is read from then lies all over the
month, so months are sorted by merchant in the background, a piece at a time
(docs/decisions/row-order.md): a part of the month is copied in order, while others write; then, in
short transactions of the writer, rows are deleted and their copies inserted. Rows that were
written meanwhile stay where they are. Where nobody waits for the writer, one transaction writes all
of a part in order and deletes it where it was.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

import duckdb

from callistics.engines.duckdb.observers import Commit
from callistics.engines.duckdb.row_order import is_upwards
from callistics.engines.duckdb.tables import ID_OF, KEY_OF, TIME_OF, WITHIN_MONTH
from callistics.engines.duckdb.tuning import Tuning
from callistics.engines.duckdb.writer import WriteConnection
from callistics.engines.duckdb.written_meanwhile import OvertakenError, WrittenMeanwhile
from callistics.records.columnar.row_codec import identity_table

# Shares that need not be: so many of each merchant, on average, and of all that there could be. One
# more costs a query a few hundredths of its time, to put the month in order all of its rows. So it
# is left as it is until this share of its rows lie apart as well.
_NEEDLESS, _SCATTERED, _APART = 1.5, 0.2, 0.06
_MONTHS = """
SELECT date_trunc('month', {time}) AS month FROM {table} GROUP BY month ORDER BY month
"""
# A run is a stretch of rows of one merchant: in order there are as many runs as merchants. A share
# is what one merchant has in one row group: in order there are as many as merchants and groups.
# Rows lie apart in the smaller shares of a merchant, those beyond as many as it fills and one more.
_LYING = f"""
WITH shares AS (
    SELECT merchant_id, row_group, count(*) AS size,
           count(*) FILTER (merchant_id IS DISTINCT FROM before) AS begun
    FROM (
        SELECT merchant_id, rowid // $row_group AS row_group,
               lag(merchant_id) OVER () AS before
        FROM {{table}} WHERE {WITHIN_MONTH}
    )
    GROUP BY merchant_id, row_group
), ranked AS (
    SELECT *, sum(size) OVER (PARTITION BY merchant_id) AS rows,
           row_number() OVER (PARTITION BY merchant_id ORDER BY size DESC) AS rank
    FROM shares
)
SELECT coalesce(sum(size), 0), coalesce(sum(begun), 0), count(DISTINCT merchant_id),
       count(DISTINCT row_group), count(*),
       coalesce(sum(size) FILTER (rank > 1 + ceil(rows / $row_group)), 0)
FROM ranked
"""
_MERCHANTS = f"""
SELECT merchant_id, count(*) FROM {{table}} WHERE {WITHIN_MONTH}
GROUP BY merchant_id ORDER BY merchant_id {{direction}}
"""
_PART = f"{WITHIN_MONTH} AND merchant_id BETWEEN $first AND $last"
_SORTED = f"FROM {{table}} WHERE {_PART} ORDER BY merchant_id {{direction}}, {{time}}, {{id}}"
_COPY = f"CREATE OR REPLACE TABLE side.sorted AS {_SORTED}"
# The rows of a table that was written at once, and nothing deleted of, are numbered in its order.
_MOVING = """
CREATE OR REPLACE TEMP TABLE moving AS
SELECT * EXCLUDE (position)
FROM (SELECT rowid AS position, * FROM side.sorted WHERE rowid >= $begin AND rowid < $end)
ANTI JOIN written USING (merchant_id, {id})
ORDER BY position
"""
_DELETE = f"""
DELETE FROM {{table}} WHERE rowid IN (
    SELECT r.rowid FROM (SELECT rowid, * FROM {{table}} WHERE {WITHIN_MONTH}) AS r
    SEMI JOIN moving USING ({{key}}, merchant_id, {{id}})
)
"""
_LAST = f"SELECT max(rowid) FROM {{table}} WHERE {_PART}"
_WRITE = f"INSERT INTO {{table}} {_SORTED}"
_DELETE_FORMER = f"DELETE FROM {{table}} WHERE {_PART} AND rowid <= $last_row"


@dataclass(frozen=True, slots=True)
class _Table:
    """A table that is kept in order.

    `disorder` is the share of a month's rows that may begin a run which need not be. Leads come
    sorted within each commit, so that few rows begin one where a merchant's still lie all over.
    """

    table: str
    disorder: float

    @property
    def id(self) -> str:
        return ID_OF[self.table]

    def sql(self, text: str, month: datetime | None = None) -> str:
        return text.format(
            table=self.table,
            time=TIME_OF[self.table],
            id=self.id,
            key=KEY_OF[self.id],
            direction="ASC" if month is None or is_upwards(month) else "DESC",
        )


class _Part(TypedDict):
    """Merchants of a month, from the first name to the last."""

    month: datetime
    first: str
    last: str


_TABLES = (_Table("calls", 0.2), _Table("leads", 0.03))


class Clustering:
    """The work on the order of rows of calls and leads, in pieces.

    A month is put in order when as many of its rows as the tuning says, and the share that its
    table names, begin a run that need not be; or once merchants lie in one and a half row groups
    more than need be, a fifth of what all row groups can hold is such, and six of a hundred of its
    rows lie apart in them.
    Where nobody waits there is a checkpoint after each part: those that are so large that they are
    written into the file at once leave hardly a trace in the log, which would bring one about.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        writer: WriteConnection,
        tuning: Tuning,
    ) -> None:
        self._connection = connection.cursor()
        self._connection.execute("ATTACH IF NOT EXISTS ':memory:' AS side")
        self._writer = writer
        self._smallest, self._part = tuning.rows_out_of_order, tuning.rows_copied_at_once
        self._piece, self._shared = tuning.rows_moved_at_once, tuning.shared
        self._clusters, self._row_group = tuning.clusters, tuning.rows_of_a_group
        self._meanwhile = WrittenMeanwhile()

    @property
    def worthwhile(self) -> int:
        """After so many rows more it is worth it to look through all months again.

        Each of them begins one more run at the most.
        """
        return max(1, self._smallest // 2)

    def committed(self, commit: Commit) -> None:
        """Note the records of the table under way that a commit has written or removed."""
        self._meanwhile.committed(commit)

    def work(self) -> Generator[None]:
        """Look through all months and put in order what is not, pausing after each piece."""
        for table in _TABLES if self._clusters else ():
            months = self._connection.execute(table.sql(_MONTHS)).fetchall()
            for (month,) in months:
                yield
                if self._is_disordered(table, month):
                    yield from self._put_in_order(table, month)

    def close(self) -> None:
        """Let go of the copies."""
        self._connection.close()

    def _is_disordered(self, table: _Table, month: datetime) -> bool:
        asked = {"month": month, "row_group": self._row_group}
        found = self._connection.execute(table.sql(_LYING), asked).fetchall()
        ((rows, runs, merchants, row_groups, shares, apart),) = found
        if rows < self._smallest:
            return False
        if runs - merchants >= max(self._smallest, table.disorder * rows):
            return True
        most = row_groups * merchants
        needless = shares - merchants - row_groups
        scattered = bool(needless >= max(_NEEDLESS * merchants, _SCATTERED * most))
        return scattered and bool(apart >= _APART * rows)

    def _put_in_order(self, table: _Table, month: datetime) -> Generator[None]:
        for part in self._parts(table, month):
            try:
                if self._shared:
                    yield from self._move_copies(table, part)
                else:
                    self._write_anew(table, part)
                    yield
            except OvertakenError:
                return

    def _parts(self, table: _Table, month: datetime) -> Iterator[_Part]:
        """Ranges of merchants, with as many of the month's rows as a part has."""
        sql = table.sql(_MERCHANTS, month)
        counts = self._connection.execute(sql, {"month": month}).fetchall()
        merchants: list[str] = []
        size = 0
        for merchant, rows in counts:
            merchants.append(merchant)
            size += rows
            if size >= self._part:
                yield _Part(month=month, first=min(merchants), last=max(merchants))
                merchants, size = [], 0
        if merchants:
            yield _Part(month=month, first=min(merchants), last=max(merchants))

    def _write_anew(self, table: _Table, part: _Part) -> None:
        """Write the rows of a part in order and delete them where they were."""
        with self._writer.moving() as writer:
            ((last_row,),) = writer.execute(table.sql(_LAST), part).fetchall()
            sql = table.sql(_WRITE, part["month"])
            ((written,),) = writer.execute(sql, part).fetchall()
            given = {**part, "last_row": last_row}
            ((removed,),) = writer.execute(table.sql(_DELETE_FORMER), given).fetchall()
            if removed != written:
                raise OvertakenError
        with self._writer.lock:
            self._writer.checkpoint()

    def _move_copies(self, table: _Table, part: _Part) -> Generator[None]:
        """Copy the rows of a part in order, while others write, then put them where they were."""
        self._meanwhile.begin(table.table)
        try:
            self._connection.execute(table.sql(_COPY, part["month"]), part)
            ((rows,),) = self._connection.execute("SELECT count(*) FROM side.sorted").fetchall()
            yield
            for begin in range(0, rows, self._piece):
                self._move(table, part["month"], begin)
                yield
        finally:
            self._meanwhile.end()
            self._connection.execute("DROP TABLE IF EXISTS side.sorted")

    def _move(self, table: _Table, month: datetime, begin: int) -> None:
        """Put the next copies where their rows were."""
        with self._writer.moving() as writer:
            writer.register("written", identity_table(self._meanwhile.records, table.id))
            writer.execute(table.sql(_MOVING), {"begin": begin, "end": begin + self._piece})
            writer.unregister("written")
            ((copies,),) = writer.execute("SELECT count(*) FROM moving").fetchall()
            ((removed,),) = writer.execute(table.sql(_DELETE), {"month": month}).fetchall()
            if removed != copies:
                raise OvertakenError
            writer.execute(f"INSERT INTO {table.table} FROM moving")
