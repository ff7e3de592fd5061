"""The types of record fields: how values are read, compared, kept and described."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated, Any, Literal, Protocol

import msgspec

from callistics.model.payload import canonical_json
from callistics.records.field_values import (
    CURRENCY_PATTERN,
    DIRECTIONS,
    MAX_ATTEMPT,
    MAX_COST,
    MAX_DURATION_MS,
    SENTIMENTS,
    Reading,
    Value,
    currency_code,
    read_attempt,
    read_cost,
    read_currency,
    read_direction,
    read_duration,
    read_flag,
    read_instant,
    read_name,
    read_payload,
    read_sentiment,
    read_started_at,
    read_text,
    read_updated_at,
    tie_cost,
    tie_duration,
    tie_instant,
    tie_payload,
    tie_sentiment,
)
from callistics.texts import MAX_TEXT


class Storage(StrEnum):
    """How a value is kept: what every engine and Arrow have a type for."""

    TEXT = "text"
    INSTANT = "instant, microseconds since 1970"
    INTEGER = "32-bit whole number"
    LONG = "64-bit whole number"
    DOUBLE = "64-bit float"
    BOOLEAN = "boolean"


class Ordered(Protocol):
    """What two values of one field are compared by: texts, or whole numbers."""

    def __gt__(self, other: Any, /) -> bool: ...


@dataclass(frozen=True, slots=True)
class FieldType:
    """How the values of a field are read, compared, kept and described.

    `parse` turns a JSON value that is not null into a `Value`, or raises `ValueError` with a
    sentence for people. `tie` gives what decides between two values of the same time. `sent` is
    the type that plain values have in JSON, for decoding many records at once; what it refuses is
    read by `parse` alone. `scale` says that a number is kept as that many whole parts of one, up
    to `most`. `choices` are the only texts that there are; `normalized` turns a text that a filter
    asks for into the one that is kept, or raises `ValueError`.
    """

    storage: Storage
    schema: Mapping[str, object]
    parse: Callable[[object, Reading], Value]
    sent: Any
    tie: Callable[[Value], Ordered] = canonical_json
    scale: int | None = None
    most: int | None = None
    choices: tuple[str, ...] = ()
    normalized: Callable[[str], str] | None = None


_STRING = {"type": "string", "maxLength": MAX_TEXT}
_LONGEST = msgspec.Meta(max_length=MAX_TEXT)

TEXT = FieldType(Storage.TEXT, _STRING, read_text, Annotated[str, _LONGEST])
NAME = FieldType(
    Storage.TEXT,
    _STRING | {"minLength": 1},
    read_name,
    Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TEXT)],
)
INSTANT = FieldType(
    Storage.INSTANT, {"type": "string", "format": "date-time"}, read_instant, str, tie_instant
)
STARTED = replace(INSTANT, parse=read_started_at)
UPDATED = replace(INSTANT, parse=read_updated_at)
DIRECTION = FieldType(
    Storage.TEXT,
    {"type": "string", "enum": list(DIRECTIONS)},
    read_direction,
    Literal["outbound", "inbound"],
    choices=DIRECTIONS,
)
ATTEMPT = FieldType(
    Storage.INTEGER,
    {"type": "integer", "minimum": 1, "maximum": MAX_ATTEMPT},
    read_attempt,
    Annotated[int, msgspec.Meta(ge=1, le=MAX_ATTEMPT)],
)
DURATION = FieldType(
    Storage.LONG,
    {"type": "number", "minimum": 0},
    read_duration,
    Annotated[float, msgspec.Meta(ge=0)],
    tie_duration,
    scale=1000,
    most=MAX_DURATION_MS,
)
COST = FieldType(
    Storage.LONG,
    {"type": "number", "minimum": 0, "exclusiveMaximum": MAX_COST},
    read_cost,
    Annotated[float, msgspec.Meta(ge=0)],
    tie_cost,
    scale=1_000_000,
    most=MAX_COST * 1_000_000 - 1,
)
CURRENCY = FieldType(
    Storage.TEXT,
    {"type": "string", "pattern": CURRENCY_PATTERN},
    read_currency,
    Annotated[str, msgspec.Meta(pattern=CURRENCY_PATTERN, max_length=3)],
    normalized=currency_code,
)
SENTIMENT = FieldType(
    Storage.DOUBLE,
    {
        "oneOf": [
            {"type": "number", "minimum": 0, "maximum": 1},
            {"type": "string", "enum": list(SENTIMENTS)},
        ]
    },
    read_sentiment,
    Annotated[float, msgspec.Meta(ge=0, le=1)],
    tie_sentiment,
)
FLAG = FieldType(Storage.BOOLEAN, {"type": "boolean"}, read_flag, bool)
PAYLOAD = FieldType(
    Storage.TEXT,
    {"type": "object", "additionalProperties": True},
    read_payload,
    msgspec.Raw,
    tie_payload,
)
