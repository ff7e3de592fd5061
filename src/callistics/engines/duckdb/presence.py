"""Which records may be stored, from memory: most that come are new, and need no looking up.

Looking a record up scans a column of all records, and reading its row back takes longer still
(docs/decisions/writing.md). A Bloom filter over the ids answers for nearly all that are not there.
"""

import threading
from collections.abc import Iterator
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from callistics.engines.common.arrow import Mask, array_of
from callistics.engines.common.threads import give_way
from callistics.engines.duckdb.statements import Statements

Numbers = npt.NDArray[np.uint64]
"""Hashes of (merchant_id, id), good for as long as the process runs."""

_IDS = {
    "calls": "call_id",
    "calls_held": "call_id",
    "leads": "lead_id",
    "lead_records": "lead_id",
}
_FEW, _BATCH = 200_000, 100_000
_SMALLEST = 100_000


class _Filter:
    """A Bloom filter for so many numbers: six bits of one word of 64 for each.

    With a word for every two numbers, one in a few thousand others is taken for one of them.
    """

    def __init__(self, capacity: int) -> None:
        self._words = np.zeros(capacity // 2 + 1, np.uint64)
        self.room = capacity

    def add(self, numbers: Numbers) -> None:
        self.room -= len(numbers)
        np.bitwise_or.at(self._words, self._places(numbers), _bits(numbers))

    def has(self, numbers: Numbers) -> Mask:
        bits = _bits(numbers)
        found: Mask = (self._words[self._places(numbers)] & bits) == bits
        return found

    def _places(self, numbers: Numbers) -> Numbers:
        # The lowest bits of a number say which bits of its word are set.
        return (numbers >> np.uint64(24)) % np.uint64(len(self._words))


def _bits(numbers: Numbers) -> Numbers:
    found = np.zeros(len(numbers), np.uint64)
    for shift in (0, 6, 12, 18, 24, 30):
        found |= np.uint64(1) << ((numbers >> np.uint64(shift)) & np.uint64(63))
    return found


class _Known:
    """The records of one table; anything may be there until all that are stored are `read`."""

    def __init__(self) -> None:
        self._stored: _Filter | None = None
        self._added = [_Filter(_SMALLEST)]

    def read(self, stored: _Filter) -> None:
        self._stored = stored

    def add(self, numbers: Numbers) -> None:
        # What is written again takes no more room.
        numbers = numbers[~self._claims(numbers)]
        if self._added[-1].room < len(numbers):
            # Each is larger than the one before, so that there are never many.
            self._added.append(_Filter(max(_SMALLEST << len(self._added), len(numbers))))
        self._added[-1].add(numbers)

    def has(self, numbers: Numbers) -> Mask:
        if self._stored is None:
            return np.ones(len(numbers), np.bool_)
        return self._claims(numbers)

    def _claims(self, numbers: Numbers) -> Mask:
        found = np.zeros(len(numbers), np.bool_)
        for one in self._added if self._stored is None else (self._stored, *self._added):
            found |= one.has(numbers)
        return found


class Presence:
    """What the writer knows to be stored, by table: too many, never too few.

    `begin` has it read the ids that the file has, in the background where these are many; until
    then every record may be there.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._known = {table: _Known() for table in _IDS}
        self._thread: threading.Thread | None = None
        self._stopping = False

    def begin(self) -> None:
        """Read what is stored, once. Whatever is written from now on is to be added."""
        if self._thread is not None:
            return
        self._thread = threading.Thread(target=self._read, name="presence", daemon=True)
        self._thread.start()
        if sum(map(self._count, _IDS)) <= _FEW:
            self._thread.join()

    def stop(self) -> None:
        """Read no further."""
        self._stopping = True
        if self._thread is not None:
            self._thread.join()

    def add(self, table: str, numbers: Numbers) -> None:
        """Take note of records that are about to be stored."""
        self._known[table].add(numbers)

    def possible(self, table: str, numbers: Numbers) -> Mask:
        """Which of the records a table may have."""
        return self._known[table].has(numbers)

    def _count(self, table: str) -> int:
        rows = self._connection.cursor().execute(f"SELECT count(*) FROM {table}").fetchone()
        return 0 if rows is None else int(rows[0])

    def _read(self) -> None:
        give_way()
        for table, known in self._known.items():
            count = self._count(table)
            stored = _Filter(count + count // 8)
            for numbers in self._stored(table):
                stored.add(numbers)
                if self._stopping:
                    return
            known.read(stored)

    def _stored(self, table: str) -> Iterator[Numbers]:
        reader = self._connection.cursor()
        rows: Any = reader.sql(f"SELECT {_number(_IDS[table])} FROM {table}")
        for batch in rows.to_arrow_reader(_BATCH):
            yield batch.column(0).to_numpy()
        reader.close()


def numbers(statements: Statements, *records: pa.Table) -> list[Numbers]:
    """The numbers of records, table by table; their first two columns are merchant_id and id."""
    asked = pa.concat_tables([rows.select([0, 1]).rename_columns(_PAIR) for rows in records])
    if asked.num_rows <= _BOUND:
        values = [column.to_pylist() for column in asked.columns]
        rows = statements.execute(_OF_VALUES, values).fetchall()
        found = np.array([number for (number,) in rows], np.uint64)
    else:
        statements.give(numbered=asked)
        found = array_of(statements.table(_OF_TABLE)["number"]).to_numpy()
    return np.split(found, np.cumsum([rows.num_rows for rows in records])[:-1])


def _number(id_column: str) -> str:
    return f"hash(merchant_id, {id_column})"


_PAIR = ["merchant_id", "id"]
# So many are bound to the statement, which then takes a fourth of the time.
_BOUND = 500
_OF_VALUES = (
    f"SELECT {_number('id')} FROM"
    " (SELECT unnest(?::VARCHAR[]) AS merchant_id, unnest(?::VARCHAR[]) AS id) AS numbered"
)
_OF_TABLE = f"SELECT {_number('id')} AS number FROM numbered"
