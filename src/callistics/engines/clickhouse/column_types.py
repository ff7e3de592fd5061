"""The tables of records as the declared fields want them: what migrations must make."""

from collections.abc import Iterable, Mapping

from callistics.records.columnar.derive import DERIVED
from callistics.records.columnar.row_codec import CALL_COLUMNS, LEAD_COLUMNS, STORAGE
from callistics.records.field import RecordKind
from callistics.records.field_types import Storage
from callistics.records.fields import FIELDS

TYPES: Mapping[Storage, str] = {
    Storage.TEXT: "String",
    Storage.INSTANT: "DateTime64(6, 'UTC')",
    Storage.INTEGER: "Int32",
    Storage.LONG: "Int64",
    Storage.DOUBLE: "Float64",
    Storage.BOOLEAN: "Bool",
}
"""The type of everything that is kept, where it is there."""
_EVENTS = "Array(Tuple(status Nullable(String), since Nullable(DateTime64(6, 'UTC'))))"
_FLAT = {
    "payload": "JSON",
    "payload_lists": "Map(String, Array(Array(Nullable(String))))",
    "payload_orders": "JSON",
    "payload_shape": "LowCardinality(Nullable(String))",
}
_SIGNED = {"version": "UInt64", "sign": "Int8"}
_CALLS_FIELDS = FIELDS[RecordKind.CALLS]
# What no stored record lacks; a call that counts has more.
_ALWAYS = {"merchant_id", "updated_at", "first_seen"}
_OF_A_CALL = _ALWAYS | {"call_id", "lead_id", "attempt"}
_REQUIRED = {one.stored_in for one in _CALLS_FIELDS.values() if one.required}
# Texts that are another one in nearly every row: a dictionary of them would only cost.
_MANIFOLD = {"call_id", "lead_id", "payload_own", "payload_base", "field_times"}


def _columns(names: Iterable[str], always: set[str]) -> dict[str, str]:
    return {name: _type(name, always) for name in names} | _SIGNED


def _type(name: str, always: set[str]) -> str:
    if name == "events":
        return _EVENTS
    plain = TYPES[STORAGE[name]]
    return plain if name in always else f"Nullable({plain})"


def _with_dictionaries(columns: Mapping[str, str]) -> dict[str, str]:
    return {
        name: f"LowCardinality({kind})"
        if STORAGE.get(name) is Storage.TEXT and name not in _MANIFOLD
        else kind
        for name, kind in columns.items()
    }


RECORD_TABLES: Mapping[str, Mapping[str, str]] = {
    "calls": _with_dictionaries(_columns((*CALL_COLUMNS, *DERIVED.names), _OF_A_CALL | _REQUIRED))
    | _FLAT,
    "calls_held": _columns(CALL_COLUMNS, _ALWAYS | {"call_id"}),
    "lead_records": _columns(LEAD_COLUMNS, _ALWAYS | {"lead_id"}),
}
"""Table → column → type, as `migrate.describe` tells them, in no order.

Of calls that count, texts of few kinds have a dictionary. The two small tables may have one or not.
"""
