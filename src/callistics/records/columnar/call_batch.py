"""Whole records of calls, many at a time, as columns instead of objects.

Most records are the first of their id and say all there is to say. Such ones need no merging: they
go from JSON to the engine's columns with little work for each (docs/decisions/blocks.md). Every
other one is left to the careful decoder `records.decode`, which alone tells what is wrong with
a record; what can be taken here means the same there.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
import numpy as np
import pyarrow as pa

from callistics.model.scope import Scope
from callistics.records.columnar.arrow import Mask, array_of, pc
from callistics.records.columnar.decode_columns import Columns, decode_call
from callistics.records.columnar.match_rows import is_again
from callistics.records.columnar.row_codec import CALL_COLUMNS, EVENTS, TIME
from callistics.records.field_values import Reading

T = TypeVar("T")

# For fewer records than this, columns cost more than objects.
SMALLEST = 32


@dataclass(frozen=True, slots=True)
class CallBatch:
    """Records as columns, their `indices` in the request, and `texts` as they were sent.

    `columns` has those of `row_codec.CALL_COLUMNS`, but `status` for `events`; `updated_at` is null
    where a record takes its time of arrival.
    """

    columns: pa.Table
    indices: Sequence[int]
    texts: Sequence[bytes]

    def __len__(self) -> int:
        return len(self.indices)

    def calls(self) -> pa.Table:
        """(merchant_id, call_id) of each record."""
        return self.columns.select(["merchant_id", "call_id"])

    def part(self, rows: Sequence[int]) -> "CallBatch":
        """Some of the records."""
        if len(rows) == len(self):
            return self
        columns = self.columns.take(pa.array(rows, pa.int64()))
        return CallBatch(columns, _take(self.indices, rows), _take(self.texts, rows))

    def without(self, rows: Sequence[int]) -> "CallBatch | None":
        """The other records; None if there are none."""
        left_out = set(rows)
        others = [row for row in range(len(self)) if row not in left_out]
        return self.part(others) if others else None

    def sent(self) -> Iterator[tuple[int, bytes]]:
        """The index and the text of each record."""
        return zip(self.indices, self.texts, strict=True)

    def rows(self, arrival: int) -> pa.Table:
        """The columns `CALL_COLUMNS`; the first record of the request arrived at `arrival` (µs)."""
        arrived = pc.add(pa.array(self.indices, pa.int64()), arrival).cast(TIME)
        at = self.columns.column_names.index("updated_at")
        times = pc.coalesce(self.columns["updated_at"], arrived)
        made = self.columns.set_column(at, "updated_at", times)
        events = _events(self.columns["status"], self.columns["updated_at"])
        return made.append_column("events", events).select(CALL_COLUMNS)


def batch_of(texts: Sequence[bytes], reading: Reading, scope: Scope) -> CallBatch | None:
    """The records among JSON texts that can be taken as columns; None if there are none."""
    if scope.splits_merchants:
        # Whose a record is may depend on what is stored of its lead.
        return None
    decoded = list(_decoded(texts))
    if not decoded:
        return None
    calls = [call for _, call in decoded]
    indices = [index for index, _ in decoded]
    columns = Columns(calls, _take(texts, indices), reading)
    rows = [row for row, good in enumerate(columns.good(scope)) if good]
    return CallBatch(columns.table(), indices, columns.texts).part(rows) if rows else None


def joined(batches: Sequence[CallBatch]) -> pa.Table:
    """(merchant_id, call_id) of the records of all batches."""
    return pa.concat_tables([batch.calls() for batch in batches])


def rows_again(batches: Sequence[CallBatch], known: Mask, named: Sequence[str]) -> list[list[int]]:
    """The rows of each batch that are not the first of their ids.

    They are among the `known`, or come more than once, or have an id that is `named` by other
    records of the commit, be it a lead's.
    """
    calls = joined(batches)
    is_named = pc.is_in(array_of(calls["call_id"]), pa.array(named, pa.string()))
    again = known | is_again(calls, "call_id") | is_named.to_numpy(zero_copy_only=False)
    parts = np.split(again, np.cumsum([len(batch) for batch in batches])[:-1])
    return [np.flatnonzero(part).tolist() for part in parts]


def _decoded(texts: Sequence[bytes]) -> Iterator[tuple[int, Any]]:
    for index, text in enumerate(texts):
        try:
            yield index, decode_call(text)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            # The careful reading tells what there is about it.
            continue


def _take(values: Sequence[T], indices: Iterable[int]) -> list[T]:
    return [values[index] for index in indices]


def _events(status: pa.ChunkedArray, since: pa.ChunkedArray) -> pa.ListArray:
    """A list of one event for each status, null where there is none."""
    status, since = array_of(status), array_of(since)
    known = status.is_valid()
    ends = pc.cumulative_sum(known.cast(pa.int32()))
    offsets = pa.concat_arrays([pa.array([0], pa.int32()), ends])
    events = pa.StructArray.from_arrays(
        [status.filter(known), since.filter(known)], fields=list(EVENTS.value_type)
    )
    return pa.ListArray.from_arrays(offsets, events, type=EVENTS, mask=pc.invert(known))
