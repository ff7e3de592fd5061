"""Reading a payload by key and testing it against a condition."""

from collections.abc import Callable, Iterator
from typing import Any

from .canonical import is_scalar, numeric, scalar_text
from .moments import has_offset, reading, span

Json = dict[str, Any]
Test = Callable[[Any, Any, str], bool]


def resolve(payload: Json, key: str) -> tuple[bool, Any]:
    """Whether the key is there, and its value: the longest literal key that leads anywhere wins."""
    if key in payload:
        return True, payload[key]
    for cut in range(len(key) - 1, -1, -1):
        inner = payload.get(key[:cut])
        if key[cut] == "." and isinstance(inner, dict):
            found, value = resolve(inner, key[cut + 1 :])
            if found:
                return True, value
    return False, None


def payload_text(payload: Json, key: str) -> str | None:
    """The text that a payload is grouped by."""
    _, value = resolve(payload, key)
    return scalar_text(value) if is_scalar(value) else None


def payload_texts(payload: Json, key: str) -> set[str]:
    """The texts that an equality of the key would find."""
    _, value = resolve(payload, key)
    found = _flat(value) if isinstance(value, list) else [value]
    return {scalar_text(one) for one in found if is_scalar(one)}


def _flat(value: list[Any]) -> Iterator[Any]:
    for item in value:
        if isinstance(item, list):
            yield from _flat(item)
        else:
            yield item


def _same(value: Any, operand: Any) -> bool:
    return operand is not None and scalar_text(value) == scalar_text(operand)


def _ordered(number_test: Callable[[Any, Any], bool], date_test: Test) -> Test:
    """A comparison of numbers if the operand is one, else of dates.

    A value with an offset is compared as an instant, one without as a reading of the clocks.
    """

    def test(value: Any, operand: Any, zone: str) -> bool:
        number = numeric(operand)
        if number is not None:
            own = numeric(value)
            return own is not None and number_test(own, number)
        if not isinstance(value, str):
            return False
        covering = span if has_offset(value) else reading
        covered = covering(value, zone)
        return covered is not None and date_test(covered.start, covering(operand, zone), zone)

    return test


def _in_text(found: Callable[[str, str], bool]) -> Test:
    return lambda value, operand, _: found(scalar_text(value), operand)


# Of one text, number or boolean: the value itself, or an element of a list.
TESTS: dict[str, Test] = {
    "eq": lambda value, operand, _: _same(value, operand),
    "in": lambda value, operand, _: any(_same(value, item) for item in operand),
    "gt": _ordered(lambda a, b: a > b, lambda at, other, _: at >= other.end),
    "gte": _ordered(lambda a, b: a >= b, lambda at, other, _: at >= other.start),
    "lt": _ordered(lambda a, b: a < b, lambda at, other, _: at < other.start),
    "lte": _ordered(lambda a, b: a <= b, lambda at, other, _: at < other.end),
    "contains": _in_text(lambda text, operand: operand in text),
    "starts_with": _in_text(lambda text, operand: text.startswith(operand)),
}
OPPOSITES = {"ne": "eq", "not_in": "in"}


def _finds_absent(name: str, operand: Any) -> bool:
    return (name == "eq" and operand is None) or (name == "in" and None in operand)


def _operator_holds(value: Any, name: str, operand: Any, zone: str) -> bool:
    """Whether one operator, by itself, holds for all that the key names."""
    if name == "exists":
        return (value is not None) == operand
    if name in OPPOSITES:
        return not _operator_holds(value, OPPOSITES[name], operand, zone)
    if value is None:
        return _finds_absent(name, operand)
    scalars = [item for item in _flat([value]) if is_scalar(item)]
    return any(TESTS[name](item, operand, zone) for item in scalars)


def _operators(condition: Any) -> Json:
    if isinstance(condition, dict):
        return condition
    return {"in": condition} if isinstance(condition, list) else {"eq": condition}


def holds(payload: Json, key: str, condition: Any, zone: str) -> bool:
    """Whether every operator of the condition holds."""
    _, value = resolve(payload, key)
    operators = _operators(condition).items()
    return all(_operator_holds(value, name, operand, zone) for name, operand in operators)
