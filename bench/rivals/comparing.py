"""Whether a rival's rows say the same as the product's answer."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from bench.rivals.sql import STATUSES

Row = Mapping[str, Any]
Figures = dict[str, tuple[int, ...]]
"""Counts by key, without those that are nothing."""


def product(query_type: str, rows: Sequence[Row]) -> Figures:
    """The counts of the product's answer."""
    key, names = _KEYS[query_type]
    found = {key(row): tuple(_count(row[name]) for name in names) for row in rows}
    return {name: counts for name, counts in found.items() if any(counts)}


def rival(query_type: str, rows: Sequence[tuple[Any, ...]]) -> Figures:
    """The counts of a rival's rows."""
    if query_type == "conversion_funnel":
        return _reached(rows)
    if query_type == "call_count":
        found = {"": (_count(rows[0][0]),)}
    elif query_type == "call_duration":
        found = {"": (sum(_count(row[1]) for row in rows),)}
    else:
        place = _FIGURES.get(query_type, 1)
        found = {_key(row[0]): tuple(map(_count, row[place:])) for row in rows}
    return {name: counts for name, counts in found.items() if any(counts)}


def _reached(rows: Sequence[tuple[Any, ...]]) -> Figures:
    counts = {
        name: sum(int(count) for had, count in rows if int(had) >> place & 1)
        for place, name in enumerate(STATUSES)
    }
    return {name: (count,) for name, count in counts.items() if count}


def _count(value: object) -> int:
    """A whole number; a duration in seconds is told in milliseconds."""
    if isinstance(value, float):
        return round(value * 1000)
    return int(str(value)) if value is not None else 0


def _key(value: object) -> str:
    if value is None or value == "":
        return "none"
    if isinstance(value, datetime | date):
        return value.isoformat()[:10] if _is_midnight(value) else value.isoformat()[:16]
    if isinstance(value, float):
        return str(int(value))
    return _as_time(str(value))


def _is_midnight(value: datetime | date) -> bool:
    return not isinstance(value, datetime) or (value.hour, value.minute) == (0, 0)


def _as_time(text: str) -> str:
    """A label of a bucket as `_key` writes it: the day, with the time unless it is midnight."""
    if len(text) >= 16 and text[4] == text[7] == "-" and text[13] == ":":
        return text[:10] if text[11:16] == "00:00" else f"{text[:10]}T{text[11:16]}"
    return text


def _named(name: str) -> Callable[[Row], str]:
    return lambda row: _key(row[name])


def _bin(row: Row) -> str:
    return "none" if row["from"] is None else str(round(row["from"] * 10))


_KEYS: Mapping[str, tuple[Callable[[Row], str], tuple[str, ...]]] = {
    "call_count": (lambda _: "", ("count",)),
    "call_duration": (lambda _: "", ("count",)),
    "outcome_distribution": (_named("outcome"), ("count",)),
    "top_outcomes": (_named("outcome"), ("count",)),
    "sentiment_distribution": (_bin, ("count",)),
    "provider_breakdown": (_named("provider"), ("count",)),
    "calls_over_time": (_named("date"), ("count",)),
    "avg_duration_over_time": (_named("date"), ("count",)),
    "hourly_heatmap": (_named("hour"), ("count",)),
    "retry_analysis": (_named("attempt"), ("calls", "successes")),
    "status_distribution": (_named("status"), ("count",)),
    "conversion_funnel": (_named("status"), ("count",)),
}
_FIGURES = {"avg_duration_over_time": 2}
"""At which place of a rival's row its counts begin, where it is not the second."""
