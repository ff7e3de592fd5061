"""States as rows: how calls and leads are laid out in columns, and read back."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
import pyarrow as pa

from callistics.model.merge import State, duration_ms, missing
from callistics.model.payload import Flat
from callistics.model.record_values import Value
from callistics.model.records import RecordKind
from callistics.model.writes import Identity

_TIME = pa.timestamp("us")
_TEXT = pa.string()
_EVENTS = pa.list_(pa.struct([("status", _TEXT), ("since", _TIME)]))

# Field of the record → column that keeps it as it was sent.
COLUMNS: Mapping[RecordKind, Mapping[str, str]] = {
    RecordKind.CALLS: {
        "reseller_id": "reseller_id",
        "template_id": "template_id",
        "lead_id": "lead_id",
        "started_at": "started_at",
        "ended_at": "ended_at",
        "duration": "duration_sent_ms",
        "provider": "provider",
        "direction": "direction",
        "attempt": "attempt_sent",
        "outcome": "outcome",
        "sentiment": "sentiment",
        "payload": "payload_own",
        "test": "test",
    },
    RecordKind.LEADS: {
        "reseller_id": "reseller_id",
        "template_id": "template_id",
        "created_at": "created_at",
        "payload": "payload_own",
    },
}
_TYPES: Mapping[str, Any] = {
    "merchant_id": _TEXT,
    "call_id": _TEXT,
    "lead_id": _TEXT,
    "reseller_id": _TEXT,
    "template_id": _TEXT,
    "started_at": _TIME,
    "ended_at": _TIME,
    "created_at": _TIME,
    "first_seen": _TIME,
    "updated_at": _TIME,
    "duration_sent_ms": pa.int64(),
    "duration_ms": pa.int64(),
    "provider": _TEXT,
    "direction": _TEXT,
    "attempt_sent": pa.int32(),
    "outcome": _TEXT,
    "sentiment": pa.float64(),
    "test": pa.bool_(),
    "payload_own": _TEXT,
    "events": _EVENTS,
    "field_times": _TEXT,
}
Row = dict[str, Any]

CALL_COLUMNS = (
    *COLUMNS[RecordKind.CALLS].values(),
    "merchant_id",
    "call_id",
    "duration_ms",
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


def flat_columns(payload: Flat) -> tuple[str | None, str | None, str | None]:
    """A flat payload as the JSON texts that become its three columns; None for nothing."""
    encode = msgspec.json.encode
    parts = (payload.scalars, payload.lists, payload.orders)
    scalars, lists, orders = (encode(part).decode() if part else None for part in parts)
    return scalars, lists, orders


def is_live(state: State) -> bool:
    """Whether a call counts: complete and no test."""
    return not missing(RecordKind.CALLS, state) and state.get("test") is not True


def call_row(identity: Identity, state: State) -> Row:
    """A call's columns, but for those that its lead and the lead's other calls decide."""
    lead = state.get("lead_id")
    return _state_row(RecordKind.CALLS, state) | {
        "merchant_id": identity[0],
        "call_id": identity[1],
        "lead_id": identity[1] if lead is None else lead,
        "duration_ms": duration_ms(state),
        "field_times": _field_times(state, always=("lead_id",) if lead == identity[1] else ()),
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
    row: Row = {column: state.get(name) for name, column in COLUMNS[kind].items()}
    events = sorted(state.events, key=repr)
    row["events"] = [{"status": status, "since": at} for status, at in events] or None
    row["updated_at"] = _newest(state)
    return row


def _newest(state: State) -> int:
    return max(state.times.values(), default=state.first_seen or 0)


def _field_times(state: State, always: Sequence[str] = ()) -> str | None:
    """The times that `updated_at` alone would not give back: JSON of field to µs."""
    newest = _newest(state)
    odd = {
        name: time
        for name, time in sorted(state.times.items())
        if time != newest or state.get(name) is None or name in always
    }
    return msgspec.json.encode(odd).decode() if odd else None


def table(rows: Sequence[Row], columns: Sequence[str]) -> pa.Table:
    """Rows as an Arrow table of the columns named."""
    arrays = {name: pa.array([row[name] for row in rows], _TYPES[name]) for name in columns}
    return pa.table(arrays)


def identity_table(identities: Iterable[Identity], id_column: str) -> pa.Table:
    """(merchant_id, id) pairs as an Arrow table."""
    pairs = list(identities)
    merchants = pa.array([merchant for merchant, _ in pairs], _TEXT)
    ids = pa.array([identity for _, identity in pairs], _TEXT)
    return pa.table({"merchant_id": merchants, id_column: ids})


def state_of(kind: RecordKind, row: Mapping[str, Any]) -> State:
    """The state that was written as a row (times as µs)."""
    odd: dict[str, int] = msgspec.json.decode(row["field_times"]) if row["field_times"] else {}
    newest: int = row["updated_at"]
    state = State(first_seen=row.get("first_seen", newest))
    for name, column in COLUMNS[kind].items():
        value: Value = row[column]
        if name == "lead_id" and value == row["call_id"] and name not in odd:
            value = None
        if value is not None:
            state.values[name], state.times[name] = value, odd.get(name, newest)
        elif name in odd:
            state.values[name], state.times[name] = None, odd[name]
    state.events = {(event["status"], event["since"]) for event in row["events"] or ()}
    return state
