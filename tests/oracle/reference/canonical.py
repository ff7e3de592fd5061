"""Canonical texts of JSON values, exact numbers, and rounding."""

import json
import math
import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

JSON_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_scalar(value: Any) -> bool:
    return isinstance(value, str | bool | int | float)


def exact(value: float) -> Decimal:
    """The number as written in JSON; a double is written as its shortest decimal."""
    return Decimal(repr(value))


def number_text(value: Decimal) -> str:
    """Without exponent, trailing zeros or a negative zero."""
    if value == 0:
        return "0"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def scalar_text(value: str | float) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return number_text(exact(value))


def numeric(value: Any) -> Decimal | None:
    """The number that a JSON number, or a text that looks like one, stands for."""
    if is_number(value):
        return exact(value)
    if isinstance(value, str) and JSON_NUMBER.fullmatch(value):
        return Decimal(value)
    return None


def json_text(value: Any) -> str:
    """Sorted keys, no white space, plain decimals, no needless escapes."""
    if value is None:
        return "null"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return "[" + ",".join(json_text(item) for item in value) + "]"
    if isinstance(value, dict):
        pairs = (f"{json_text(key)}:{json_text(value[key])}" for key in sorted(value))
        return "{" + ",".join(pairs) + "}"
    return number_text(value) if isinstance(value, Decimal) else scalar_text(value)


def milliseconds(seconds: float) -> int:
    """Rounded half up on the decimal value that was sent."""
    return math.floor(Fraction(exact(seconds)) * 1000 + Fraction(1, 2))


def seconds(thousandths: int) -> int | float:
    """Whole seconds as an integer, otherwise the double nearest to the exact value."""
    return thousandths // 1000 if thousandths % 1000 == 0 else thousandths / 1000


def two_decimals(value: Fraction) -> float:
    """Half away from zero; every figure here is at least zero."""
    return math.floor(value * 100 + Fraction(1, 2)) / 100


def percentage(part: int, whole: int) -> float | None:
    return None if whole == 0 else two_decimals(Fraction(100 * part, whole))
