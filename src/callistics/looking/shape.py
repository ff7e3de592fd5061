"""Rows of records as mappings of their fields, and these as they are shown in JSON."""

from collections.abc import Mapping
from decimal import Decimal

import msgspec

from callistics.compile.records import Table
from callistics.model.rounding import of_millionths
from callistics.model.search import Position
from callistics.model.time_range import instant_text
from callistics.model.zones import Zone
from callistics.records.field import RecordKind
from callistics.records.field_types import PAYLOAD, Storage
from callistics.records.fields import ALL_FIELDS
from callistics.sql.dialect import SqlRow

Shown = str | int | float | bool | Decimal | None
Record = Mapping[str, Shown]
"""A call or a lead by the names of its fields, in their order: instants in µs, numbers exact, a
payload as canonical JSON text."""
REACHED = "reached"
_INSTANTS = {
    kind: tuple(name for name, one in fields.items() if one.type.storage is Storage.INSTANT)
    for kind, fields in ALL_FIELDS.items()
}
_PAYLOADS = {
    kind: tuple(name for name, one in fields.items() if one.type is PAYLOAD)
    for kind, fields in ALL_FIELDS.items()
}
_MILLION = 1_000_000


def values_of(table: Table, row: SqlRow) -> dict[str, Shown]:
    """What was read of a row by the names of the table's columns."""
    found: dict[str, Shown] = dict(zip(table.names, row, strict=False))
    for name, parts in table.parts:
        stored = found[name]
        if isinstance(stored, int):
            found[name] = of_millionths(stored * (_MILLION // parts))
    return found


def ordered(kind: RecordKind, values: Mapping[str, Shown]) -> dict[str, Shown]:
    """The fields of a record in their order."""
    return {name: values[name] for name in ALL_FIELDS[kind]}


def shown(kind: RecordKind, record: Record, zone: Zone) -> dict[str, object]:
    """A record as JSON has it: times by the clocks of a zone, the payload as an object."""
    found: dict[str, object] = dict(record)
    for name in _INSTANTS[kind]:
        value = record[name]
        if isinstance(value, int):
            found[name] = instant_text(zone, value)
    for name in _PAYLOADS[kind]:
        value = record[name]
        if value is not None:
            found[name] = msgspec.Raw(str(value).encode())
    return found


def place_of(call: Record) -> Position:
    """What calls are ordered by."""
    return Position(int(call["started_at"] or 0), str(call["merchant_id"]), str(call["call_id"]))
