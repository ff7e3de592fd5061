"""All records of one id put together, field by field."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from .canonical import exact, json_text, milliseconds
from .moments import instant
from .zones import EPOCH

LABELS = {"positive": 1.0, "neutral": 0.5, "negative": 0.0}


class Moment(int):
    """An instant among other values, so that a tie can be settled by its text."""


class Seconds(int):
    """A duration in milliseconds among other values."""


@dataclass(frozen=True)
class Raw:
    """A record as it came, with the time of its arrival."""

    record: dict[str, Any]
    arrived: int
    zone: str

    @property
    def updated_at(self) -> int | None:
        text = self.record.get("updated_at")
        return None if text is None else instant(text, self.zone)

    @property
    def time(self) -> int:
        return self.arrived if self.updated_at is None else self.updated_at


class Price(NamedTuple):
    """A cost in millionths with its currency, which are one field."""

    cost: int
    currency: str | None


class StatusEvent(NamedTuple):
    """A status that a record brought; for a call's record without a time, `time` is None."""

    status: str | None
    time: int | None


def _moment(value: Any, zone: str) -> Moment:
    return Moment(instant(value, zone))


def _seconds(value: Any, _: str) -> Seconds:
    return Seconds(milliseconds(value))


def _score(value: Any, _: str) -> float:
    return LABELS[value.lower()] if isinstance(value, str) else float(value)


def _word(value: str, _: str) -> str:
    return value.lower()


READERS: dict[str, Callable[[Any, str], Any]] = {
    "started_at": _moment,
    "ended_at": _moment,
    "created_at": _moment,
    "answered_at": _moment,
    "duration": _seconds,
    "sentiment": _score,
    "direction": _word,
}


def read(field: str, value: Any, zone: str) -> Any:
    """The value that is stored for what was sent."""
    if value is None or field not in READERS:
        return value
    return READERS[field](value, zone)


def tie_text(value: Any) -> str:
    """The canonical JSON text by which values of the same time are compared."""
    if isinstance(value, Moment):
        shown = (EPOCH + timedelta(microseconds=value)).replace(tzinfo=None)
        return json_text(shown.isoformat(timespec="microseconds") + "Z")
    if isinstance(value, Seconds):
        return json_text(exact(int(value)) / Decimal(1000))
    if isinstance(value, Price):
        # The end of the cost sorts before any digit that another one has there.
        return f"{json_text(exact(value.cost) / Decimal(10**6))} {value.currency or ''}"
    return json_text(value)


def newest(candidates: Iterable[tuple[Any, Any]]) -> Any:
    """The value of the greatest time; at equal times one beats null, then its text decides."""
    best = max(candidates, key=lambda c: (c[0], c[1] is not None, tie_text(c[1])), default=None)
    return None if best is None else best[1]


def merged(raws: list[Raw], field: str) -> Any:
    """What all records together say of one field; null where none says anything."""
    return newest(
        (raw.time, read(field, raw.record[field], raw.zone)) for raw in raws if field in raw.record
    )


def _price(record: dict[str, Any]) -> Price | None:
    if record["cost"] is None:
        return None
    currency = record.get("currency")
    cost = math.floor(Fraction(exact(record["cost"])) * 10**6 + Fraction(1, 2))
    return Price(cost, currency and currency.upper())


def merged_price(raws: list[Raw]) -> Price | None:
    """What all records together say of the cost; each that brings one brings its currency."""
    return newest((raw.time, _price(raw.record)) for raw in raws if "cost" in raw.record)
