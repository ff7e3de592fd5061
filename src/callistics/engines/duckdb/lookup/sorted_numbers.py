"""Sorted numbers made of the ids that are stored, and the weeks of their records.

A hash table of them takes a quarter more memory and as long to fill, at random places of it all.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from callistics.engines.duckdb.lookup.lookup_sql import WEEK_BITS, Weeks
from callistics.records.columnar.arrow import RowIndices

Numbers = npt.NDArray[np.uint64]
"""Hashes of (merchant_id, id), good for as long as the process runs."""
Entries = npt.NDArray[np.uint64]
"""Numbers with the week of a record of each in place of their last bits."""

_WEEKS = 1 << WEEK_BITS
_BARE = 2**64 - _WEEKS
# Of a number, beside those that say where it is to be found: one of some hundred thousand others is
# taken for one of those that are there.
_PRINT_BITS = 32 - WEEK_BITS
# Of up to so many numbers each is looked at, on average.
_TOGETHER = 4
_AT_ONCE = 1 << 17
# Of growing numbers: each part is so many times as large as the next, or it is small.
_GROWS, _SMALL = 4, 4_096
# From so many on it is worth it to look numbers up in their order: what is near is in the cache.
_MANY = 1_000


def entries(numbers: Numbers, weeks: Weeks) -> Entries:
    """The entries of numbers of records, and of the weeks these are of."""
    return _bare(numbers) | weeks


def entry(number: str, week: str) -> str:
    """The same in SQL, of expressions."""
    return f"({number} & {_BARE}) | ({week})::UBIGINT"


class SortedNumbers:
    """Entries that are there for good, with 4 bytes for each and 1 or 2 to find it by.

    By its first bits a number is found among a few, of each of which the next 20 bits are kept.
    """

    def __init__(self, found: Entries) -> None:
        """The array is this one's from now on: its entries are sorted and packed where they are."""
        found.sort()
        self._bits = max(1, (len(found) // _TOGETHER).bit_length())
        self._ends = np.zeros((1 << self._bits) + 1, np.uint32)
        count = len(found)
        packed = found.view(np.uint32)
        for begin in range(0, count, _AT_ONCE):
            some = found[begin : begin + _AT_ONCE]
            groups = self._groups(some)
            first, last = int(groups[0]), int(groups[-1])
            self._ends[first + 1 : last + 2] += np.bincount(groups - first).astype(np.uint32)
            # Each takes half of the room that it had, so that none is written over unread.
            packed[begin : begin + len(some)] = self._prints(some) | _weeks(some)
        np.cumsum(self._ends, out=self._ends)
        del packed
        # A copy would take as much again.
        found.resize((count + 1) // 2, refcheck=False)
        self._slots = found.view(np.uint32)[:count]

    def __len__(self) -> int:
        return len(self._slots)

    def find(self, numbers: Numbers) -> tuple[RowIndices, Weeks]:
        """The rows of those that are there, and their weeks: several, where it was several."""
        groups = self._groups(numbers)
        rows, prints = np.arange(len(numbers)), self._prints(numbers)
        positions, ends = self._ends[groups], self._ends[groups + 1]
        found: list[tuple[RowIndices, Weeks]] = []
        while True:
            rest = np.flatnonzero(positions < ends)
            if not len(rest):
                return joined(found)
            rows, prints = rows[rest], prints[rest]
            positions, ends = positions[rest], ends[rest]
            weeks = self._slots[positions] ^ prints
            hits = np.flatnonzero(weeks < _WEEKS)
            found.append((rows[hits], weeks[hits]))
            positions = positions + np.uint32(1)

    def _groups(self, numbers: Numbers) -> RowIndices:
        return (numbers >> np.uint64(64 - self._bits)).astype(np.int64)

    def _prints(self, numbers: Numbers) -> npt.NDArray[np.uint32]:
        after = numbers << np.uint64(self._bits) >> np.uint64(64 - _PRINT_BITS)
        return after.astype(np.uint32) << np.uint32(WEEK_BITS)


class GrowingNumbers:
    """Entries that others are added to, with 8 bytes for each, in a few sorted parts.

    What is added becomes one with parts that are `small` or not much larger, so that each entry is
    moved a few times only.
    """

    def __init__(self, small: int = _SMALL) -> None:
        self._small = small
        self._parts: list[Entries] = []

    def __len__(self) -> int:
        return sum(map(len, self._parts))

    def add(self, more: Entries) -> None:
        """Add entries that are not there."""
        part = np.sort(more)
        part = part[np.append(True, part[1:] != part[:-1])[: len(part)]]
        while self._parts and len(self._parts[-1]) < max(self._small, _GROWS * len(part)):
            part = np.concatenate((self._parts.pop(), part))
            part.sort()
        self._parts.append(part)

    def find(self, numbers: Numbers) -> tuple[RowIndices, Weeks]:
        """The rows of those that are there, and their weeks: several, where it was several."""
        return joined([found for part in self._parts for found in _found(part, _bare(numbers))])


def _found(part: Entries, bare: Entries) -> Sequence[tuple[RowIndices, Weeks]]:
    rows = np.arange(len(bare)) if len(bare) < _MANY else np.argsort(bare)
    positions = np.searchsorted(part, bare[rows])
    found: list[tuple[RowIndices, Weeks]] = []
    while len(rows):
        rest = np.flatnonzero(positions < len(part))
        rows, positions = rows[rest], positions[rest]
        # Entries of one number are beside each other, in the order of their weeks.
        there = part[positions] ^ bare[rows]
        hits = np.flatnonzero(there < _WEEKS)
        rows, positions = rows[hits], positions[hits] + 1
        found.append((rows, there[hits].astype(np.uint32)))
    return found


def _bare(numbers: Numbers) -> Entries:
    return numbers & np.uint64(_BARE)


def _weeks(found: Entries) -> Weeks:
    return (found & np.uint64(_WEEKS - 1)).astype(np.uint32)


def joined(found: Sequence[tuple[RowIndices, Weeks]]) -> tuple[RowIndices, Weeks]:
    """What was found in several places, as one."""
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, np.uint32)
    rows, weeks = zip(*found, strict=True)
    return np.concatenate(rows), np.concatenate(weeks)
