"""Whole records of calls, many at a time, as columns instead of objects.

Most records are the first of their id and say all there is to say. Such ones need no merging: they
go from JSON, or a table, to the engine's columns with little work for each
(docs/decisions/blocks.md). Every other one is left to the careful decoder `records.decode`, which
alone tells what is wrong with a record; what can be taken here means the same there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from callistics.model.scope import Scope
from callistics.records.columnar.arrow import Mask, RowIndices, array_of, pc, scattered
from callistics.records.columnar.decode_columns import Columns
from callistics.records.columnar.match_rows import is_again
from callistics.records.columnar.row_codec import CALL_COLUMNS, COLUMNS, EVENTS, TIME, plain
from callistics.records.columnar.sent_calls import Later, SentCalls
from callistics.records.columnar.sent_records import sent_as_records
from callistics.records.columnar.sent_texts import sent_as_texts
from callistics.records.decode import Change
from callistics.records.field import RecordKind
from callistics.records.field_values import Reading, Value

# For fewer records than this, columns cost more than objects.
SMALLEST = 32


@dataclass(frozen=True, slots=True)
class CallBatch:
    """Calls as columns, each made of a record, or of two.

    `indices` are those of the records in the request. `columns` has those of
    `row_codec.CALL_COLUMNS`, but `status` for `events`; `updated_at` is null where a record takes
    its time of arrival. `later_at` is there where a record that was sent later brought one value;
    `later` has the indices of these, by row, and what they brought.
    """

    columns: pa.Table
    indices: Sequence[int]
    later: Mapping[int, Later] = field(default_factory=dict[int, Later])

    def __len__(self) -> int:
        return len(self.indices)

    @property
    def received(self) -> list[int]:
        """The indices of all records that the calls are made of."""
        return [*self.indices, *(one.index for one in self.later.values())]

    def calls(self) -> pa.Table:
        """(merchant_id, call_id) of each call."""
        return self.columns.select(["merchant_id", "call_id"])

    def named(self, id_field: str) -> list[tuple[str, str]]:
        """The merchant of each call, with the id of the call or of its lead."""
        columns = (self.columns[name].to_pylist() for name in ("merchant_id", id_field))
        return list(zip(*columns, strict=True))

    def part(self, rows: RowIndices) -> "CallBatch":
        """Some of the calls, in order."""
        if len(rows) == len(self):
            return self
        at = scattered(len(self), rows, np.arange(len(rows)))
        later = {int(at[row]): one for row, one in self.later.items() if at[row] >= 0}
        indices = [self.indices[row] for row in rows.tolist()]
        return CallBatch(self.columns.take(pa.array(rows)), indices, later)

    def without(self, rows: RowIndices) -> "CallBatch | None":
        """The other calls; None if there are none."""
        others = np.delete(np.arange(len(self)), rows)
        return self.part(others) if len(others) else None

    def changes(self) -> Iterator[tuple[int, Change]]:
        """The index of each record, and the change that it makes where it is to be merged."""
        for place, row in enumerate(plain(self.columns)):
            change, later = _change(row), self.later.get(place)
            if later is not None:
                value = change.values.pop(later.field)
                yield later.index, Change(*_names(row), {later.field: value}, row["later_at"])
            yield self.indices[place], change

    def rows(self, arrival: int) -> pa.Table:
        """The columns `CALL_COLUMNS`; the first record of the request arrived at `arrival` (µs)."""
        arrived = pc.add(pa.array(self.indices, pa.int64()), arrival).cast(TIME)
        at = self.columns.column_names.index("updated_at")
        sent = self.columns["updated_at"]
        times = pc.coalesce(self.columns["later_at"], sent, arrived)
        made = self.columns.set_column(at, "updated_at", times)
        events = _events(self.columns["status"], sent)
        return made.append_column("events", events).select(CALL_COLUMNS)


def batch_of_texts(texts: Sequence[bytes], reading: Reading, scope: Scope) -> CallBatch | None:
    """The records among JSON texts that can be taken as columns; None if there are none."""
    return None if scope.splits_merchants else _taken(*sent_as_texts(texts), reading, scope)


def batch_of_records(records: Sequence[object], reading: Reading, scope: Scope) -> CallBatch | None:
    """Those among decoded records that can be taken as columns; None if there are none."""
    return None if scope.splits_merchants else _taken(*sent_as_records(records), reading, scope)


def _taken(
    indices: Sequence[int], calls: SentCalls, reading: Reading, scope: Scope
) -> CallBatch | None:
    """Those that are plainly right.

    Where a scope splits merchants there are none: whose a record is may then depend on what is
    stored of its lead.
    """
    if not indices:
        return None
    columns = Columns(calls, reading)
    rows = np.flatnonzero(columns.good(scope))
    whole = CallBatch(columns.table(), indices, calls.later)
    return whole.part(rows) if len(rows) else None


def joined(batches: Sequence[CallBatch]) -> pa.Table:
    """(merchant_id, call_id) of the records of all batches."""
    return pa.concat_tables([batch.calls() for batch in batches])


def rows_again(batches: Sequence[CallBatch], known: Mask, named: Sequence[str]) -> list[RowIndices]:
    """The rows of each batch that are not the first of their ids.

    They are among the `known`, or come more than once, or have an id that is `named` by other
    records of the commit, be it a lead's.
    """
    calls = joined(batches)
    is_named = pc.is_in(array_of(calls["call_id"]), pa.array(named, pa.string()))
    again = known | is_again(calls, "call_id") | is_named.to_numpy(zero_copy_only=False)
    parts = np.split(again, np.cumsum([len(batch) for batch in batches])[:-1])
    return [np.flatnonzero(part) for part in parts]


def _names(row: Mapping[str, Any]) -> tuple[str, str]:
    """The names of the call and its merchant."""
    return row["call_id"], row["merchant_id"]


def _change(row: Mapping[str, Any]) -> Change:
    """What the record says of which a row was made."""
    found = {name: row[column] for name, column in COLUMNS[RecordKind.CALLS].items()}
    values: dict[str, Value] = {name: one for name, one in found.items() if one is not None}
    if values["lead_id"] == row["call_id"]:
        # It was not sent: one that was sent as its own lead is no plain record.
        del values["lead_id"]
    if row["field_times"] is not None and row["later_at"] is None:
        values |= dict.fromkeys(msgspec.json.decode(row["field_times"]))
    return Change(
        *_names(row),
        values,
        row["updated_at"],
        brings_status=row["status"] is not None,
        status=row["status"],
    )


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
