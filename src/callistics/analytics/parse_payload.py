"""Reading `payload_filters`: each key's condition as tests that must all hold."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import islice

from callistics.catalog.filter_types import MAX_PAYLOAD_KEYS
from callistics.catalog.payload_operators import OPERATORS
from callistics.errors import Problem, invalid, malformed, pointer, unknown_names
from callistics.model.instants import Written, parse_iso
from callistics.model.json import as_list, as_object
from callistics.model.payload import (
    MAX_KEY_LENGTH,
    PayloadError,
    instant_order,
    local_order,
    number_order,
    order_key,
    scalar_text,
)
from callistics.model.query import Contains, Exists, KeyTests, NotOneOf, OneOf, Span, Test, Within
from callistics.model.zones import Zone

KEY_LENGTH = f"a payload key has 1 to {MAX_KEY_LENGTH} characters"


class _Malformed(ValueError):
    """The operand is of a type that its operator does not take (400)."""


def parse_payload_filters(raw: object, zone: Zone, problems: list[Problem]) -> tuple[KeyTests, ...]:
    """The tests of each key; what is wrong is added to `problems`."""
    if raw is None:
        return ()
    at = ("filters", "payload_filters")
    given = as_object(raw)
    if given is None:
        problems.append(malformed(pointer(*at), "must be an object", raw))
        return ()
    if len(given) > MAX_PAYLOAD_KEYS:
        message = f"at most {MAX_PAYLOAD_KEYS} keys"
        problems.append(malformed(pointer(*at), message, raw))
    found: list[KeyTests] = []
    for name, condition in islice(given.items(), MAX_PAYLOAD_KEYS):
        if not 0 < len(name) <= MAX_KEY_LENGTH:
            problems.append(malformed(pointer(*at, name[:MAX_KEY_LENGTH]), KEY_LENGTH, name))
            continue
        found.append((name, _condition(condition, zone, (*at, name), problems)))
    return tuple(found)


def _condition(
    raw: object, zone: Zone, at: tuple[str, ...], problems: list[Problem]
) -> tuple[Test, ...]:
    operators = as_object(raw)
    if operators is None:
        operator = "eq" if as_list(raw) is None else "in"
        return _tests({operator: raw}, zone, lambda _: pointer(*at), problems)
    if not operators:
        problems.append(malformed(pointer(*at), "names no operator", raw))
    return _tests(operators, zone, lambda name: pointer(*at, name), problems)


def _tests(
    operators: Mapping[str, object],
    zone: Zone,
    where: Callable[[str], str],
    problems: list[Problem],
) -> tuple[Test, ...]:
    tests: list[Test] = []
    for name, hint in unknown_names(operators, _OPERATORS, "; one of " + ", ".join(_OPERATORS)):
        problems.append(malformed(where(name), f"unknown operator{hint}", operators[name]))
    for name, operand in operators.items():
        read = _OPERATORS.get(name)
        if read is None:
            continue
        try:
            tests.append(read(operand, zone))
        except _Malformed as error:
            problems.append(malformed(where(name), str(error), operand))
        except (ValueError, PayloadError) as error:
            problems.append(invalid(where(name), str(error), operand))
    return tuple(tests)


def _scalar(value: object) -> str:
    if not isinstance(value, str | int | Decimal):
        raise _Malformed("must be a string, number or boolean")
    return scalar_text(value)


def _list(value: object) -> tuple[tuple[str, ...], bool]:
    items = as_list(value)
    if items is None:
        raise _Malformed("must be a list")
    texts = tuple(dict.fromkeys(_scalar(item) for item in items if item is not None))
    if not items:
        raise ValueError("the list is empty")
    return texts, None in items


def _equal(value: object, _: Zone) -> Test:
    return Exists(present=False) if value is None else OneOf((_scalar(value),))


def _not_equal(value: object, _: Zone) -> Test:
    return Exists() if value is None else NotOneOf((_scalar(value),))


def _in(value: object, _: Zone) -> Test:
    texts, null = _list(value)
    return OneOf(texts, null=null)


def _not_in(value: object, _: Zone) -> Test:
    texts, null = _list(value)
    return NotOneOf(texts, null=null) if texts else Exists()


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _Malformed("must be a string")
    return value


def _exists(value: object, _: Zone) -> Test:
    if not isinstance(value, bool):
        raise _Malformed("must be true or false")
    return Exists(present=value)


def _comparison(operator: str) -> Callable[[object, Zone], Test]:
    def read(value: object, zone: Zone) -> Test:
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
            raise _Malformed("must be a number or an ISO date")
        text = scalar_text(value)
        key = order_key(text) if isinstance(value, str) else number_order(Decimal(value))
        if key is None:
            raise ValueError("must be a number or an ISO date")
        if key.startswith("n"):
            return Within((_number_span(operator, key),))
        return Within(_date_spans(operator, parse_iso(text), zone))

    return read


def _number_span(operator: str, key: str) -> Span:
    match operator:
        case "gt":
            return Span(key, "o", low_inclusive=False)
        case "gte":
            return Span(key, "o")
        case "lt":
            return Span("n", key)
        case _:
            return Span("n", key, high_inclusive=True)


def _date_spans(operator: str, written: Written, zone: Zone) -> tuple[Span, Span]:
    """Values with an offset compare as instants, those without as readings of the zone's clocks.

    The reading of an operand with an offset is what the clocks read as it begins; it covers as much
    of them as was written, also where they are set back meanwhile.
    """
    begin, end = zone.begin_of(written), zone.end_of(written)
    if written.offset is None:
        local_begin = -(-written.local_ns // 1000)
        local_end = -(-(written.local_ns + written.unit_ns) // 1000)
    else:
        local_begin = zone.local(begin)
        local_end = local_begin + end - begin
    return (
        _date_span(operator, instant_order(begin), instant_order(end), "i", "j"),
        _date_span(operator, local_order(local_begin), local_order(local_end), "l", "m"),
    )


def _date_span(operator: str, begin: str, end: str, first: str, last: str) -> Span:
    match operator:
        case "gt":
            return Span(end, last)
        case "gte":
            return Span(begin, last)
        case "lt":
            return Span(first, begin)
        case _:
            return Span(first, end)


_OPERATORS: Mapping[str, Callable[[object, Zone], Test]] = {
    "eq": _equal,
    "ne": _not_equal,
    "in": _in,
    "not_in": _not_in,
    "gt": _comparison("gt"),
    "gte": _comparison("gte"),
    "lt": _comparison("lt"),
    "lte": _comparison("lte"),
    "contains": lambda value, _: Contains(_text(value)),
    "starts_with": lambda value, _: Contains(_text(value), at_start=True),
    "exists": _exists,
}
assert list(_OPERATORS) == list(OPERATORS)
