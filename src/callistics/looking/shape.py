"""Rows of records as mappings of their fields, and these as they are shown in JSON."""

from collections.abc import Mapping
from decimal import Decimal

import msgspec

from callistics.compile.records import Table
from callistics.model.rounding import of_millionths
from callistics.model.search import Position
from callistics.model.time_range import instant_text
from callistics.model.zones import Zone
from callistics.records.field import RecordField, RecordKind
from callistics.records.field_types import PAYLOAD, Storage
from callistics.records.fields import ALL_FIELDS
from callistics.sql.dialect import SqlRow

Shown = str | int | float | bool | Decimal | None
Record = Mapping[str, Shown]
"""A call or a lead by the names of its fields, in their order: instants in µs, numbers exact, a
payload as canonical JSON text."""
REACHED = "reached"
_MILLION = 1_000_000


def values_of(table: Table, row: SqlRow) -> dict[str, Shown]:
    """What was read of a row by the names of the table's columns."""
    found: dict[str, Shown] = dict(zip(table.names, row, strict=False))
    for field, _ in table.fields:
        found[field.name] = _value(field, found[field.name])
    return found


def _value(field: RecordField, stored: Shown) -> Shown:
    scale = field.type.scale
    if scale is None or not isinstance(stored, int):
        return stored
    return of_millionths(stored * (_MILLION // scale))


def ordered(kind: RecordKind, values: Mapping[str, Shown]) -> dict[str, Shown]:
    """The fields of a record in their order."""
    return {name: values[name] for name in ALL_FIELDS[kind]}


def shown(kind: RecordKind, record: Record, zone: Zone) -> dict[str, object]:
    """A record as JSON has it: times by the clocks of a zone, the payload as an object."""
    fields = ALL_FIELDS[kind]
    return {name: _shown(fields.get(name), value, zone) for name, value in record.items()}


def _shown(field: RecordField | None, value: Shown, zone: Zone) -> object:
    if field is None or value is None:
        return value
    if field.type.storage is Storage.INSTANT and isinstance(value, int):
        return instant_text(zone, value)
    return msgspec.Raw(str(value).encode()) if field.type is PAYLOAD else value


def place_of(call: Record) -> Position:
    """What calls are ordered by."""
    return Position(int(call["started_at"] or 0), str(call["merchant_id"]), str(call["call_id"]))
