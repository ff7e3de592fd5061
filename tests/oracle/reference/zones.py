"""Local time by trial: offsets are asked of zoneinfo, everything else is looked for.

Instants are microseconds since 1970 in UTC. Local times are written the same way, as if the wall
clock showed UTC.
"""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SAMPLE = 6 * HOUR


class Piece(NamedTuple):
    """A stretch of time with one offset."""

    start: int
    end: int
    offset: int


def micros(moment: datetime) -> int:
    """Microseconds since 1970; a naive moment counts as if it were UTC."""
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return (aware - EPOCH) // timedelta(microseconds=1)


def wall(local: int) -> datetime:
    """The wall clock that a local time stands for."""
    return (EPOCH + timedelta(microseconds=local)).replace(tzinfo=None)


@cache
def rules(zone: str) -> ZoneInfo:
    """The rules of a zone, whatever the machine has."""
    with (files("tzdata") / "zoneinfo" / zone).open("rb") as file:
        return ZoneInfo.from_file(file, key=zone)


def offset_at(zone: str, at: int) -> int:
    moment = (EPOCH + timedelta(microseconds=at)).astimezone(rules(zone))
    offset = moment.utcoffset()
    assert offset is not None
    return offset // timedelta(microseconds=1)


def local_at(zone: str, at: int) -> datetime:
    return wall(at + offset_at(zone, at))


def _bisect(zone: str, low: int, high: int) -> int:
    """The first whole second in (low, high] whose offset is not that of `low`."""
    before = offset_at(zone, low)
    while high - low > SECOND:
        middle = low + (high - low) // (2 * SECOND) * SECOND
        if offset_at(zone, middle) == before:
            low = middle
        else:
            high = middle
    return high


@cache
def _changes(zone: str, year: int) -> tuple[int, ...]:
    """The instants of a UTC year at which the offset changes."""
    there = rules(zone)
    samples = _samples(year)
    offsets = [moment.astimezone(there).utcoffset() for moment in samples]
    return tuple(
        _bisect(zone, micros(moment) - SAMPLE, micros(moment))
        for moment, (before, after) in zip(samples[1:], pairwise(offsets), strict=True)
        if before != after
    )


@cache
def _samples(year: int) -> list[datetime]:
    """The moments of a UTC year between which there is one change of an offset at most."""
    start, end = (datetime(y, 1, 1, tzinfo=UTC) for y in (year, year + 1))
    step = timedelta(microseconds=SAMPLE)
    return [start + n * step for n in range((end - start) // step + 1)]


def pieces(zone: str, start: int, end: int) -> list[Piece]:
    """The stretches of one offset that make up [start, end)."""
    years = range(wall(start).year, wall(end).year + 1)
    inner = [at for year in years for at in _changes(zone, year) if start < at < end]
    cuts = [start, *inner, end]
    return [Piece(a, b, offset_at(zone, a)) for a, b in pairwise(cuts)]


def piece_at(zone: str, at: int) -> Piece:
    """The stretch around an instant, cut off two days before and after it."""
    around = pieces(zone, at - 2 * DAY, at + 2 * DAY)
    return next(piece for piece in around if piece.start <= at < piece.end)


@cache
def day_begin(zone: str, day: date) -> int:
    """The first instant whose local date is that day or a later one."""
    midnight = micros(datetime(day.year, day.month, day.day, tzinfo=UTC))
    for piece in pieces(zone, midnight - 2 * DAY, midnight + 2 * DAY):
        first = max(piece.start, midnight - piece.offset)
        if first < piece.end:
            return first
    raise AssertionError("no zone is two days away from UTC")


def occurrences(zone: str, local: int) -> list[int]:
    """The instants at which the clock shows a local time; in a gap, the time after the gap."""
    around = pieces(zone, local - 2 * DAY, local + 2 * DAY)
    shown = [local - p.offset for p in around if p.start <= local - p.offset < p.end]
    if shown:
        return shown
    for before, after in pairwise(around):
        if local - before.offset >= before.end and local - after.offset < after.start:
            return [local - before.offset]
    raise AssertionError("a time that is never shown lies in a gap")
