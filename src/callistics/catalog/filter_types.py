"""How the values of filters are read: each type with its name for people and its JSON schema."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from callistics.catalog.payload_operators import OPERATORS, SCALARS
from callistics.errors import did_you_mean
from callistics.model import relative_range
from callistics.model.json import as_list, whole_number
from callistics.model.payload import MAX_KEY_LENGTH, check_width
from callistics.model.query import FilterValue, OneNumberOf, OneOf
from callistics.records.field_types import FieldType
from callistics.records.field_values import MAX_COST

MAX_PAYLOAD_KEYS = 20
# Beyond any number that a column has.
_MOST = 2**62
# Each is written into the statement.
_MAX_NUMBERS = 1_000
# Beyond any call's duration, and small enough for 64 bits as milliseconds.
_MAX_SECONDS = 2**50


class WrongTypeError(ValueError):
    """A value whose JSON type is not that of its filter: the body is malformed (400)."""


@dataclass(frozen=True, slots=True)
class FilterType:
    """One way to read a filter.

    `read` turns a JSON value that is not null into what statements compare with; it raises
    `WrongTypeError`, or another `ValueError` for a value that no such filter has (422). It is None
    where more than the value decides: the request's zone, or conditions on a payload.
    """

    label: str
    schema: Mapping[str, object]
    read: Callable[[object], FilterValue] | None = None
    listed: bool = False
    number: bool = False


def listed(kind: FieldType) -> FilterType:
    """One value of a field, or a list of values, of which null stands for none."""
    texts: dict[str, object] = {"type": "string"}
    items: dict[str, object] = {"type": ["string", "null"]}
    if kind.choices:
        texts, items = {"enum": list(kind.choices)}, {"enum": [*kind.choices, None]}

    def read(value: object) -> OneOf:
        found = _one_of(value)
        return OneOf(tuple(dict.fromkeys(_checked(kind, text) for text in found.texts)), found.null)

    schema = {"oneOf": [texts, {"type": "array", "minItems": 1, "items": items}, {"type": "null"}]}
    return FilterType("string or list of strings", schema, read, listed=True)


def _one_of(value: object) -> OneOf:
    items = as_list(value)
    values: Sequence[object] = [value] if items is None else items
    if not all(item is None or isinstance(item, str) for item in values):
        raise WrongTypeError("must be a string or a list of strings")
    if not values:
        raise ValueError("the list is empty, nothing could match")
    texts = tuple(dict.fromkeys(item for item in values if isinstance(item, str)))
    return OneOf(texts, null=None in values)


def _checked(kind: FieldType, text: str) -> str:
    """A value as the field keeps it. Raises `ValueError` for one that it cannot have."""
    if kind.choices and text not in kind.choices:
        hint = did_you_mean(text, kind.choices)
        raise ValueError(f"must be one of {', '.join(kind.choices)}{hint}")
    return text if kind.normalized is None else kind.normalized(text)


def listed_numbers(least: int, greatest: int | None = None) -> FilterType:
    """One whole number, or a list of them, from the least one to the greatest."""
    ends: dict[str, object] = {"minimum": least}
    if greatest is not None:
        ends["maximum"] = greatest
    number = {"type": "integer", **ends}
    span = f"from {least} on" if greatest is None else f"from {least} to {greatest}"

    def read(value: object) -> OneNumberOf:
        items = as_list(value)
        sent: Sequence[object] = [value] if items is None else items
        numbers = [one for one in map(whole_number, sent) if one is not None]
        if len(numbers) < len(sent):
            raise WrongTypeError("must be a whole number or a list of whole numbers")
        if not numbers:
            raise ValueError("the list is empty, nothing could match")
        if any(one < least or (greatest is not None and one > greatest) for one in numbers):
            raise ValueError(f"must lie {span}")
        wanted = tuple(dict.fromkeys(min(one, _MOST) for one in numbers))
        if len(wanted) > _MAX_NUMBERS:
            raise ValueError(f"must be at most {_MAX_NUMBERS:,} numbers")
        return OneNumberOf(wanted)

    schema = {
        "oneOf": [number, {"type": "array", "minItems": 1, "items": number}, {"type": "null"}]
    }
    label = f"whole number {span}, or list of them"
    return FilterType(label, schema, read, listed=True, number=True)


def _number(value: object) -> int | Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise WrongTypeError("must be a number")
    # 1e-999999999 is a short text, and a fraction of a billion digits.
    check_width(value)
    return value


def _milliseconds(value: object) -> int:
    number = whole_number(value)
    if number is None:
        raise WrongTypeError("must be a whole number of seconds")
    if number < 0:
        raise ValueError("must not be negative")
    return min(number, _MAX_SECONDS) * 1000


def _score(value: object) -> float:
    number = _number(value)
    if not 0 <= number <= 1:
        raise ValueError("must lie between 0.0 and 1.0")
    return float(number)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise WrongTypeError("must be true or false")
    return value


def _amount(*, up: bool) -> Callable[[object], int]:
    """Millionths; a bound between two of them is moved to the next one that it lets through."""

    def read(value: object) -> int:
        number = _number(value)
        if number < 0:
            raise ValueError("must not be negative")
        if number >= MAX_COST:
            return MAX_COST * 1_000_000
        numerator, denominator = number.as_integer_ratio()
        return (
            -(-numerator * 1_000_000 // denominator) if up else numerator * 1_000_000 // denominator
        )

    return read


NAMED_RANGE = FilterType(
    "name of a range", {"type": ["string", "null"], "pattern": relative_range.PATTERN}
)
DATE = FilterType("ISO 8601 date or time", {"type": ["string", "null"]})
PAYLOAD = FilterType(
    "object of conditions",
    {
        "type": ["object", "null"],
        "maxProperties": MAX_PAYLOAD_KEYS,
        "propertyNames": {"minLength": 1, "maxLength": MAX_KEY_LENGTH},
        "additionalProperties": {
            "oneOf": [
                {"type": [*SCALARS, "null"]},
                {"type": "array", "minItems": 1, "items": {"type": [*SCALARS, "null"]}},
                {
                    "type": "object",
                    "minProperties": 1,
                    "additionalProperties": False,
                    "properties": {name: one.schema for name, one in OPERATORS.items()},
                },
            ]
        },
    },
)
SECONDS = FilterType(
    "whole number of seconds",
    {"type": ["integer", "null"], "minimum": 0},
    _milliseconds,
    number=True,
)
SCORE = FilterType(
    "number from 0.0 to 1.0",
    {"type": ["number", "null"], "minimum": 0, "maximum": 1},
    _score,
    number=True,
)
_MONEY = {"type": ["number", "null"], "minimum": 0}
LEAST_AMOUNT = FilterType("amount of money", _MONEY, _amount(up=True), number=True)
GREATEST_AMOUNT = FilterType("amount of money", _MONEY, _amount(up=False), number=True)
FLAG = FilterType("true or false", {"type": ["boolean", "null"]}, _flag)
