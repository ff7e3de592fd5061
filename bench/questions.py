"""The questions that are asked: every query type in every scope, no two of them equal."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import msgspec

from bench.live import Client
from bench.population import Population, names
from callistics.queries import registry
from callistics.timezones import rules

SCOPES = {
    "A": "whole platform, all time",
    "B": "whole platform, one month",
    "C": "one merchant, one month",
    "D": "one merchant, one month, one city of the payload",
    "E": "whole platform, all time, one city of the payload",
    "F": "whole platform, all time, by duration and sentiment",
    "R": "one reseller, all time",
}
TYPES = (
    "avg_duration_over_time",
    "call_count",
    "call_duration",
    "calls_over_time",
    "conversion_funnel",
    "hourly_heatmap",
    "outcome_distribution",
    "provider_breakdown",
    "retry_analysis",
    "sentiment_distribution",
    "status_distribution",
    "top_outcomes",
)
"""The twelve that builds of every age and the rivals answer."""
_ZONES = {"UTC": 12, "Asia/Kolkata": 4, "Europe/Berlin": 2, "America/New_York": 2}
_FIXED = ("UTC", "Asia/Kolkata")
_MONTHLY, _LONG = {"day": 7, "hour": 2, "week": 1}, {"day": 5, "week": 2, "month": 3}
_DECEMBER = {"date_from": "2025-12-01", "date_to": "2025-12-31"}
_EDGE = 28
"""Days by which the ends of "all time" are moved inwards, at most."""


@dataclass(frozen=True, slots=True)
class Question:
    """`first` and `last` are whole days of the zone, both included; None leaves the end open."""

    query_type: str
    zone: str = "UTC"
    granularity: str = "day"
    first: date | None = None
    last: date | None = None
    filters: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def body(self) -> bytes:
        """The JSON of `POST /analytics`."""
        days = {"date_from": self.first, "date_to": self.last}
        dated = {name: day.isoformat() for name, day in days.items() if day is not None}
        content: dict[str, Any] = {
            "query_type": self.query_type,
            "filters": {**dated, **self.filters},
        }
        if self.zone != "UTC":
            content["timezone"] = self.zone
        if registry()[self.query_type].uses_granularity:
            content["granularity"] = self.granularity
        return msgspec.json.encode(content)

    @property
    def begin(self) -> datetime | None:
        """The first instant, in UTC."""
        return self._midnight(self.first)

    @property
    def end(self) -> datetime | None:
        """The first instant no more asked for, in UTC."""
        return self._midnight(None if self.last is None else self.last + timedelta(days=1))

    def _midnight(self, day: date | None) -> datetime | None:
        if day is None:
            return None
        return datetime(day.year, day.month, day.day, tzinfo=rules(self.zone)).astimezone(UTC)


def stream(scope: str, query_type: str, people: Population, *, seed: int = 1) -> Iterator[Question]:
    """Questions of a cell without end, always the same for the same data."""
    rng = Random(f"{seed} {scope} {query_type}")
    seen: set[bytes] = set()
    while True:
        question = _draw(scope, query_type, people, rng)
        if question.body not in seen:
            seen.add(question.body)
            yield question


def as_batch(asked: Sequence[Question]) -> bytes:
    """The body of `POST /analytics/batch`."""
    return msgspec.json.encode({"queries": [msgspec.Raw(one.body) for one in asked]})


def dashboards(people: Population, seed: int = 1) -> Iterator[Question]:
    """Tenants' dashboards: the twelve types, of one merchant and 30 days of the last 90."""
    rng = Random(f"{seed} dashboards")
    end = date.fromisoformat(people.last)
    while True:
        last = end - timedelta(days=rng.randrange(60))
        wanted = {"merchant_id": people.merchants.draw(rng)}
        zone = _chosen(rng, _ZONES)
        for name in TYPES:
            yield Question(name, zone, "day", last - timedelta(days=29), last, wanted)


def _draw(scope: str, query_type: str, people: Population, rng: Random) -> Question:
    monthly = scope in "BCD"
    first, last = (_month if monthly else _long)(people, rng)
    zone = _chosen(rng, _ZONES)
    granularity = _chosen(rng, _MONTHLY if monthly else _LONG)
    if granularity == "hour" and zone not in _FIXED:
        granularity = "day"
    return Question(query_type, zone, granularity, first, last, _FILTERS[scope](people, rng))


def _month(people: Population, rng: Random) -> tuple[date, date]:
    """Most of one of the months that hold calls."""
    first, last = date.fromisoformat(people.first), date.fromisoformat(people.last)
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    year, month = divmod(first.year * 12 + first.month - 1 + rng.randrange(months), 12)
    begin = date(year, month + 1, 1)
    end = (begin + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return begin + timedelta(days=rng.randrange(5)), end - timedelta(days=rng.randrange(5))


def _long(people: Population, rng: Random) -> tuple[date | None, date | None]:
    """All but some days at the ends, which are left open now and then."""
    first = date.fromisoformat(people.first) + timedelta(days=rng.randrange(_EDGE))
    last = date.fromisoformat(people.last) - timedelta(days=rng.randrange(_EDGE))
    return (None if rng.random() < 0.25 else first), (None if rng.random() < 0.25 else last)


def _chosen(rng: Random, weights: Mapping[str, int]) -> str:
    return rng.choices(tuple(weights), tuple(weights.values()))[0]


def _platform(people: Population, rng: Random) -> dict[str, Any]:
    return {"provider": people.providers.draw(rng)} if rng.random() < 0.25 else {}


def _merchant(people: Population, rng: Random) -> dict[str, Any]:
    return {"merchant_id": people.merchants.draw(rng)}


def _city(people: Population, rng: Random) -> dict[str, Any]:
    return {"payload_filters": {"city": people.cities.draw(rng)}}


def _figures(_: Population, rng: Random) -> dict[str, Any]:
    upper = {"sentiment_max": rng.randrange(80, 100) / 100} if rng.random() < 0.25 else {}
    least = rng.randrange(20, 70) / 100
    return {"min_duration": rng.randrange(5, 120), "sentiment_min": least, **upper}


_FILTERS: Mapping[str, Callable[[Population, Random], dict[str, Any]]] = {
    "A": _platform,
    "B": _platform,
    "C": _merchant,
    "D": lambda people, rng: {**_merchant(people, rng), **_city(people, rng)},
    "E": _city,
    "F": _figures,
    "R": lambda people, rng: {
        "reseller_id": people.resellers.draw(rng),
        **_platform(people, rng),
    },
}


def month_of_days(client: Client) -> bytes:
    """The contract's own example: the calls of the largest merchant by day, in a zone; 31 rows."""
    merchant = names(client, "merchant_id", **_DECEMBER).commonest
    city = names(client, "payload.city", merchant_id=merchant, **_DECEMBER).commonest
    filters = {
        "merchant_id": merchant,
        **_DECEMBER,
        "min_duration": 10,
        "payload_filters": {"city": city},
    }
    return msgspec.json.encode(
        {
            "query_type": "calls_over_time",
            "filters": filters,
            "timezone": "Asia/Kolkata",
            "granularity": "day",
            "page": 1,
            "page_size": 31,
        }
    )


def plain() -> Iterator[bytes]:
    """Each type over everything, and over a month."""
    for name in TYPES:
        for filters in ({}, _DECEMBER):
            yield msgspec.json.encode({"query_type": name, "filters": filters})
