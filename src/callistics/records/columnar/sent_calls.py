"""Calls as they were sent, many at a time: what both ways of sending them have in common.

What each column takes is derived from the declaration of its field: its plain type in JSON.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pyarrow as pa

from callistics.records.columnar.row_codec import ARROW
from callistics.records.field import RecordField, RecordKind
from callistics.records.field_types import Storage
from callistics.records.fields import ALL_FIELDS

KNOWN = ALL_FIELDS[RecordKind.CALLS]


def is_payload(one: RecordField) -> bool:
    """Whether a field is free-form JSON, which has no column as it was sent."""
    return one.type.sent is msgspec.Raw


SENT_FIELDS = [one for one in KNOWN.values() if not is_payload(one)]
FRACTIONS = [
    one.name
    for one in SENT_FIELDS
    if one.type.storage is Storage.DOUBLE or one.type.scale is not None
]
"""Fields whose numbers are read as floats."""


@dataclass(frozen=True, slots=True)
class Later:
    """A score that was sent of a call by itself: its index, its field and the time it is as of."""

    index: int
    field: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class SentCalls:
    """Calls in the order they were given, as the columns of `SENT_FIELDS` and payloads.

    `payloads` are canonical texts, `cleared` the fields that are null. `plain` is whether the way
    in which a call was written leaves no doubt that it says this and nothing else. `later` has the
    scores, by row, that stand in the columns but were sent by themselves.
    """

    columns: dict[str, pa.Array]
    payloads: Sequence[str | None]
    cleared: Sequence[tuple[str, ...]]
    plain: pa.Array
    later: Mapping[int, Later] = field(default_factory=dict[int, Later])

    def __len__(self) -> int:
        return len(self.payloads)


def call_type(payload: Any, nothing: Any) -> Any:
    """The type of a call that has every required field, with that of its payload.

    What such a call lacks and what it clears is None alike; without a payload it has `nothing`.
    """
    ordered = sorted(KNOWN.values(), key=lambda one: not one.required)
    members = [(one.name, payload, nothing) if is_payload(one) else _member(one) for one in ordered]
    return msgspec.defstruct("Call", members, forbid_unknown_fields=True, gc=False)


def _member(one: RecordField) -> tuple[str, Any] | tuple[str, Any, Any]:
    if one.required:
        return one.name, one.type.sent
    return one.name, one.type.sent | None, None


def columns_of(calls: Sequence[Any]) -> dict[str, pa.Array]:
    """The columns of calls of a `call_type`."""
    values: dict[str, Sequence[Any]] = dict.fromkeys(KNOWN, ())
    if calls:
        columns = zip(*map(msgspec.structs.astuple, calls), strict=True)
        values |= zip(calls[0].__struct_fields__, columns, strict=True)
    return laid_out(values)


def laid_out(values: Mapping[str, Sequence[Any]]) -> dict[str, pa.Array]:
    """The columns of calls whose values by field are these, None where there is none."""
    return {one.name: pa.array(values[one.name], _sent_type(one)) for one in SENT_FIELDS}


def _sent_type(one: RecordField) -> pa.DataType:
    if one.type.scale is not None:
        return pa.float64()
    return pa.string() if one.type.storage is Storage.INSTANT else ARROW[one.type.storage]
