"""The records that platforms push: each field once, with its type, rule and help."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from callistics.errors import Problem, invalid, pointer, unknown_names
from callistics.model.json import NotJsonError, as_object, decode
from callistics.model.payload import PayloadError, canonical_json
from callistics.model.record_times import OutOfOrder, Times, readings_of
from callistics.model.record_values import (
    MAX_ATTEMPT,
    MAX_TEXT,
    SENTIMENTS,
    Reading,
    Value,
    read_attempt,
    read_direction,
    read_duration,
    read_flag,
    read_instant,
    read_name,
    read_payload,
    read_sentiment,
    read_text,
    read_updated_at,
    tie_duration,
    tie_instant,
    tie_payload,
    tie_sentiment,
)


class RecordKind(StrEnum):
    """What a record tells of; the value is the endpoint's name."""

    CALLS = "calls"
    LEADS = "leads"

    @property
    def id_field(self) -> str:
        """The field that names a record within its merchant."""
        return "call_id" if self is RecordKind.CALLS else "lead_id"


class Ordered(Protocol):
    """What two values of one field are compared by: texts, or whole numbers."""

    def __gt__(self, other: Any, /) -> bool: ...


@dataclass(frozen=True, slots=True)
class RecordField:
    """One field of a record.

    `parse` turns a JSON value that is not null into a `Value`, or raises `ValueError` with a
    sentence for people. `tie` gives what decides between two values of the same time.
    """

    name: str
    help: str
    schema: Mapping[str, object]
    parse: Callable[[object, Reading], Value]
    tie: Callable[[Value], Ordered] = field(default=canonical_json)
    required: bool = False
    example: object = None


@dataclass(slots=True)
class Change:
    """What one valid record says: the fields it brings and the time they are as of.

    `time` is None where the record has no `updated_at`; it then takes its time of arrival.
    `readings` are what times without a start beside them may mean where that is more than one
    thing, the best first, which `values` has: the start that is known already decides.
    """

    identity: str
    merchant_id: str | None
    values: dict[str, Value]
    time: int | None
    brings_status: bool = False
    status: str | None = None
    readings: tuple[Times, ...] = ()


_STRING = {"type": "string", "maxLength": MAX_TEXT}
_ID = {"type": "string", "minLength": 1, "maxLength": MAX_TEXT}
_TIME = {"type": "string", "format": "date-time"}
_OBJECT = {"type": "object", "additionalProperties": True}

_RESELLER = RecordField(
    "reseller_id",
    "The partner that brought the merchant.",
    _ID,
    read_name,
    required=True,
    example="res_north",
)
_TEMPLATE = RecordField(
    "template_id", "The script of the campaign.", _STRING, read_text, example="tpl_xyz789"
)
_PAYLOAD = RecordField(
    "payload",
    "Free-form JSON of the platform's own; replaced whole by a newer one.",
    _OBJECT,
    read_payload,
    tie_payload,
    example={"city": "Delhi", "plan": "gold"},
)

_CALL_FIELDS = (
    _RESELLER,
    RecordField(
        "started_at",
        "When the call was dialled.",
        _TIME,
        read_instant,
        tie_instant,
        required=True,
        example="2025-01-15T09:30:00Z",
    ),
    _TEMPLATE,
    RecordField(
        "lead_id",
        "The person called; without it the call is its own lead.",
        _ID,
        read_name,
        example="lead_81",
    ),
    RecordField("provider", "The telephony provider.", _STRING, read_text, example="TWILIO"),
    RecordField(
        "direction",
        "`outbound` or `inbound`.",
        {"type": "string", "enum": ["outbound", "inbound"]},
        read_direction,
        example="outbound",
    ),
    RecordField(
        "attempt",
        "Which attempt to reach the lead this is, from 1; inferred where it is not sent.",
        {"type": "integer", "minimum": 1, "maximum": MAX_ATTEMPT},
        read_attempt,
        example=1,
    ),
    RecordField(
        "duration",
        "Seconds, may be fractional; rounded half up to milliseconds.",
        {"type": "number", "minimum": 0},
        read_duration,
        tie_duration,
        example=42.5,
    ),
    RecordField(
        "ended_at",
        "When the call ended; counts only while `duration` is null, and from the start on.",
        _TIME,
        read_instant,
        tie_instant,
        example="2025-01-15T09:30:42Z",
    ),
    RecordField(
        "outcome", "What the call came to, free text.", _STRING, read_text, example="CONFIRMED"
    ),
    RecordField(
        "sentiment",
        "0.0 (negative) to 1.0 (positive), or `positive`, `neutral`, `negative`.",
        {
            "oneOf": [
                {"type": "number", "minimum": 0, "maximum": 1},
                {"type": "string", "enum": list(SENTIMENTS)},
            ]
        },
        read_sentiment,
        tie_sentiment,
        example=0.8,
    ),
    _PAYLOAD,
    RecordField(
        "test",
        "True keeps the call out of analytics.",
        {"type": "boolean"},
        read_flag,
        example=False,
    ),
)
_LEAD_FIELDS = (
    _RESELLER,
    _TEMPLATE,
    _PAYLOAD,
    RecordField(
        "created_at",
        "When the lead came into being.",
        _TIME,
        read_instant,
        tie_instant,
        example="2025-01-14T08:00:00Z",
    ),
)
STATUS = RecordField(
    "status", "The lead's status as of this record.", _STRING, read_text, example="contacted"
)
UPDATED_AT = RecordField(
    "updated_at",
    "The time this record is as of; the newest wins field by field.",
    _TIME,
    read_updated_at,
    example="2025-01-15T09:31:00Z",
)
MERCHANT = RecordField(
    "merchant_id",
    "The business on whose behalf the call is made.",
    _ID,
    read_name,
    required=True,
    example="mer_abc",
)

FIELDS: Mapping[RecordKind, Mapping[str, RecordField]] = {
    RecordKind.CALLS: {item.name: item for item in _CALL_FIELDS},
    RecordKind.LEADS: {item.name: item for item in _LEAD_FIELDS},
}


def id_spec(kind: RecordKind) -> RecordField:
    """The field that names a record of this kind."""
    example = "call_2024-000017" if kind is RecordKind.CALLS else "lead_81"
    text = f"Names the {kind.value[:-1]} within its merchant, for life."
    return RecordField(kind.id_field, text, _ID, read_name, required=True, example=example)


def all_fields(kind: RecordKind) -> dict[str, RecordField]:
    """Every field a record of this kind may have, in the order of the documentation."""
    fields = (id_spec(kind), MERCHANT, *FIELDS[kind].values(), STATUS, UPDATED_AT)
    return {item.name: item for item in fields}


_ALL = {kind: all_fields(kind) for kind in RecordKind}
_NEVER_NULL = {
    RecordKind.CALLS: ("call_id", "reseller_id", "started_at"),
    RecordKind.LEADS: ("lead_id", "reseller_id"),
}


def parse_record(
    kind: RecordKind, raw: object, reading: Reading, at: tuple[str | int, ...] = ()
) -> Change | list[Problem]:
    """Check one decoded record whole; the change it makes, or everything that is wrong with it."""
    given = as_object(raw)
    if given is None:
        return [invalid(pointer(*at), "a record must be an object", raw)]
    problems: list[Problem] = []
    values: dict[str, Value] = {}
    known = _ALL[kind]
    for name, hint in unknown_names(given, known, "; what is free-form belongs into payload"):
        problems.append(invalid(pointer(*at, name), f"unknown field{hint}", given[name]))
    for name, value in given.items():
        spec = known.get(name)
        if spec is None:
            continue
        try:
            values[spec.name] = _parsed(kind, spec, value, reading)
        except (ValueError, PayloadError) as error:
            problems.append(invalid(pointer(*at, spec.name), str(error), value))
    if kind.id_field not in given:
        problems.append(invalid(pointer(*at, kind.id_field), "required"))
    readings = readings_of(values, given, reading)
    if isinstance(readings, OutOfOrder):
        name, message = readings
        problems.append(invalid(pointer(*at, name), message, given.get(name)))
        return problems
    return problems or _change(kind, values, readings)


def parse_text(
    kind: RecordKind, text: bytes, reading: Reading, at: tuple[str | int, ...] = ()
) -> Change | list[Problem]:
    """`parse_record` of a record as JSON text."""
    try:
        raw = decode(text)
    except NotJsonError as error:
        return [invalid(pointer(*at), str(error))]
    return parse_record(kind, raw, reading, at)


def _parsed(kind: RecordKind, spec: RecordField, value: object, reading: Reading) -> Value:
    if value is not None:
        return spec.parse(value, reading)
    if spec.name in _NEVER_NULL[kind]:
        raise ValueError("required, cannot be null")
    return None


def _change(kind: RecordKind, values: dict[str, Value], readings: list[Times]) -> Change:
    values.update(readings[0])
    is_open = len(readings) > 1 and "started_at" not in values
    identity, merchant = values.pop(kind.id_field), values.pop("merchant_id", None)
    time = values.pop("updated_at", None)
    brings_status = "status" in values
    status = values.pop("status", None)
    return Change(
        str(identity),
        None if merchant is None else str(merchant),
        values,
        None if time is None else int(time),
        brings_status,
        None if status is None else str(status),
        tuple(readings) if is_open else (),
    )
