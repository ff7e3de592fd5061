"""The id index: which records might be stored, and of which week, answered from memory.

Looking a record up scans a column of all records, and reading its row back takes longer still
(docs/decisions/writing.md). A table of hashes of the ids answers for nearly all that are not there,
and for those that are it knows the week whose rows are to be scanned.
"""

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from callistics.engines.duckdb.lookup.lookup_sql import WEEK_BITS, Weeks, scans, weeks_of
from callistics.engines.duckdb.statement_cache import StatementCache
from callistics.engines.duckdb.tables import ID_OF, TIME_OF
from callistics.engines.duckdb.tuning import DEFAULTS, Tuning
from callistics.records.columnar.arrow import Mask, RowIndices, array_of
from callistics.runtime import give_way

Numbers = npt.NDArray[np.uint64]
"""Hashes of (merchant_id, id), good for as long as the process runs."""

_BATCH = 100_000
_SMALLEST, _GROWS = 1_000_000, 4
_WEEKS = 1 << WEEK_BITS
# Reading as columns plans the statement anew; for so few that takes longer than reading rows does.
_FEW = 500


@dataclass(frozen=True, slots=True)
class Candidates:
    """Which of some records a table may have.

    `weeks` are those it has them in, None if any, and `of` says which of them each is about; up to
    `scanned_for` of them are looked for by scans of their own.
    """

    there: Mask
    of: RowIndices
    weeks: Weeks | None
    scanned_for: int = 1

    @classmethod
    def all(cls, count: int) -> Self:
        """Any of so many, in any week."""
        return cls(np.ones(count, np.bool_), np.arange(count), None)

    def scans(self, table: str, records: pa.Table) -> list[str]:
        """Conditions of which the row of each of the records that may be there meets one."""
        merchants = records["merchant_id"].take(pa.array(self.of))
        return scans(table, self.scanned_for, self.weeks, merchants.to_pylist())


class _Slots:
    """A hash table of so many numbers and their weeks, with 20 and 12 bits for each.

    What finds its slot taken goes into the next that is free. Of others one in some hundred
    thousand is taken for one of those that are there.
    """

    def __init__(self, capacity: int) -> None:
        self._slots = np.zeros(capacity * 5 // 3 + 2, np.uint32)
        self._capacity, self.taken = capacity, 0

    @property
    def room(self) -> int:
        return self._capacity - self.taken

    def add(self, numbers: Numbers, weeks: Weeks) -> None:
        if self.room < len(numbers):
            # Without a free slot a search would never end.
            raise OverflowError("more numbers than there is room for")
        self.taken += len(numbers)
        positions, slots = self._positions(numbers), _prints(numbers) | weeks
        while len(slots):
            free = self._slots[positions] == 0
            self._slots[positions[free]] = slots[free]
            # Of several that go to the same position one is there now, or all if they are alike.
            rest = self._slots[positions] != slots
            positions, slots = self._next(positions[rest]), slots[rest]

    def find(self, numbers: Numbers) -> tuple[RowIndices, Weeks]:
        """The rows of those that are there, and their weeks: several, where it was several."""
        rows, positions, prints = (
            np.arange(len(numbers)),
            self._positions(numbers),
            _prints(numbers),
        )
        found: list[tuple[RowIndices, Weeks]] = []
        while len(rows):
            slots = self._slots[positions]
            weeks = slots ^ prints
            hits = np.flatnonzero(weeks < _WEEKS)
            found.append((rows[hits], weeks[hits]))
            more = np.flatnonzero(slots)
            rows, positions, prints = rows[more], self._next(positions[more]), prints[more]
        return _joined(found)

    def _positions(self, numbers: Numbers) -> RowIndices:
        # The lower half of a number, as a share of 2 ** 32: quicker than a division.
        share = numbers & np.uint64(0xFFFF_FFFF)
        return (share * np.uint64(len(self._slots)) >> np.uint64(32)).astype(np.int64)

    def _next(self, positions: RowIndices) -> RowIndices:
        positions = positions + 1
        positions[positions == len(self._slots)] = 0
        return positions


def _prints(numbers: Numbers) -> npt.NDArray[np.uint32]:
    # An empty slot is 0, and so must be no other.
    found = np.maximum(numbers >> np.uint64(64 - 32 + WEEK_BITS), np.uint64(1))
    return found.astype(np.uint32) << np.uint32(WEEK_BITS)


def _joined(found: list[tuple[RowIndices, Weeks]]) -> tuple[RowIndices, Weeks]:
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, np.uint32)
    rows, weeks = zip(*found, strict=True)
    return np.concatenate(rows), np.concatenate(weeks)


class _Known:
    """The records of one table; anything may be there until all that are stored are `read`."""

    def __init__(self, tuning: Tuning = DEFAULTS) -> None:
        self._tuning = tuning
        self._stored: _Slots | None = None
        self._added = [_Slots(_SMALLEST)]

    def read(self, stored: _Slots) -> None:
        self._stored = stored

    def add(self, numbers: Numbers, weeks: Weeks) -> None:
        # What is written again takes no more room.
        rows, found = self._find(numbers)
        new = np.ones(len(numbers), np.bool_)
        new[rows[found == weeks[rows]]] = False
        numbers, weeks = numbers[new], weeks[new]
        if self._added[-1].room < len(numbers):
            # Each is larger than the one before, as every one of them is looked into.
            more = _SMALLEST * _GROWS ** len(self._added)
            self._added.append(_Slots(max(more, len(numbers))))
        self._added[-1].add(numbers, weeks)

    def possible(self, numbers: Numbers) -> Candidates:
        if self._stored is None:
            return Candidates.all(len(numbers))
        rows, weeks = self._find(numbers)
        there = np.zeros(len(numbers), np.bool_)
        there[rows] = True
        count = sum(one.taken for one in self._every())
        scanned_for = 1 + count // self._tuning.rows_per_scan
        return Candidates(there, rows, None if (weeks == 0).any() else weeks, scanned_for)

    def _find(self, numbers: Numbers) -> tuple[RowIndices, Weeks]:
        return _joined([one.find(numbers) for one in self._every()])

    def _every(self) -> Sequence[_Slots]:
        return self._added if self._stored is None else (self._stored, *self._added)


@dataclass(frozen=True, slots=True)
class IndexEntries:
    """The numbers of records that a table is about to have, and the weeks they are of."""

    table: str
    numbers: Numbers
    weeks: Weeks


class IdIndex:
    """What the writer knows to be stored, by table: too much, never too little.

    The ids that the file has are read when it is first used, in the background where these are
    many; until then every record may be there, in any week.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, tuning: Tuning = DEFAULTS) -> None:
        self._connection = connection
        self._tuning = tuning
        self._known = {table: _Known(tuning) for table in ID_OF}
        self._thread: threading.Thread | None = None
        self._stopping = False

    def _begin(self) -> None:
        """Read what is stored, once: whatever is written from now on is added."""
        if self._thread is not None:
            return
        self._thread = threading.Thread(target=self._read_all, name="id-index", daemon=True)
        self._thread.start()
        with self._connection.cursor() as reader:
            stored = sum(count_rows(reader, table) for table in ID_OF)
        if stored <= self._tuning.ids_read_at_opening:
            self._thread.join()

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
        self._begin()
        if len(entries.numbers):
            self._known[entries.table].add(entries.numbers, entries.weeks)

    def possible(self, table: str, numbers: Numbers) -> Candidates:
        """Which of the records a table may have."""
        self._begin()
        return self._known[table].possible(numbers)

    def _read_all(self) -> None:
        # Of a database that failed nothing is known any more: it is opened again, with an index of
        # its own.
        with suppress(duckdb.FatalException):
            self._read()

    def _read(self) -> None:
        give_way()
        with self._connection.cursor() as reader:
            for table, known in self._known.items():
                # What is counted is what is read, whatever is written meanwhile.
                reader.execute("BEGIN")
                count = sum(count_rows(reader, f"({select})") for select in _SELECTS[table])
                stored = _Slots(count)
                for numbers, weeks in _stored(reader, _SELECTS[table]):
                    stored.add(numbers, weeks)
                    if self._stopping:
                        return
                reader.execute("COMMIT")
                known.read(stored)


def count_rows(reader: duckdb.DuckDBPyConnection, table: str) -> int:
    """How many rows a table has, or a select in brackets."""
    ((rows,),) = reader.execute(f"SELECT count(*) FROM {table}").fetchall()
    return int(rows)


def _stored(
    reader: duckdb.DuckDBPyConnection, selects: Iterable[str]
) -> Iterator[tuple[Numbers, Weeks]]:
    for select in selects:
        rows: Any = reader.sql(select)
        for batch in rows.to_arrow_reader(_BATCH):
            yield batch.column(0).to_numpy(), weeks_of(batch.column(1))


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
    return f"SELECT {_number(ID_OF[table])} AS number, {time} AS time FROM {table}"


_SELECTS = {table: [_select(table, TIME_OF.get(table, "NULL::TIMESTAMP"))] for table in ID_OF}
_SELECTS["leads"] += [_select("leads", "first_call_at") + " WHERE first_call_at IS NOT NULL"]
