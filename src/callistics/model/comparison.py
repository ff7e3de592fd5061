"""The range that another one is compared with, and how much of both where one is not over."""

from enum import StrEnum
from typing import NamedTuple

from callistics.model.bucket_places import BucketPlaces
from callistics.model.buckets import Granularity, period_begin, period_number, period_of
from callistics.model.instants import DAY, micros, naive
from callistics.model.zones import Zone, year_before

Range = tuple[int, int]
"""A half-open range of instants (µs) with both ends."""
# Well after the year 1, in which no clock of any zone shows the year 0; and no record is so old.
_EARLIEST = micros(naive(0).replace(year=3))
# More days than clocks have ever left out of a few.
_SPARE = 7


class Comparison(StrEnum):
    """What a range is compared with."""

    PREVIOUS_PERIOD = "previous_period"
    PREVIOUS_YEAR = "previous_year"


class Sides(NamedTuple):
    """The range that is asked about, and the one that it is compared with."""

    this: Range
    other: Range


def whole_sides(how: Comparison, zone: Zone, begin: int, end: int) -> Sides:
    """Both sides as they are, whether they are over or not."""
    if how is Comparison.PREVIOUS_YEAR:
        other = _year_earlier(zone, begin), _year_earlier(zone, end, closing=True)
    else:
        other = _period_earlier(zone, begin, end), begin
    first = max(other[0], _EARLIEST)
    return Sides((begin, end), (first, max(other[1], first)))


def equal_parts(how: Comparison, zone: Zone, sides: Sides, now: int) -> Sides:
    """Both sides as far as the first is over; they are whole where it is."""
    (begin, end), (before, until) = sides
    if now >= end:
        return sides
    if now <= begin:
        return Sides((begin, begin), (before, before))
    if how is Comparison.PREVIOUS_YEAR:
        part = _year_earlier(zone, now, closing=True)
    else:
        part = _as_long_after(zone, sides, now)
    return Sides((begin, now), (before, min(max(part, before), until)))


def _year_earlier(zone: Zone, at: int, *, closing: bool = False) -> int:
    """The same date and time one year before, of the beginning of a range or of what closes it."""
    today = zone.day_at(at)
    if closing and year_before(today) == year_before(today - 1) and zone.day_begin(today) == at:
        # The range closes with the whole 28th of February, which is there a year before.
        return zone.day_begin(year_before(today) + 1)
    day, time = divmod(zone.local(at), DAY)
    return zone.instant(year_before(day) * DAY + time, last=closing)


def _period_earlier(zone: Zone, begin: int, end: int) -> int:
    """Where the period begins that ends where the range begins."""
    if not _is_whole(zone, Granularity.DAY, begin, end):
        return begin - (end - begin)
    if _is_whole(zone, Granularity.MONTH, begin, end):
        first, following = (
            period_number(Granularity.MONTH, zone.day_at(at)) for at in (begin, end)
        )
        return zone.day_begin(period_of(Granularity.MONTH, first - (following - first)))
    days = len(BucketPlaces(zone, Granularity.DAY, begin, end))
    far = zone.day_begin(zone.day_at(begin) - days - _SPARE)
    places = BucketPlaces(zone, Granularity.DAY, far, begin)
    day = places.key(len(places) - days)
    return begin if day is None else zone.day_begin(day)


def _is_whole(zone: Zone, unit: Granularity, begin: int, end: int) -> bool:
    """Whether the range is of whole days, or months, by the clocks of the zone."""
    firsts = (zone.day_begin(period_begin(unit, zone.day_at(at))) for at in (begin, end))
    return tuple(firsts) == (begin, end)


def _as_long_after(zone: Zone, sides: Sides, now: int) -> int:
    """As many local days after the other side's beginning as now is after this one's, and so late.

    Where it begins at another time of day, as much later by the clocks.
    """
    (begin, end), (before, until) = sides
    if not _is_whole(zone, Granularity.DAY, begin, end):
        return zone.instant(zone.local(now) - zone.local(begin) + zone.local(before), last=True)
    today = zone.day_at(now)
    place = BucketPlaces(zone, Granularity.DAY, begin, end).place(today)
    day = None if place is None else BucketPlaces(zone, Granularity.DAY, before, until).key(place)
    if day is None:
        return until
    return zone.instant(zone.local(now) + (day - today) * DAY, last=True)
