"""Cutting a range into the buckets of a granularity, in a zone.

The buckets are settled here, once per request, as UTC instants. SQL only ever computes, for a
call, the wall-clock period it falls into: `Piece`s say which offset holds from which instant.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta, timezone
from enum import StrEnum
from functools import lru_cache
from itertools import islice

from callistics.model.instants import DAY, HOUR, MINUTE, date_of, naive
from callistics.model.time_range import instant_text, wall
from callistics.model.zones import Zone, month_first, month_number, written_offset

MAX_BUCKETS = 10_000
_MONDAY = 3  # 1970-01-01 was a Thursday: day -3 and every seventh day from it are Mondays.


class Granularity(StrEnum):
    """The length of a bucket."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def is_clock(self) -> bool:
        """Whether buckets are cut by the clock (minute, hour) rather than by the calendar."""
        return self in _CLOCK

    @property
    def clock_length(self) -> int:
        """Microseconds of a full minute or hour bucket."""
        return _CLOCK[self]


_CLOCK = {Granularity.MINUTE: MINUTE, Granularity.HOUR: HOUR}
_MONTHS = {Granularity.MONTH: 1, Granularity.QUARTER: 3, Granularity.YEAR: 12}
_SHORTEST = {
    Granularity.MINUTE: MINUTE,
    Granularity.HOUR: HOUR,
    Granularity.DAY: DAY,
    Granularity.WEEK: 7 * DAY,
    Granularity.MONTH: 31 * DAY,
    Granularity.QUARTER: 92 * DAY,
    Granularity.YEAR: 366 * DAY,
}


@dataclass(frozen=True, slots=True)
class Piece:
    """From the instant `begin` on (None: from ever), local time is UTC plus `offset` µs."""

    begin: int | None
    offset: int


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bucket: its key as SQL computes it, and its label for people.

    The key is the day number of the bucket's first day, or for minutes and hours its first
    instant. It lasts from the instant `begin` up to `end`.
    """

    key: int
    label: str
    begin: int
    end: int


class TooManyBucketsError(ValueError):
    """More than `MAX_BUCKETS` buckets from one instant to another, both as texts."""

    def __init__(self, granularity: Granularity, first: str, last: str) -> None:
        super().__init__(
            f"more than {MAX_BUCKETS:,} buckets of a {granularity} from {first} to {last}; "
            "set date_from and date_to closer together, or choose a coarser granularity"
        )


def clock_pieces(zone: Zone, begin: int, end: int) -> tuple[Piece, ...]:
    """The offsets in force between two instants, for wall-clock hours and weekdays.

    A change up to an hour earlier is among them: it may have begun the first bucket.
    """
    before = begin - HOUR
    first = Piece(None, zone.offset_at(before))
    return (first, *(Piece(at, offset) for at, offset in zone.transitions(before, end)))


def calendar_pieces(zone: Zone, begin: int, end: int) -> tuple[Piece, ...]:
    """The offsets to use for local dates, so that a day, once begun, does not come back.

    Where clocks go back over midnight the earlier offset is kept until the new one has caught up
    with the date already reached.
    """
    # Going back shortly before the range may still be catching up inside it.
    before = begin - 2 * DAY
    pieces = [Piece(None, zone.offset_at(before))]
    for at, offset in zone.transitions(before, end):
        reached = (at - 1 + pieces[-1].offset) // DAY
        caught_up = reached * DAY - offset
        pieces.append(Piece(max(at, caught_up), offset))
    while len(pieces) > 1 and (pieces[1].begin or 0) <= begin:
        pieces[:2] = [Piece(None, pieces[1].offset)]
    return tuple(pieces)


def buckets(
    zone: Zone, granularity: Granularity, begin: int, end: int, first: int | None = None
) -> list[Bucket]:
    """Every bucket that has an instant in [begin, end), in order of time; or the `first` so many.

    Raises `TooManyBucketsError` beyond `MAX_BUCKETS`.
    """
    if end <= begin:
        return []
    cut = _clock_buckets if granularity.is_clock else _calendar_buckets
    if first is not None:
        return list(islice(cut(zone, granularity, begin, end), first))
    ends = instant_text(zone, begin), instant_text(zone, end - 1)
    if (end - begin) // _SHORTEST[granularity] > MAX_BUCKETS:
        raise TooManyBucketsError(granularity, *ends)
    found: list[Bucket] = []
    for bucket in cut(zone, granularity, begin, end):
        found.append(bucket)
        if len(found) > MAX_BUCKETS:
            raise TooManyBucketsError(granularity, *ends)
    return found


def _calendar_buckets(
    zone: Zone, granularity: Granularity, begin: int, end: int
) -> Iterator[Bucket]:
    day = period_begin(granularity, zone.day_at(begin))
    first = zone.day_begin(day)
    while first < end:
        following = period_shifted(granularity, day, 1)
        next_first = zone.day_begin(following)
        if next_first > max(first, begin):
            yield Bucket(day, date_of(day).isoformat(), first, next_first)
        day, first = following, next_first


def period_begin(granularity: Granularity, day: int) -> int:
    """The first day of the day, week, month, quarter or year that a day lies in."""
    return period_of(granularity, period_number(granularity, day))


def period_shifted(granularity: Granularity, day: int, count: int) -> int:
    """The first day of the period that many after the one, or before it, that begins on a day."""
    return period_of(granularity, period_number(granularity, day) + count)


def period_number(granularity: Granularity, day: int) -> int:
    """A number of the period that a day lies in; the next period has the next number."""
    if granularity is Granularity.DAY:
        return day
    if granularity is Granularity.WEEK:
        return (day + _MONDAY) // 7
    return month_number(day) // _MONTHS[granularity]


def period_of(granularity: Granularity, number: int) -> int:
    """The first day of the period with a number."""
    if granularity is Granularity.DAY:
        return number
    if granularity is Granularity.WEEK:
        return 7 * number - _MONDAY
    return month_first(number * _MONTHS[granularity])


def _clock_buckets(zone: Zone, granularity: Granularity, begin: int, end: int) -> Iterator[Bucket]:
    length = granularity.clock_length
    for run in clock_runs(zone, granularity, begin, end):
        for at in run.starts:
            key = max(at, run.first)
            following = min(at + length, run.until)
            yield Bucket(key, clock_label(key, run.offset), key, following)


@dataclass(frozen=True, slots=True)
class ClockRun:
    """Buckets of one offset, one after the other, up to the instant `until`.

    `starts` are where the hours or minutes begin by the clock; the `first` bucket may begin later,
    with the offset.
    """

    starts: range
    first: int
    until: int
    offset: int


def clock_runs(zone: Zone, granularity: Granularity, begin: int, end: int) -> Iterator[ClockRun]:
    """The buckets of minutes or hours that have an instant in [begin, end), in order of time."""
    length = granularity.clock_length
    pieces = clock_pieces(zone, begin, end)
    for index, piece in enumerate(pieces):
        until = pieces[index + 1].begin if index + 1 < len(pieces) else end
        assert until is not None
        low = begin if piece.begin is None else max(begin, piece.begin)
        if low < until:
            start = (low + piece.offset) // length * length - piece.offset
            first = start if piece.begin is None else max(start, piece.begin)
            yield ClockRun(range(start, until, length), first, until, piece.offset)


def bucket_at(zone: Zone, granularity: Granularity, at: int) -> Bucket:
    """The whole bucket that an instant lies in."""
    if not granularity.is_clock:
        return next(_calendar_buckets(zone, granularity, at, at + 1))
    around = _clock_buckets(zone, granularity, at, at + HOUR)
    return next(bucket for bucket in around if bucket.begin <= at < bucket.end)


def bucket_label(zone: Zone, granularity: Granularity, key: int) -> str:
    """The label of the bucket that has a key."""
    if granularity.is_clock:
        return clock_label(key, zone.offset_at(key))
    return date_of(key).isoformat()


def clock_label(instant: int, offset: int) -> str:
    """RFC 3339 text of an instant at an offset: `2025-10-26T02:00:00+01:00`."""
    offset = written_offset(offset)
    return wall(instant + offset).isoformat(timespec="seconds") + _offset_text(offset)


@lru_cache(maxsize=1024)
def _offset_text(offset: int) -> str:
    zone = timezone(timedelta(microseconds=offset))
    return naive(0).replace(tzinfo=zone).isoformat()[len("1970-01-01T00:00:00") :]


def weekday(day: int) -> int:
    """ISO weekday of a day number, 1 = Monday."""
    return (day + _MONDAY) % 7 + 1


__all__ = [
    "MAX_BUCKETS",
    "Bucket",
    "ClockRun",
    "Granularity",
    "Piece",
    "TooManyBucketsError",
    "bucket_at",
    "bucket_label",
    "buckets",
    "calendar_pieces",
    "clock_label",
    "clock_pieces",
    "clock_runs",
    "period_begin",
    "period_number",
    "period_of",
    "period_shifted",
    "weekday",
]
