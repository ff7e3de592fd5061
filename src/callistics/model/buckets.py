"""Cutting a range into the buckets of a granularity, in a zone.

The buckets are settled here, once per request, as UTC instants. SQL only ever computes, for a
call, the wall-clock period it falls into: `Piece`s say which offset holds from which instant.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta, timezone
from enum import StrEnum
from functools import lru_cache

from callistics.model.instants import DAY, HOUR, MINUTE, date_of, naive
from callistics.model.time_range import instant_text
from callistics.model.zones import Zone, month_begin, month_next

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


def buckets(zone: Zone, granularity: Granularity, begin: int, end: int) -> list[Bucket]:
    """Every bucket that has an instant in [begin, end), in order of time.

    Raises `TooManyBucketsError` beyond `MAX_BUCKETS`.
    """
    if end <= begin:
        return []
    ends = instant_text(zone, begin), instant_text(zone, end - 1)
    if (end - begin) // _SHORTEST[granularity] > MAX_BUCKETS:
        raise TooManyBucketsError(granularity, *ends)
    cut = _clock_buckets if granularity.is_clock else _calendar_buckets
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
    if granularity is Granularity.DAY:
        return day
    if granularity is Granularity.WEEK:
        return day - (day + _MONDAY) % 7
    return month_begin(day, _MONTHS[granularity])


def period_shifted(granularity: Granularity, day: int, count: int) -> int:
    """The first day of the period that many after the one, or before it, that begins on a day."""
    if granularity is Granularity.DAY:
        return day + count
    if granularity is Granularity.WEEK:
        return day + 7 * count
    return month_next(day, _MONTHS[granularity] * count)


def _clock_buckets(zone: Zone, granularity: Granularity, begin: int, end: int) -> Iterator[Bucket]:
    length = granularity.clock_length
    pieces = clock_pieces(zone, begin, end)
    for index, piece in enumerate(pieces):
        until = pieces[index + 1].begin if index + 1 < len(pieces) else end
        assert until is not None
        low = begin - HOUR if piece.begin is None else piece.begin
        yield from _run(piece.offset, length, piece.begin, low, begin, until)


def _run(
    offset: int, length: int, piece_begin: int | None, low: int, begin: int, until: int
) -> Iterator[Bucket]:
    first = (low + offset) // length * length - offset
    for at in range(first, until, length):
        key = at if piece_begin is None else max(at, piece_begin)
        following = min(at + length, until)
        if following > begin:
            yield Bucket(key, clock_label(key, offset), key, following)


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
    return naive(instant + offset).isoformat(timespec="seconds") + _offset_text(offset)


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
    "Granularity",
    "Piece",
    "TooManyBucketsError",
    "bucket_at",
    "bucket_label",
    "buckets",
    "calendar_pieces",
    "clock_label",
    "clock_pieces",
    "period_begin",
    "period_shifted",
    "weekday",
]
