"""Stored states as records that, imported anywhere, come to the same states.

A state knows of each field as of when it is, and a record has one time. So a call or a lead is as
many records as it has times: whatever order they come in, they merge to the state that they are of.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pyarrow as pa

from callistics.records.columnar.row_codec import (
    CALL_COLUMNS,
    LEAD_COLUMNS,
    plain,
    schema,
    state_of,
)
from callistics.records.field import RecordKind
from callistics.records.field_values import Value
from callistics.records.identity import Identity
from callistics.records.merge import PARTS, State
from callistics.records.record_times import lasts_too_long

_COLUMNS = {RecordKind.CALLS: CALL_COLUMNS, RecordKind.LEADS: LEAD_COLUMNS}


@dataclass(slots=True)
class Record:
    """A record: what it is of, the time it is as of (µs), None for its arrival, and its fields.

    A field that is None is cleared; it is another thing not to be there.
    """

    identity: Identity
    time: int | None
    values: dict[str, Value] = field(default_factory=dict[str, Value])


def records_in(kind: RecordKind, rows: pa.Table) -> Iterator[Record]:
    """The records of stored rows, those of each call or lead together."""
    known = rows.select(_COLUMNS[kind]).cast(schema(_COLUMNS[kind]))
    for row in plain(known):
        identity = (str(row["merchant_id"]), str(row[kind.id_field]))
        found = list(records_of(kind, identity, state_of(kind, row)))
        yield from found or [Record(identity, row["updated_at"])]


def records_of(kind: RecordKind, identity: Identity, state: State) -> Iterator[Record]:
    """The records that come to a state; none for one of which nothing is known."""
    by_time = {time: Record(identity, time) for time in sorted(set(state.times.values()))}
    for name, time in state.times.items():
        by_time[time].values[name] = state.get(name)
    for part, whole in PARTS.items():
        if state.get(part) is not None:
            by_time[state.times[whole]].values[part] = state.get(part)
    found = [*by_time.values()]
    found += [apart for one in found if (apart := _contradicting(one)) is not None]
    found += _with_statuses(identity, state, by_time)
    if kind is RecordKind.LEADS and state.first_seen not in {one.time for one in found}:
        found.append(Record(identity, state.first_seen))
    yield from found


def _contradicting(record: Record) -> Record | None:
    """Times that other records brought: beside the start they would be refused."""
    values = record.values
    start = values.get("started_at")
    if start is None:
        return None
    names = ["answered_at"] if values.get("duration") is not None else ["answered_at", "ended_at"]
    apart = [
        name for name in names if (at := values.get(name)) is not None and int(at) < int(start)
    ]
    if "ended_at" in names and lasts_too_long(values):
        apart.append("ended_at")
    if not apart:
        return None
    return Record(record.identity, record.time, {name: values.pop(name) for name in apart})


def _with_statuses(
    identity: Identity, state: State, by_time: dict[int, Record]
) -> Iterator[Record]:
    """Put each status into the record of its time, else into one of its own, which are given."""
    for status, since in sorted(state.events, key=repr):
        beside = None if since is None else by_time.get(since)
        if beside is None or "status" in beside.values:
            yield Record(identity, since, {"status": status})
        else:
            beside.values["status"] = status
