"""Values of tables as the JSON values that records take, by the schema of their field.

What does not fit its field is passed on as text: the server refuses it, with the field's rule.
"""

import base64
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import cast

from callistics.model.instants import parse_iso, utc_text
from callistics.model.json import NotJsonError, decode
from callistics.model.zones import Zone
from callistics.records.field import RecordField

Convert = Callable[[object], object]

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)
_FEW_DIGITS = 19
_FLAGS = {
    **dict.fromkeys(("true", "t", "yes", "y", "1"), True),
    **dict.fromkeys(("false", "f", "no", "n", "0"), False),
}


def converter(field: RecordField | None, zone: Zone | None) -> Convert:
    """How a cell becomes the value of a field; None stands for a key of the payload.

    With a `zone`, times without an offset are read in it and sent as UTC; but for those that its
    clocks showed twice, which the server reads together with the record's other times.
    """
    if field is None:
        return as_it_is
    types = _types(field.schema)
    if field.schema.get("format") == "date-time":
        return _in_zone(zone)
    if types & {"number", "integer"}:
        return _number
    if "boolean" in types:
        return _flag
    return _object if "object" in types else as_it_is


def _types(schema: Mapping[str, object]) -> set[str]:
    options = cast("list[Mapping[str, object]]", schema.get("oneOf", [schema]))
    return {str(option.get("type")) for option in options}


def as_it_is(value: object) -> object:
    """The value itself."""
    return value


def _number(value: object) -> object:
    text = value.strip() if isinstance(value, str) else ""
    if len(text) < _FEW_DIGITS and text.isascii() and text.isdigit():
        return int(text)
    return Decimal(text) if _NUMBER.fullmatch(text) else value


def _flag(value: object) -> object:
    return _FLAGS.get(value.strip().lower(), value) if isinstance(value, str) else value


def _object(value: object) -> object:
    """The payload as a cell of JSON text."""
    if not isinstance(value, str) or not value.lstrip().startswith("{"):
        return value
    try:
        return decode(value.encode())
    except (NotJsonError, UnicodeEncodeError):
        return value


def _in_zone(zone: Zone | None) -> Convert:
    if zone is None:
        return as_it_is

    def convert(value: object) -> object:
        if not isinstance(value, str):
            return value
        try:
            written = parse_iso(value.strip())
        except ValueError:
            return value
        if written.offset is not None:
            return value
        first, last = (zone.instant(written.local, last=last) for last in (False, True))
        return utc_text(first) if first == last else value.strip()

    return convert


def finite(value: float) -> float | str | None:
    """A number as JSON has it: none for NaN, a text for infinity."""
    if value != value:  # noqa: PLR0124 - only NaN differs from itself
        return None
    return str(value) if abs(value) == float("inf") else value


def bytes_text(value: bytes) -> str:
    """Bytes as text, else in base64: columns of text are often stored without being marked so."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return base64.b64encode(value).decode()
