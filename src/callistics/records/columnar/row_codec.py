"""States as rows: how calls and leads are laid out in columns, and read back."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any

import msgspec
import pyarrow as pa

from callistics.records.field import RecordKind
from callistics.records.field_types import Storage
from callistics.records.field_values import Value
from callistics.records.fields import FIELDS, PARTS
from callistics.records.identity import Identity
from callistics.records.merge import Event, Events, State, duration_ms
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
_NO_FIELDS = {_NAMED, _USUAL}
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


def call_rows(calls: Mapping[Identity, State], columns: Sequence[str] = CALL_COLUMNS) -> pa.Table:
    """Columns of calls, but for those that their leads and the leads' other calls decide."""
    return _rows(RecordKind.CALLS, calls, columns)


def lead_rows(leads: Mapping[Identity, State]) -> pa.Table:
    """The columns of leads' own records."""
    return _rows(RecordKind.LEADS, leads, LEAD_COLUMNS)


def _rows(kind: RecordKind, records: Mapping[Identity, State], columns: Sequence[str]) -> pa.Table:
    if not records:
        return schema(columns).empty_table()
    values = [state.values for state in records.values()]
    made: dict[str, pa.Array] = {}
    for column in columns:
        name = _FIELD_OF[kind].get(column)
        if name is None:
            value = _BESIDE[kind][column]
            made[column] = _array(column, [value(*one) for one in records.items()])
        else:
            made[column] = _array(column, [one.get(name) for one in values])
    return pa.table(made)


def _lead_id(identity: Identity, state: State) -> Value:
    lead = state.get("lead_id")
    return identity[1] if lead is None else lead


def _outcome_key(_: Identity, state: State) -> str | None:
    outcome = state.get("outcome")
    return None if outcome is None else outcome_key(str(outcome))


def _events(_: Identity, state: State) -> list[Event] | None:
    events = sorted(state.events, key=repr) if len(state.events) > 1 else state.events
    return list(events) or None


def _call_times(identity: Identity, state: State) -> str | None:
    return _field_times(state, names_itself=state.get("lead_id") == identity[1])


_Made = Callable[[Identity, State], Any]
_BOTH: Mapping[str, _Made] = {
    "merchant_id": lambda identity, _: identity[0],
    "events": _events,
    "updated_at": lambda _, state: _newest(state),
}
_BESIDE: Mapping[RecordKind, Mapping[str, _Made]] = {
    RecordKind.CALLS: {
        **_BOTH,
        "call_id": lambda identity, _: identity[1],
        "lead_id": _lead_id,
        "duration_ms": lambda _, state: duration_ms(state),
        "outcome_key": _outcome_key,
        "field_times": _call_times,
    },
    RecordKind.LEADS: {
        **_BOTH,
        "lead_id": lambda identity, _: identity[1],
        "first_seen": lambda _, state: state.first_seen,
        "field_times": lambda _, state: _field_times(state),
    },
}
"""Columns that are no field as it was sent, and what they are of a record."""
_FIELD_OF: Mapping[RecordKind, Mapping[str, str]] = {
    kind: {column: name for name, column in COLUMNS[kind].items() if column not in _BESIDE[kind]}
    for kind in RecordKind
}


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
    found: list[Row] = rows.cast(pa.schema(fields)).to_pylist() if rows.num_rows else []
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
    values: dict[str, Value] = {
        name: value for name, column in COLUMNS[kind].items() if (value := row[column]) is not None
    }
    if _NAMED not in odd and values.get("lead_id") == row.get("call_id"):
        values.pop("lead_id", None)
    times = dict.fromkeys(values, odd.get(_USUAL, newest))
    for name in odd.keys() - _NO_FIELDS:
        values.setdefault(name, None)
        times[name] = odd[name]
    for name in PARTS.keys() & times.keys():
        del times[name]
    events = Events((event["status"], event["since"]) for event in row["events"] or ())
    return State(values, times, events, row.get("first_seen", newest))
