"""Buckets of time: which one an instant lies in, and all that a range touches."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from .settings import Refused
from .zones import HOUR, MINUTE, day_begin, local_at, piece_at, wall

MOST_BUCKETS = 10_000


class Bucket(NamedTuple):
    """From `start` up to but not including `end`, shown as `date`."""

    start: int
    end: int
    date: str


def _month(year: int, months: int) -> date:
    """The first of a month, counted from January as 0 and on into other years."""
    return date(year + months // 12, months % 12 + 1, 1)


# For each granularity the first day of the bucket that holds a day, and of the one after it.
DAYS: dict[str, Callable[[date], tuple[date, date]]] = {
    "day": lambda d: (d, d + timedelta(days=1)),
    "week": lambda d: (
        d - timedelta(days=d.weekday()),
        d + timedelta(days=7 - d.weekday()),
    ),
    "month": lambda d: (_month(d.year, d.month - 1), _month(d.year, d.month)),
    "quarter": lambda d: (
        _month(d.year, (d.month - 1) // 3 * 3),
        _month(d.year, (d.month - 1) // 3 * 3 + 3),
    ),
    "year": lambda d: (date(d.year, 1, 1), date(d.year + 1, 1, 1)),
}
CLOCK = {"minute": MINUTE, "hour": HOUR}


def _clock_label(start: int, offset: int) -> str:
    # Before zones had whole minutes, the next one that has says the same instant.
    offset -= offset % MINUTE
    minutes = abs(offset) // MINUTE
    sign = "-" if offset < 0 else "+"
    shown = wall(start + offset).isoformat(timespec="seconds")
    return f"{shown}{sign}{minutes // 60:02}:{minutes % 60:02}"


def _clock_bucket(zone: str, size: int, at: int) -> Bucket:
    """The run of instants around `at` with the same local hour or minute and the same offset."""
    piece = piece_at(zone, at)
    local = at + piece.offset
    floor = local - local % size - piece.offset
    start, end = max(floor, piece.start), min(floor + size, piece.end)
    return Bucket(start, end, _clock_label(start, piece.offset))


def day_at(zone: str, at: int) -> date:
    """The last day that has begun: not always the local date, which may fall back at midnight."""
    day = local_at(zone, at).date() + timedelta(days=2)
    while day_begin(zone, day) > at:
        day -= timedelta(days=1)
    return day


@lru_cache(100_000)
def bucket_at(zone: str, granularity: str, at: int) -> Bucket:
    if granularity in CLOCK:
        return _clock_bucket(zone, CLOCK[granularity], at)
    first, following = DAYS[granularity](day_at(zone, at))
    return Bucket(day_begin(zone, first), day_begin(zone, following), first.isoformat())


def buckets_between(zone: str, granularity: str, start: int, end: int) -> list[Bucket]:
    """Every bucket that shares an instant with [start, end), in order."""
    found: list[Bucket] = []
    while start < end:
        bucket = bucket_at(zone, granularity, start)
        found.append(bucket)
        if len(found) > MOST_BUCKETS:
            raise Refused(422, "too many buckets")
        start = bucket.end
    return found
