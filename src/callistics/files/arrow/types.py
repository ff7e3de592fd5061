"""Every type that a column of a Parquet or Arrow file may have, and what it is read as."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from pyarrow import types

from callistics.files.arrow import values
from callistics.files.arrow.values import Convert, Kind

INT128, UINT128 = "INT128", "UINT128"

Inner = Callable[[Any], Convert]
"""How the values inside a nested type are read."""

_EXTENSIONS = {
    "arrow.json": "JSON",
    "arrow.uuid": "UUID",
    "arrow.bool8": "BOOL8",
    "arrow.parquet.variant": "VARIANT",
    "parquet.variant": "VARIANT",
}
_OPAQUE = {("DuckDB", "hugeint"): INT128, ("DuckDB", "uhugeint"): UINT128}
_VARIANT_PARTS = {"metadata", "value", "typed_value"}


@dataclass(frozen=True, slots=True)
class ColumnType:
    """A row of the table: which types it is about, and what they become; no `read` is refused.

    `holds` is given an Arrow type and its annotation: an extension's name, or a logical type of
    Parquet's that Arrow has no type for.
    """

    name: str
    becomes: str
    holds: Callable[[Kind, str], bool]
    read: Callable[[Kind, Inner], Convert] | None = None


def _noted(*notes: str) -> Callable[[Kind, str], bool]:
    return lambda _, note: note in notes


def _of(*tests: Callable[[Kind], bool]) -> Callable[[Kind, str], bool]:
    return lambda kind, _: any(test(kind) for test in tests)


def _as(convert: Convert) -> Callable[[Kind, Inner], Convert]:
    return lambda _, __: convert


def _is_variant(kind: Kind, note: str) -> bool:
    """Arrow shows a VARIANT as the struct that it is stored as, without a word."""
    if note == "VARIANT" or not types.is_struct(kind):
        return note == "VARIANT"
    parts = {field.name: field.type for field in kind}
    is_named = {"metadata", "value"} <= parts.keys() <= _VARIANT_PARTS
    return is_named and all(_is_bytes(parts[name]) for name in ("metadata", "value"))


def _is_bytes(kind: Kind) -> bool:
    return types.is_binary(kind) or types.is_large_binary(kind) or types.is_binary_view(kind)


def _is_other_extension(_: Kind, note: str) -> bool:
    return note.startswith("extension ")


def _is_list(kind: Kind) -> bool:
    tests = (
        types.is_list,
        types.is_large_list,
        types.is_fixed_size_list,
        types.is_list_view,
        types.is_large_list_view,
    )
    return any(test(kind) for test in tests)


def _structs(kind: Kind, inner: Inner) -> Convert:
    return values.structs([(field.name, inner(field)) for field in kind])


def _maps(kind: Kind, inner: Inner) -> Convert:
    return values.maps(kind, inner(kind.key_field), inner(kind.item_field))


# The first row that fits holds: annotations come before the types that they are stored as.
TYPES = (
    ColumnType("VARIANT", "refused", _is_variant),
    ColumnType("BSON, GEOMETRY, GEOGRAPHY", "refused", _noted("BSON", "GEOMETRY", "GEOGRAPHY")),
    ColumnType("other extension types", "refused", _is_other_extension),
    ColumnType("JSON", "the value that the text says", _noted("JSON"), _as(values.json_texts)),
    ColumnType("UUID", "its text", _noted("UUID"), _as(values.uuids)),
    ColumnType(
        "int128",
        "the number as text",
        _noted(INT128),
        _as(values.wide_integers(signed=True)),
    ),
    ColumnType(
        "uint128", "the number as text", _noted(UINT128), _as(values.wide_integers(signed=False))
    ),
    ColumnType("bool8", "true or false", _noted("BOOL8"), _as(values.each(bool))),
    ColumnType(
        "INTERVAL of Parquet",
        "seconds; with months, an ISO 8601 duration",
        _noted("INTERVAL"),
        _as(values.packed_intervals),
    ),
    ColumnType("null", "absent", _of(types.is_null), _as(values.plain)),
    ColumnType("boolean", "true or false", _of(types.is_boolean), _as(values.plain)),
    ColumnType(
        "int8 to int64, uint8 to uint64", "a number", _of(types.is_integer), _as(values.plain)
    ),
    ColumnType(
        "float64",
        "a number; NaN is absent, infinity is text",
        _of(types.is_float64),
        _as(values.floats),
    ),
    ColumnType(
        "float16, float32",
        "a number, the shortest decimal that is the same in 16 or 32 bits",
        _of(types.is_float16, types.is_float32),
        _as(values.short_floats),
    ),
    ColumnType("decimal", "a number, exactly", _of(types.is_decimal), _as(values.plain)),
    ColumnType(
        "string, ENUM",
        "text",
        _of(types.is_string, types.is_large_string, types.is_string_view),
        _as(values.plain),
    ),
    ColumnType(
        "binary, of fixed length or not",
        "text where it is UTF-8, else base64",
        _of(_is_bytes, types.is_fixed_size_binary),
        _as(values.binary),
    ),
    ColumnType("date", "a date", _of(types.is_date), _as(values.dates)),
    ColumnType("time", "a time of day as text", _of(types.is_time), _as(values.clock_times)),
    ColumnType(
        "timestamp, of any unit",
        "a time, in UTC where the type has a zone, else without an offset",
        _of(types.is_timestamp),
        lambda kind, _: values.instants(kind),
    ),
    ColumnType(
        "duration, of any unit",
        "seconds",
        _of(types.is_duration),
        lambda kind, _: values.durations(kind),
    ),
    ColumnType(
        "interval of Arrow",
        "seconds; with months, an ISO 8601 duration",
        _of(types.is_interval),
        _as(values.intervals),
    ),
    ColumnType(
        "dictionary",
        "as its values",
        _of(types.is_dictionary),
        lambda kind, inner: values.encoded(inner(pa.field("", kind.value_type))),
    ),
    ColumnType(
        "run-end encoded",
        "as its values",
        _of(types.is_run_end_encoded),
        lambda kind, inner: values.runs(inner(pa.field("", kind.value_type))),
    ),
    ColumnType(
        "list, of fixed size or not",
        "a list",
        _of(_is_list),
        lambda kind, inner: values.lists(inner(kind.value_field)),
    ),
    ColumnType("struct", "an object without what is null", _of(types.is_struct), _structs),
    ColumnType("map", "an object without what is null", _of(types.is_map), _maps),
    ColumnType("union", "refused", _of(types.is_union)),
)


class RefusedTypeError(Exception):
    """A column whose type is not read; says which."""


def reader(field: Any, notes: Iterator[str]) -> Convert:
    """How a column is read; `notes` are the annotations of its leaves, in order.

    Raises `RefusedTypeError`.
    """
    kind, note = stored_as(field.type), _extension(field)
    if note or _is_leaf(kind):
        noted = [next(notes) for _ in range(leaves(kind))]
        note = note or noted[0]
    row = next((row for row in TYPES if row.holds(kind, note)), None)
    if row is None or row.read is None:
        raise RefusedTypeError(note or (str(field.type) if row is None else row.name))
    convert = row.read(kind, lambda inside: reader(inside, notes))
    return convert if kind is field.type else lambda array: convert(array.storage)


def has_dates(kind: Kind) -> bool:
    """Whether values of a type are dates or times, however they are encoded."""
    kind = stored_as(kind)
    if types.is_dictionary(kind) or types.is_run_end_encoded(kind):
        return has_dates(kind.value_type)
    return types.is_date(kind) or types.is_timestamp(kind)


def _is_leaf(kind: Kind) -> bool:
    """Whether it has no parts; values that are encoded are looked at by themselves."""
    if types.is_dictionary(kind) or types.is_run_end_encoded(kind):
        return False
    return not kind.num_fields


def stored_as(kind: Kind) -> Kind:
    """A type, or that which an extension is stored as."""
    return kind.storage_type if isinstance(kind, pa.BaseExtensionType) else kind


def leaves(kind: Kind) -> int:
    """How many columns without parts a type is stored as."""
    kind = stored_as(kind)
    if types.is_dictionary(kind) or types.is_run_end_encoded(kind):
        return leaves(kind.value_type)
    return sum(leaves(kind.field(place).type) for place in range(kind.num_fields)) or 1


def _extension(field: Any) -> str:
    """The annotation that an extension is; empty for other types."""
    kind, metadata = field.type, field.metadata or {}
    if isinstance(kind, pa.OpaqueType):
        known = _OPAQUE.get((kind.vendor_name, kind.type_name))
        return known or f"extension {kind.vendor_name} {kind.type_name}"
    name = (
        getattr(kind, "extension_name", "") or metadata.get(b"ARROW:extension:name", b"").decode()
    )
    return _EXTENSIONS.get(name) or (f"extension {name}" if name else "")
