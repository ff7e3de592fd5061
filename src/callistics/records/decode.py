"""The careful decoder: one record at a time, everything that is wrong with it named."""

from collections.abc import Mapping
from dataclasses import dataclass

from callistics.errors import Problem, invalid, pointer, unknown_names
from callistics.model.json import as_object
from callistics.model.payload import PayloadError
from callistics.records.field import RecordField, RecordKind
from callistics.records.field_values import Reading, Value
from callistics.records.fields import ALL_FIELDS, PARTS
from callistics.records.record_times import OutOfOrder, Times, readings_of


@dataclass(slots=True)
class Change:
    """What one valid record says: the fields it brings and the time they are as of.

    `time` is None where the record has no `updated_at`; it then takes its time of arrival.
    `readings` are what times given without a start may mean where that is more than one
    thing, the best first, which `values` has: the start that is known already decides.
    """

    identity: str
    merchant_id: str | None
    values: dict[str, Value]
    time: int | None
    brings_status: bool = False
    status: str | None = None
    readings: tuple[Times, ...] = ()


def parse_record(
    kind: RecordKind, raw: object, reading: Reading, at: tuple[str | int, ...] = ()
) -> Change | list[Problem]:
    """Check one decoded record whole; the change it makes, or everything that is wrong with it."""
    given = as_object(raw)
    if given is None:
        return [invalid(pointer(*at), "a record must be an object", raw)]
    problems: list[Problem] = []
    values: dict[str, Value] = {}
    known = ALL_FIELDS[kind]
    for name, hint in unknown_names(given, known, "; what is free-form belongs into payload"):
        problems.append(invalid(pointer(*at, name), f"unknown field{hint}", given[name]))
    for name, value in given.items():
        spec = known.get(name)
        if spec is None:
            continue
        try:
            values[spec.name] = _parsed(spec, value, reading)
        except (ValueError, PayloadError) as error:
            problems.append(invalid(pointer(*at, spec.name), str(error), value))
    if kind.id_field not in given:
        problems.append(invalid(pointer(*at, kind.id_field), "required"))
    _complete_parts(known, values, given, at, problems)
    readings = readings_of(values, given, reading)
    if isinstance(readings, OutOfOrder):
        name, message = readings
        problems.append(invalid(pointer(*at, name), message, given.get(name)))
        return problems
    return problems or _change(kind, values, readings)


def _parsed(spec: RecordField, value: object, reading: Reading) -> Value:
    if value is not None:
        return spec.type.parse(value, reading)
    if spec.required and spec.name != "merchant_id":
        raise ValueError("required, cannot be null")
    return None


def _complete_parts(
    known: Mapping[str, RecordField],
    values: dict[str, Value],
    given: Mapping[str, object],
    at: tuple[str | int, ...],
    problems: list[Problem],
) -> None:
    """A field comes with all its parts; a part alone says nothing."""
    for name, whole in PARTS.items():
        if whole in given:
            if values.get(whole) is None or values.get(name) is None:
                values.pop(name, None)
        elif name in known and name in given:
            message = f"says nothing without {whole}"
            problems.append(invalid(pointer(*at, name), message, given[name]))


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
