"""States as rows: how calls and leads are laid out in columns, and read back."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any

import msgspec
import pyarrow as pa

from callistics.records.field import RecordKind
from callistics.records.field_types import Storage
from callistics.records.field_values import Value
from callistics.records.fields import FIELDS
from callistics.records.identity import Identity
from callistics.records.merge import PARTS, Event, Events, State, duration_ms
from callistics.records.outcomes import outcome_key

TIME = pa.timestamp("us")
_TEXT = pa.string()
EVENTS = pa.list_(pa.struct([("status", _TEXT), ("since", TIME)]))

COLUMNS: Mapping[RecordKind, Mapping[str, str]] = {
    kind: {name: one.stored_in for name, one in FIELDS[kind].items()} for kind in RecordKind
}
"""Field of the record → column that keeps it as it was sent."""

ARROW: Mapping[Storage, pa.DataType] = {
    Storage.TEXT: _TEXT,
    Storage.INSTANT: TIME,
    Storage.INTEGER: pa.int32(),
    Storage.LONG: pa.int64(),
    Storage.DOUBLE: pa.float64(),
    Storage.BOOLEAN: pa.bool_(),
}
"""The Arrow type of everything that is kept."""
EXTRA: Mapping[str, Storage] = {
    "merchant_id": Storage.TEXT,
    "call_id": Storage.TEXT,
    "lead_id": Storage.TEXT,
    "first_seen": Storage.INSTANT,
    "updated_at": Storage.INSTANT,
    "duration_ms": Storage.LONG,
    "attempt": Storage.INTEGER,
    "outcome_key": Storage.TEXT,
    "payload_base": Storage.TEXT,
    "field_times": Storage.TEXT,
}
"""Columns that keep no field as it was sent."""
STORAGE: Mapping[str, Storage] = {
    **EXTRA,
    **{one.stored_in: one.type.storage for kind in RecordKind for one in FIELDS[kind].values()},
}
"""How each column is kept, but for `events`."""
# Stands among the times where a call was sent as its own lead; else such a lead was not sent, or
# was cleared.
_NAMED = "names itself"
# The time of all fields that are not named, where it is not the newest: a late record brings few.
_USUAL = "others"
Row = dict[str, Any]

CALL_COLUMNS = (
    *COLUMNS[RecordKind.CALLS].values(),
    "merchant_id",
    "call_id",
    "duration_ms",
    "outcome_key",
    "events",
    "updated_at",
    "field_times",
)
LEAD_COLUMNS = (
    *COLUMNS[RecordKind.LEADS].values(),
    "merchant_id",
    "lead_id",
    "first_seen",
    "events",
    "updated_at",
    "field_times",
)


def call_row(identity: Identity, state: State) -> Row:
    """A call's columns, but for those that its lead and the lead's other calls decide."""
    lead, outcome = state.get("lead_id"), state.get("outcome")
    return _state_row(RecordKind.CALLS, state) | {
        "merchant_id": identity[0],
        "call_id": identity[1],
        "lead_id": identity[1] if lead is None else lead,
        "duration_ms": duration_ms(state),
        "outcome_key": None if outcome is None else outcome_key(str(outcome)),
        "field_times": _field_times(state, names_itself=lead == identity[1]),
    }


def lead_row(identity: Identity, state: State) -> Row:
    """The columns of a lead's own records."""
    return _state_row(RecordKind.LEADS, state) | {
        "merchant_id": identity[0],
        "lead_id": identity[1],
        "first_seen": state.first_seen,
        "field_times": _field_times(state),
    }


def _state_row(kind: RecordKind, state: State) -> Row:
    get = state.values.get
    row: Row = {column: get(name) for name, column in COLUMNS[kind].items()}
    events = sorted(state.events, key=repr) if len(state.events) > 1 else state.events
    row["events"] = list(events) or None
    row["updated_at"] = _newest(state)
    return row


def _newest(state: State) -> int:
    return max(state.times.values(), default=state.first_seen or 0)


def _field_times(state: State, *, names_itself: bool = False) -> str | None:
    """The times that `updated_at` alone would not give back: JSON of field to µs."""
    newest = _newest(state)
    times = state.times.values()
    if not names_itself and times and min(times) == newest and None not in state.values.values():
        return None
    known = [time for name, time in state.times.items() if state.get(name) is not None]
    usual = max(known, key=lambda time: (known.count(time), time), default=newest)
    odd = {
        name: time
        for name, time in sorted(state.times.items())
        if time != usual or state.get(name) is None
    }
    if usual != newest:
        odd[_USUAL] = usual
    if names_itself:
        odd[_NAMED] = 1
    return msgspec.json.encode(odd).decode() if odd else None


def later_times(name: str, time: int, others: int) -> str:
    """The times of a call of which one field alone is as of a time after that of all others."""
    return msgspec.json.encode({name: time, _USUAL: others}).decode()


def table(rows: Sequence[Row], columns: Sequence[str]) -> pa.Table:
    """Rows as an Arrow table of the columns named."""
    return pa.table({name: _array(name, [row[name] for row in rows]) for name in columns})


def _array(column: str, values: list[Any]) -> pa.Array:
    return _events_array(values) if column == "events" else pa.array(values, _type(column))


def _type(column: str) -> pa.DataType:
    return EVENTS if column == "events" else ARROW[STORAGE[column]]


def _events_array(lists: Sequence[Sequence[Event] | None]) -> pa.ListArray:
    """Lists of events, or None, as an Arrow array."""
    events = [event for one in lists if one is not None for event in one]
    inside = pa.StructArray.from_arrays(
        [
            pa.array([status for status, _ in events], _TEXT),
            pa.array([since for _, since in events], TIME),
        ],
        fields=list(EVENTS.value_type),
    )
    absent = pa.array([one is None for one in lists], pa.bool_())
    sizes = (0 if one is None else len(one) for one in lists)
    offsets = pa.array(accumulate(sizes, initial=0), pa.int32())
    return pa.ListArray.from_arrays(offsets, inside, type=EVENTS, mask=absent)


def schema(columns: Iterable[str]) -> pa.Schema:
    """The Arrow types of columns as every engine is given them."""
    return pa.schema([(name, _type(name)) for name in columns])


def identity_table(identities: Iterable[Identity], id_column: str) -> pa.Table:
    """(merchant_id, id) pairs as an Arrow table."""
    pairs = list(identities)
    merchants = pa.array([merchant for merchant, _ in pairs], _TEXT)
    ids = pa.array([identity for _, identity in pairs], _TEXT)
    return pa.table({"merchant_id": merchants, id_column: ids})


def plain(rows: pa.Table) -> list[Row]:
    """Rows as `state_of` takes them: every time as µs."""
    fields = [pa.field(field.name, _micros(field.type)) for field in rows.schema]
    found: list[Row] = rows.cast(pa.schema(fields)).to_pylist()
    return found


def _micros(type_: pa.DataType) -> pa.DataType:
    if type_ == TIME:
        return pa.int64()
    if type_ == EVENTS:
        return pa.list_(pa.struct([("status", _TEXT), ("since", pa.int64())]))
    return type_


def state_of(kind: RecordKind, row: Mapping[str, Any]) -> State:
    """The state that was written as a row (times as µs)."""
    odd: dict[str, int] = msgspec.json.decode(row["field_times"]) if row["field_times"] else {}
    newest: int = row["updated_at"]
    usual = odd.get(_USUAL, newest)
    state = State(first_seen=row.get("first_seen", newest))
    for name, column in COLUMNS[kind].items():
        value: Value = row[column]
        if name == "lead_id" and value == row["call_id"] and _NAMED not in odd:
            value = None
        if name in PARTS:
            if value is not None:
                state.values[name] = value
        elif value is not None:
            state.values[name], state.times[name] = value, odd.get(name, usual)
        elif name in odd:
            state.values[name], state.times[name] = None, odd[name]
    state.events = Events((event["status"], event["since"]) for event in row["events"] or ())
    return state
