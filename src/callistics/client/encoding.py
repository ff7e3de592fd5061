"""Python values as the JSON that is sent: exact, and nothing becomes null unseen."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from math import isfinite
from typing import Any, cast
from uuid import UUID

from callistics.client.errors import RecordError
from callistics.model.json import encode

_AS_IT_IS = frozenset({str, int, bool, type(None), datetime, date, UUID})
_MICROSECONDS = Decimal(1_000_000)
_DOUBLE = 8
"""Bytes of a number that Python has as a float."""


def encoded(value: object) -> bytes:
    """The JSON text of a value. Raises `RecordError` for what has none."""
    try:
        return encode(plain(value))
    except (TypeError, ValueError, OverflowError) as error:
        raise RecordError(str(error)) from None


def plain(value: object) -> object:
    """The value made of what the encoder writes exactly. Raises `ValueError`, `TypeError`.

    A `timedelta` is its seconds; NaN and infinity are no JSON, and left to the encoder null.
    """
    kind = type(value)
    if kind in _AS_IT_IS:
        return value
    convert = _CONVERT.get(kind) or next(
        (found for base, found in _CONVERT.items() if isinstance(value, base)), None
    )
    if convert is not None:
        return convert(value)
    if hasattr(value, "item") and getattr(value, "shape", None) == ():
        return _scalar(value)
    raise TypeError(f"{value!r} of the type {kind.__name__} has no form in JSON")


def _scalar(value: Any) -> object:
    """A scalar of NumPy.

    Its own `item` makes a count of nanoseconds, null of a time that is none, and of a single
    float a double with other digits.
    """
    dtype = value.dtype
    kind = getattr(dtype, "kind", "")
    if kind == "f" and dtype.itemsize > _DOUBLE:
        return _decimal(Decimal(str(value)))
    if kind == "f":
        return _float(float(str(value)))
    if kind not in ("m", "M"):
        return plain(value.item())
    if value != value:  # noqa: PLR0124
        raise ValueError(f"{value} is no time: leave the field out, or use None")
    found = value.item()
    return plain(value.astype(f"{kind}8[us]").item() if isinstance(found, int) else found)


def _members(value: Mapping[Any, Any]) -> dict[str, object]:
    wrong = [name for name in value if not isinstance(name, str)]
    if wrong:
        raise TypeError(f"the name {wrong[0]!r} is no text")
    return {name: plain(one) for name, one in value.items()}


def _float(value: float) -> float:
    if not isfinite(value):
        raise ValueError(f"{value} is no number in JSON: leave the field out, or use None")
    return float(value)


def _decimal(value: Decimal) -> Decimal:
    if not value.is_finite():
        raise ValueError(f"{value} is no number in JSON: leave the field out, or use None")
    return value


def _moment(value: datetime) -> datetime:
    """Of a subclass; one that is no time at all differs from itself."""
    if value != value:  # noqa: PLR0124
        raise ValueError(f"{value} is no time: leave the field out, or use None")
    day = (value.year, value.month, value.day)
    clock = (value.hour, value.minute, value.second, value.microsecond)
    return datetime(*day, *clock, tzinfo=value.tzinfo, fold=value.fold)


def seconds_of(value: timedelta) -> Decimal:
    """A length of time in seconds, exact."""
    micros = (value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds
    return Decimal(micros) / _MICROSECONDS


_CONVERT: Mapping[type, Callable[[Any], object]] = {
    Enum: lambda value: plain(cast("Enum", value).value),
    str: str,
    bool: bool,
    int: int,
    float: _float,
    Decimal: _decimal,
    datetime: _moment,
    date: lambda value: date(value.year, value.month, value.day),
    timedelta: seconds_of,
    dict: _members,
    Mapping: _members,
    list: lambda value: [plain(one) for one in value],
    tuple: lambda value: [plain(one) for one in value],
}
