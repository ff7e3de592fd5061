"""The two ranges of a comparison, and their rows beside each other, as the contract tells it."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from .buckets import MOST_BUCKETS, Bucket, bucket_at, day_at
from .grouping import GroupKey, in_order, nulls_last
from .queries import TIME_SERIES, Row
from .settings import Refused
from .zones import day_begin, local_at, micros, occurrences

Limits = tuple[int, int]
Sides = dict[GroupKey, list[Row]]
NO_FIGURES = (
    "currency",
    "date",
    "from",
    "to",
    "hour",
    "weekday",
    "attempt",
    "outcome",
    "provider",
    "status",
    "rank",
    "step",
)
KEYS = {
    "outcome_distribution": "outcome",
    "top_outcomes": "outcome",
    "provider_breakdown": "provider",
    "status_distribution": "status",
    "conversion_funnel": "status",
    "retry_analysis": "attempt",
    "measure": "currency",
    "hourly_heatmap": "hour",
    "sentiment_distribution": "from",
    "duration_distribution": "from",
}
"""What the rows of one group are told apart by; others have one row, or one for each date."""
BY_KEY = ("retry_analysis", "measure")


# Ranges


def limits(how: str, zone: str, whole: Limits, now: int, query_type: str) -> tuple[Limits, Limits]:
    """Both sides, each from its first instant up to the first one after."""
    begin, end = whole
    year = how == "previous_year"
    if year:
        other = year_before(zone, begin), year_before(zone, end, closing=True)
    else:
        other = period_before(zone, begin, end), begin
    other = other[0], max(other)
    now -= now % 1000
    if query_type in TIME_SERIES or now >= end:
        return whole, other
    if now <= begin:
        return (begin, begin), (other[0], other[0])
    part = year_before(zone, now, closing=True) if year else as_late(zone, whole, other, now)
    return (begin, now), (other[0], min(max(part, other[0]), other[1]))


def year_before(zone: str, at: int, *, closing: bool = False) -> int:
    local = local_at(zone, at)
    today = day_at(zone, at)
    if closing and (today.month, today.day) == (2, 29) and day_begin(zone, today) == at:
        return day_begin(zone, date(today.year - 1, 3, 1))
    leaps = (local.month, local.day) == (2, 29)
    before = local.replace(year=local.year - 1, day=28 if leaps else local.day)
    return occurrences(zone, micros(before))[-1 if closing else 0]


def begins_a_day(zone: str, at: int) -> bool:
    return day_begin(zone, day_at(zone, at)) == at


def days(zone: str, first: date, step: int) -> Iterator[date]:
    """The days that there are, from one on or before it."""
    day = first
    while True:
        if day_begin(zone, day) < day_begin(zone, day + timedelta(days=1)):
            yield day
        day += timedelta(days=step)


def days_between(zone: str, begin: int, end: int) -> int:
    """How many days begin in a range that begins with one."""
    number = 0
    for day in days(zone, day_at(zone, begin), 1):
        if day_begin(zone, day) >= end:
            break
        number += 1
    return number


def period_before(zone: str, begin: int, end: int) -> int:
    if not (begins_a_day(zone, begin) and begins_a_day(zone, end)):
        return begin - (end - begin)
    first, following = day_at(zone, begin), day_at(zone, end)
    if first.day == following.day == 1:
        months = 12 * (following.year - first.year) + following.month - first.month
        month = 12 * first.year + first.month - 1 - months
        return day_begin(zone, date(month // 12, month % 12 + 1, 1))
    found = begin
    earlier = days(zone, first - timedelta(days=1), -1)
    for _ in range(days_between(zone, begin, end)):
        found = day_begin(zone, next(earlier))
    return found


def as_late(zone: str, this: Limits, other: Limits, now: int) -> int:
    """The instant as long after one beginning as now is after the other, by days and clocks."""
    clock = micros(local_at(zone, now))
    if not all(begins_a_day(zone, at) for at in this):
        passed = clock - micros(local_at(zone, this[0]))
        return occurrences(zone, micros(local_at(zone, other[0])) + passed)[-1]
    today = day_at(zone, now)
    number = days_between(zone, this[0], day_begin(zone, today))
    there = days(zone, day_at(zone, other[0]), 1)
    for _ in range(number):
        next(there)
    day = next(there)
    if day_begin(zone, day) >= other[1]:
        return other[1]
    return occurrences(zone, clock + (day - today) // timedelta(microseconds=1))[-1]


# Buckets by position


def positions(zone: str, granularity: str, side: Limits) -> Iterator[Bucket]:
    at, end = side
    while at < end:
        bucket = bucket_at(zone, granularity, at)
        yield bucket
        at = bucket.end


def in_this_time(groups: Sides, place: int, zone: str, granularity: str, sides: Any) -> Sides:
    """The other side's groups with this side's bucket in place of theirs, where there is one."""
    last = max((key[place].start for key in groups), default=None)
    found: dict[Bucket, Bucket] = {}
    if last is not None:
        own, before = (positions(zone, granularity, side) for side in sides)
        for bucket, theirs in zip(own, before, strict=False):
            found[theirs] = bucket
            if theirs.start >= last:
                break
    return {
        (*key[:place], found[key[place]], *key[place + 1 :]): rows
        for key, rows in groups.items()
        if key[place] in found
    }


# Rows


def joined(query_type: str, own: Sides, before: Sides, nothing: list[Row]) -> Sides:
    """Every group of either side; `nothing` are the rows of a group without records."""
    both: Any = {**own, **before}
    found: Sides = {}
    for key in in_order(both):
        rows = own.get(key, nothing)
        found[key] = _beside(query_type, rows, before.get(key))
    dates = {value for key in found for value in key if isinstance(value, Bucket)}
    if len(dates) > MOST_BUCKETS:
        raise Refused(422, "too many buckets")
    return found


def _beside(query_type: str, own: list[Row], before: list[Row] | None) -> list[Row]:
    others: list[Row | None]
    if query_type in TIME_SERIES:
        rows = own
        others = [*(before or [])[: len(own)]]
        others += [None] * (len(own) - len(others))
    else:
        key = KEYS.get(query_type, "")
        rows = _with_missing(query_type, key, own, before or [])
        by_key = {row.get(key): row for row in before or []}
        others = [by_key.get(row.get(key)) for row in rows]
    return [
        row | {f"previous.{n}": other and other[n] for n in row if n not in NO_FIGURES}
        for row, other in zip(rows, others, strict=True)
    ]


def _with_missing(query_type: str, key: str, own: list[Row], before: list[Row]) -> list[Row]:
    there = {row.get(key) for row in own}
    missing = [row[key] for row in before if row.get(key) not in there]
    rows = list(own)
    for value in sorted(missing, key=nulls_last):
        rows.append(_nothing(query_type, value, rows))
    if query_type in BY_KEY:
        rows.sort(key=lambda row: nulls_last(row.get(key)))
    return rows


def _nothing(query_type: str, key: Any, rows: list[Row]) -> Row:
    """A row that counts nothing, to stand after others."""
    share = 0 if any(row.get("count") or row.get("calls") for row in rows) else None
    number = len(rows) + 1
    match query_type:
        case "retry_analysis":
            figures = {"calls": 0, "percentage": share, "successes": 0, "success_rate": None}
            return {"attempt": key} | figures
        case "measure":
            numbers = ("avg", "min", "max", "p50", "p90", "p95", "p99")
            return {"currency": key, "count": 0, "sum": 0} | dict.fromkeys(numbers)
        case "conversion_funnel":
            step = 0 if rows and rows[-1]["count"] else None
            shares = {"conversion_rate": share, "step_rate": step}
            return {"step": number, "status": key, "count": 0} | shares
        case "top_outcomes":
            return {"rank": number, "outcome": key, "count": 0, "percentage": share}
        case _:
            return {KEYS[query_type]: key, "count": 0, "percentage": share}
