"""The numbers of calls: which there are, rounded one by one, and what is told of them."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .canonical import numeric
from .grouping import nulls_last
from .payloads import resolve
from .state import Call

MILLION = 10**6
PERCENTILES = (50, 90, 95, 99)


def nearest(value: Fraction) -> int:
    """The whole number nearest to it, halves away from zero."""
    size = (2 * abs(value) + 1) // 2
    return int(-size if value < 0 else size)


def _payload(call: Call, key: str) -> int | None:
    _, held = resolve(call.payload, key)
    number = numeric(held)
    if number is None:
        return None
    found = nearest(Fraction(number) * MILLION)
    return found if abs(found) < 10**12 * MILLION else None


NUMBERS: dict[str, Callable[[Call], int | None]] = {
    "duration": lambda call: None if call.duration is None else call.duration * 1000,
    "ring": lambda call: (
        None
        if call.answered_at is None or call.answered_at < call.started_at
        else call.answered_at - call.started_at
    ),
    "cost": lambda call: None if call.price is None else call.price.cost,
    "sentiment": lambda call: (
        None if call.sentiment is None else nearest(Fraction(call.sentiment) * MILLION)
    ),
}


def number_of(call: Call, measure: str) -> int | None:
    """Millionths; null where the call has no such number."""
    if measure.startswith("payload."):
        return _payload(call, measure.removeprefix("payload."))
    return NUMBERS[measure](call)


def shown(millionths: int) -> int | float:
    """A whole number where it is one, else as JSON is read."""
    exact = Decimal(millionths) / MILLION
    return int(exact) if exact == int(exact) else float(exact)


def _figures(values: list[int]) -> dict[str, Any]:
    ordered = sorted(values)
    some = bool(ordered)
    row: dict[str, Any] = {
        "count": len(values),
        "sum": shown(sum(values)),
        "avg": shown(nearest(Fraction(sum(values), len(values)))) if some else None,
        "min": shown(ordered[0]) if some else None,
        "max": shown(ordered[-1]) if some else None,
    }
    for percent in PERCENTILES:
        row[f"p{percent}"] = shown(_ranked(ordered, percent)) if some else None
    return row


def _ranked(ordered: list[int], percent: int) -> int:
    """The smallest value with at least so many percent of all values at or below it."""
    enough = percent * len(ordered)
    return next(v for v in ordered if 100 * sum(other <= v for other in ordered) >= enough)


def rows_of(calls: list[Call], measure: str) -> list[dict[str, Any]]:
    """One row, or of the cost one for each currency."""
    numbers = [(call, number_of(call, measure)) for call in calls]
    known = [(call, number) for call, number in numbers if number is not None]
    if measure != "cost":
        return [_figures([number for _, number in known])]
    currencies = {call.price.currency for call, _ in known if call.price is not None}
    return [
        {"currency": name}
        | _figures([n for call, n in known if call.price and call.price.currency == name])
        for name in sorted(currencies, key=nulls_last)
    ]
