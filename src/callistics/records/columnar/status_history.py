"""What happened to leads: the statuses that records brought, in order, as columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from callistics.records.columnar.arrow import (
    TEXTS,
    Mask,
    RowIndices,
    array_of,
    coded,
    pc,
    rows_inside,
    scattered,
)
from callistics.records.columnar.row_codec import EVENTS, TIME
from callistics.records.merge import event_order


@dataclass(frozen=True, slots=True)
class Events:
    """Events by lead, and of each lead in their order; each once.

    `of` says which lead an event belongs to, `codes` which of the `names` its status is; where it
    has none, it is the last of these, None. `since` is in µs.
    """

    of: RowIndices
    names: Sequence[str | None]
    codes: RowIndices
    since: RowIndices

    def status(self, leads: int) -> pa.Array:
        """The newest status of each of so many leads."""
        last = np.flatnonzero(np.diff(self.of, append=leads))
        found = np.full(leads, len(self.names) - 1)
        found[self.of[last]] = self.codes[last]
        return pa.array(self.names, pa.string()).take(pa.array(found))

    def statuses(self, leads: int) -> pa.ListArray:
        """The statuses that each lead ever had."""
        tell = self._tell
        return sets(self.of[tell], self.codes[tell], self.names, leads)

    def history(self, leads: int) -> pa.ListArray:
        """The events of each lead that have a status."""
        tell = self._tell
        status = pa.array(self.names, pa.string()).take(pa.array(self.codes[tell]))
        since = pa.array(self.since[tell]).cast(TIME)
        inside = pa.StructArray.from_arrays([status, since], fields=list(EVENTS.value_type))
        return pa.ListArray.from_arrays(_offsets(self.of[tell], leads), inside, type=EVENTS)

    @property
    def _tell(self) -> Mask:
        tell: Mask = self.codes < len(self.names) - 1
        return tell


def events_in(*sources: tuple[pa.ChunkedArray, RowIndices, pa.ChunkedArray]) -> Events:
    """Events from lists of them, with the lead of each list, and the time of those without one."""
    flat = [_flat(*source) for source in sources]
    of = np.concatenate([leads for leads, _, _ in flat])
    since = np.concatenate([times for _, _, times in flat])
    codes, names = coded(pa.concat_arrays([status for _, status, _ in flat]))
    _, rank = _ranked([event_order((name, 0)) for name in names])
    order = np.lexsort((rank[codes], since, of))
    of, codes, since = of[order], codes[order], since[order]
    again = (of[1:] == of[:-1]) & (codes[1:] == codes[:-1]) & (since[1:] == since[:-1])
    once = np.concatenate([np.ones(min(len(of), 1), np.bool_), ~again])
    return Events(of[once], names, codes[once], since[once])


def _flat(
    lists: pa.ChunkedArray, of: RowIndices, otherwise: pa.ChunkedArray
) -> tuple[RowIndices, pa.Array, RowIndices]:
    whole = array_of(lists)
    rows = rows_inside(whole)
    status, since = pc.list_flatten(whole).flatten()
    times = pc.coalesce(since, array_of(otherwise).take(pa.array(rows))).cast(pa.int64())
    return of[rows], status, times.to_numpy()


def sets(
    of: RowIndices, codes: RowIndices, names: Sequence[str | None], leads: int
) -> pa.ListArray:
    """For each of so many leads its names, in order and each once."""
    order, rank = _ranked([name or "" for name in names])
    pairs = np.unique(of * len(names) + rank[codes])
    texts = pa.array([names[at] for at in order], pa.string())
    inside = texts.take(pa.array(pairs % len(names)))
    return pa.ListArray.from_arrays(_offsets(pairs // len(names), leads), inside, type=TEXTS)


def _ranked(keys: Sequence[Any]) -> tuple[list[int], RowIndices]:
    """The row indices of keys in their order, and the rank of each key."""
    order = sorted(range(len(keys)), key=keys.__getitem__)
    return order, scattered(len(keys), np.array(order, np.int64), np.arange(len(keys)))


def _offsets(of: RowIndices, leads: int) -> pa.Array:
    """Where the elements of each lead begin, and the last ones end."""
    ends = np.cumsum(np.bincount(of, minlength=leads))
    return pa.array(np.concatenate([[0], ends]), pa.int32())
