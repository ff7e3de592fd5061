"""A hash table of the ids that are stored, and of the weeks of their records."""

import numpy as np
import numpy.typing as npt

from callistics.engines.duckdb.lookup.lookup_sql import WEEK_BITS, Weeks
from callistics.records.columnar.arrow import RowIndices

Numbers = npt.NDArray[np.uint64]
"""Hashes of (merchant_id, id), good for as long as the process runs."""

_WEEKS = 1 << WEEK_BITS


class Slots:
    """A hash table of so many numbers and their weeks, with 20 and 12 bits for each.

    What finds its slot taken goes into the next that is free. Of others one in some hundred
    thousand is taken for one of those that are there.
    """

    def __init__(self, capacity: int) -> None:
        self._slots = np.zeros(capacity * 5 // 3 + 2, np.uint32)
        self._capacity, self.taken = capacity, 0

    @property
    def room(self) -> int:
        """For how many more there is room."""
        return self._capacity - self.taken

    def add(self, numbers: Numbers, weeks: Weeks) -> None:
        """Add numbers; raises `OverflowError` where there is no room for them."""
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
        return joined(found)

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


def joined(found: list[tuple[RowIndices, Weeks]]) -> tuple[RowIndices, Weeks]:
    """What was found in several places, as one."""
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, np.uint32)
    rows, weeks = zip(*found, strict=True)
    return np.concatenate(rows), np.concatenate(weeks)
