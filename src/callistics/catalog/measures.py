"""Numbers that calls have, as the body field `measure` names them.

Each is given in whole millionths, so that sums are exact and no engine rounds by itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from callistics.catalog.dimensions import PAYLOAD_PREFIX, Dimension, column, payload_key
from callistics.records.field import RecordField, RecordKind
from callistics.records.fields import ALL_FIELDS
from callistics.sql.dialect import Dialect
from callistics.sql.fragment import Sql, compose, raw
from callistics.sql.selection import Frame

_MILLION = 1_000_000
SETTLED = {"duration": "duration_ms"}
"""Columns that hold what a field came to where that is more than what was sent."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A number that a call has or lacks.

    `stored` is the number as the call's row has it; `millionths` turns a column of such values
    into whole millionths, NULL where there is no number. `split` is what no sum may cross.
    """

    name: str
    help: str
    stored: Callable[[Frame], Sql]
    millionths: Callable[[Dialect, str], Sql]
    split: Dimension | None = None


def _whole(scale: int) -> Callable[[Dialect, str], Sql]:
    return lambda _, name: raw(f"{_MILLION // scale} * {name}")


def _of_double(dialect: Dialect, name: str) -> Sql:
    return dialect.double_millionths(name)


def _of_field(field: RecordField) -> Measure:
    """The number that a field declares, split by the fields that are a part of it."""
    scale = field.type.scale
    parts = [one for one in ALL_FIELDS[RecordKind.CALLS].values() if one.part_of == field.name]
    return Measure(
        field.name,
        field.measure,
        column(f"c.{SETTLED.get(field.name, field.stored_in)}"),
        _of_double if scale is None else _whole(scale),
        next((Dimension(p.name, p.help, column(f"c.{p.stored_in}")) for p in parts), None),
    )


def _ring(frame: Frame) -> Sql:
    answered, started = (frame.dialect.micros(raw(f"c.{at}_at")) for at in ("answered", "started"))
    return compose("CASE WHEN c.answered_at >= c.started_at THEN {} - {} END", answered, started)


_BY_FIELD = {
    name: _of_field(field) for name, field in ALL_FIELDS[RecordKind.CALLS].items() if field.measure
}
_RING = Measure(
    "ring",
    "Seconds from the start to the answer; none where it is before.",
    _ring,
    _whole(_MILLION),
)
MEASURES: Mapping[str, Measure] = _BY_FIELD | {_RING.name: _RING}
"""What `measure` may name, besides keys of the payload."""


def measure_named(name: str) -> Measure | None:
    """The number that a measure stands for, None if there is none."""
    if not name.startswith(PAYLOAD_PREFIX):
        return MEASURES.get(name)
    key = payload_key(name)
    if key is None:
        return None
    return Measure(
        name,
        "The number under a key of the payload.",
        lambda frame: frame.payloads.order("c", key),
        lambda dialect, name: dialect.order_millionths(name),
    )
