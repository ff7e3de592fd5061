"""The id index: which records might be stored, and of which week, answered from memory.

Looking a record up scans a column of all records, and reading its row back takes longer still
(docs/decisions/writing.md). Sorted hashes of the ids answer for nearly all that are not there,
and for those that are it knows the week whose rows are to be scanned.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

import duckdb
import numpy as np
import pyarrow as pa

from callistics.engines.duckdb.lookup.lookup_sql import Weeks, scans, week_of
from callistics.engines.duckdb.lookup.sorted_numbers import (
    Entries,
    GrowingNumbers,
    Numbers,
    SortedNumbers,
    entries,
    entry,
    joined,
)
from callistics.engines.duckdb.statement_cache import StatementCache
from callistics.engines.duckdb.tables import ID_OF, TIME_OF, count_rows
from callistics.engines.duckdb.tuning import DEFAULTS, Tuning
from callistics.records.columnar.arrow import Mask, RowIndices, array_of
from callistics.runtime import give_way

_BATCH = 100_000
# Reading as columns plans the statement anew; for so few that takes longer than reading rows does.
_FEW = 500


@dataclass(frozen=True, slots=True)
class Candidates:
    """Which of some records a table may have.

    `weeks` are those it has them in, None if any, and `of` says which of them each is about; up to
    `scanned_for` of them are looked for by scans of their own, none where all rows are `few`.
    """

    there: Mask
    of: RowIndices
    weeks: Weeks | None
    scanned_for: int = 1
    few: bool = False

    @classmethod
    def all(cls, count: int) -> Self:
        """Any of so many, in any week."""
        return cls(np.ones(count, np.bool_), np.arange(count), None)

    def scans(self, table: str, records: pa.Table) -> list[str]:
        """Conditions of which the row of each of the records that may be there meets one.

        They are the same for any records where the table has few rows: so the look-up is planned
        once.
        """
        if self.few:
            return ["TRUE"]
        merchants = records["merchant_id"].take(pa.array(self.of))
        return scans(table, self.scanned_for, self.weeks, merchants.to_pylist())


class _Known:
    """The records of one table; anything may be there until all that are stored are `read`."""

    def __init__(self, tuning: Tuning = DEFAULTS) -> None:
        self._tuning = tuning
        self._stored: SortedNumbers | None = None
        self._added = GrowingNumbers()

    def read(self, stored: SortedNumbers) -> None:
        self._stored = stored

    def add(self, numbers: Numbers, weeks: Weeks) -> None:
        # What is written again takes no more room.
        rows, found = self._find(numbers)
        new = np.ones(len(numbers), np.bool_)
        new[rows[found == weeks[rows]]] = False
        self._added.add(entries(numbers[new], weeks[new]))

    def possible(self, numbers: Numbers) -> Candidates:
        if self._stored is None:
            return Candidates.all(len(numbers))
        rows, weeks = self._find(numbers)
        there = np.zeros(len(numbers), np.bool_)
        there[rows] = True
        scanned_for = 1 + self._count // self._tuning.rows_per_scan
        some = None if (weeks == 0).any() else weeks
        return Candidates(there, rows, some, scanned_for, self.are_few)

    @property
    def are_few(self) -> bool:
        """Whether all that are stored are so few that each look-up may read all their numbers."""
        return self._stored is not None and self._count <= self._tuning.rows_scanned_whole

    @property
    def _count(self) -> int:
        return len(self._added) + (0 if self._stored is None else len(self._stored))

    def _find(self, numbers: Numbers) -> tuple[RowIndices, Weeks]:
        added = self._added.find(numbers)
        return added if self._stored is None else joined([self._stored.find(numbers), added])


@dataclass(frozen=True, slots=True)
class IndexEntries:
    """The numbers of records that a table is about to have, and the weeks they are of."""

    table: str
    numbers: Numbers
    weeks: Weeks


class IdIndex:
    """What the writer knows to be stored, by table: too much, never too little.

    The ids that the file has are read when it is first used or before, in the background where
    these are many; until then every record may be there, in any week. Who asks about many records
    waits for it, where the tuning says so.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, tuning: Tuning = DEFAULTS) -> None:
        self._connection = connection
        self._tuning = tuning
        self._known = {table: _Known(tuning) for table in ID_OF}
        self._thread: threading.Thread | None = None
        self._beginning = threading.Lock()
        self._stored: int | None = None
        self._stopping = False

    def begin(self) -> threading.Thread:
        """Read what is stored, once: whatever is written from now on is to be added."""
        with self._beginning:
            if self._thread is None:
                self._thread = threading.Thread(target=self._read_all, name="id-index", daemon=True)
                self._thread.start()
            return self._thread

    def _use(self, records: int = 0) -> None:
        reading = self.begin()
        if not reading.is_alive():
            return
        if self._stored is None:
            with self._connection.cursor() as reader:
                self._stored = sum(count_rows(reader, table) for table in ID_OF)
        tuning = self._tuning
        if self._stored <= max(tuning.ids_read_at_opening, records * tuning.ids_read_for_one):
            reading.join()

    @property
    def is_reading(self) -> bool:
        """Whether the ids of the file are being read."""
        return self._thread is not None and self._thread.is_alive()

    def stop(self) -> None:
        """Read no further."""
        self._stopping = True
        if self._thread is not None:
            self._thread.join()

    def add(self, entries: IndexEntries) -> None:
        """Take note of records that are about to be stored."""
        self._use()
        if len(entries.numbers):
            self._known[entries.table].add(entries.numbers, entries.weeks)

    def possible(self, table: str, numbers: Numbers) -> Candidates:
        """Which of the records a table may have."""
        self._use(len(numbers))
        return self._known[table].possible(numbers)

    def are_few(self, table: str) -> bool:
        """Whether a table has so few rows that a look-up may read the numbers of all."""
        self._use()
        return self._known[table].are_few

    def _read_all(self) -> None:
        # Of a database that failed nothing is known any more: it is opened again, with an index of
        # its own.
        with suppress(duckdb.FatalException):
            self._read()

    def _read(self) -> None:
        if self._tuning.shared:
            give_way()
        with self._connection.cursor() as reader:
            for table, known in self._known.items():
                # What is counted is what is read, whatever is written meanwhile.
                reader.execute("BEGIN")
                count = sum(count_rows(reader, f"({select})") for select in _SELECTS[table])
                found, read = np.empty(count, np.uint64), 0
                for some in _stored(reader, _SELECTS[table]):
                    found[read : read + len(some)] = some
                    read += len(some)
                    if self._stopping:
                        return
                reader.execute("COMMIT")
                known.read(SortedNumbers(found))


def _stored(reader: duckdb.DuckDBPyConnection, selects: Iterable[str]) -> Iterator[Entries]:
    for select in selects:
        rows: Any = reader.sql(select)
        for batch in rows.to_arrow_reader(_BATCH):
            yield batch.column(0).to_numpy()


def numbers(statements: StatementCache, *records: pa.Table, few: int = _FEW) -> list[Numbers]:
    """The numbers of records, table by table; their first two columns are merchant_id and id.

    Up to `few` are read as rows, which repeats the plan of the last time.
    """
    asked = pa.concat_tables([rows.select([0, 1]).rename_columns(_PAIR) for rows in records])
    statements.give(numbered=asked)
    if asked.num_rows <= few:
        rows = statements.repeat(_NUMBERED).fetchall()
        found = np.array([number for (number,) in rows], np.uint64)
    else:
        found = array_of(statements.table(_NUMBERED, _NUMBER)["number"]).to_numpy()
    return np.split(found, np.cumsum([rows.num_rows for rows in records])[:-1])


def _number(id_column: str) -> str:
    return f"hash(merchant_id, {id_column})"


_PAIR = ["merchant_id", "id"]
_NUMBER = pa.schema([("number", pa.uint64())])
_NUMBERED = f"SELECT {_number('id')} AS number FROM numbered"


def _select(table: str, time: str) -> str:
    return f"SELECT {entry(_number(ID_OF[table]), week_of(time))} AS entry FROM {table}"


_SELECTS = {table: [_select(table, TIME_OF.get(table, "NULL::TIMESTAMP"))] for table in ID_OF}
_SELECTS["leads"] += [_select("leads", "first_call_at") + " WHERE first_call_at IS NOT NULL"]
