"""When calls are made: growth over 24 months, office hours and weekends in each region's clock."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from itertools import accumulate
from random import Random
from typing import NamedTuple

from callistics.synthetic.profiles import REGIONS, Region
from callistics.synthetic.tables import spread
from callistics.timezones import rules

DAYS = 730
HOURS = DAYS * 24
REGION_DRAWS = 1 << 8
# Calls last up to half an hour and their scores come up to two hours later: the last call starts
# this long before the end, so that no record is newer than the end.
DRAIN = timedelta(hours=3)
_GROWTH = 3.0
_OPEN = 2_500


class Hour(NamedTuple):
    """One hour of the calendar.

    `calls` start in it; `regions` has 256 equally likely indexes into `REGIONS`.
    """

    number: int
    start: datetime
    calls: int
    regions: Sequence[int]


class Calendar:
    """The hours up to `until` (any offset, cut to the hour) and how `calls` fall on them.

    Raises `ValueError` if `calls` is negative or `until` has no offset.
    """

    def __init__(self, calls: int, until: datetime, rng: Random) -> None:
        if calls < 0:
            raise ValueError("the number of calls must not be negative")
        if until.tzinfo is None:
            raise ValueError("`until` needs an offset from UTC")
        end = until.astimezone(UTC).replace(minute=0, second=0, microsecond=0) - DRAIN
        self._calls = calls
        self._starts, self._activity = _grid(end)
        self._weights = [_weight(index, row, rng) for index, row in enumerate(self._activity)]
        self.opens = [self._open_hours(region) for region in range(len(REGIONS))]

    def hours(self) -> Iterator[Hour]:
        """Every hour in order; their calls add up to the number asked for."""
        done = 0
        total = sum(self._weights)
        for index, reached in enumerate(accumulate(self._weights)):
            due = self._calls * reached // total
            yield Hour(index, self._starts[index], due - done, _regions(self._activity[index]))
            done = due

    def _open_hours(self, region: int) -> list[int]:
        """For each hour the first one from it on that is an office hour of the region."""
        following = HOURS
        found: list[int] = []
        for index in range(HOURS - 1, -1, -1):
            following = index if self._activity[index][region] >= _OPEN else following
            found.append(following)
        return found[::-1]


@lru_cache(maxsize=1)
def _grid(end: datetime) -> tuple[list[datetime], list[tuple[int, ...]]]:
    """The start of every hour, and how busy each region is in it."""
    starts = [end - timedelta(hours=HOURS - index) for index in range(HOURS)]
    rows = [_activity(region, starts) for region in REGIONS]
    return starts, list(zip(*rows, strict=True))


def _activity(region: Region, starts: Sequence[datetime]) -> Iterator[int]:
    zone = rules(region.zone)
    for start in starts:
        local = start.astimezone(zone)
        yield region.day[local.hour] * region.week[local.weekday()]


def _weight(index: int, activity: Sequence[int], rng: Random) -> int:
    busy = sum(region.share * part for region, part in zip(REGIONS, activity, strict=True))
    return int(busy * _GROWTH ** (index / HOURS) * rng.uniform(0.85, 1.15)) + 1


@cache
def _regions(activity: tuple[int, ...]) -> list[int]:
    weights = [region.share * part for region, part in zip(REGIONS, activity, strict=True)]
    return spread(
        range(len(REGIONS)), weights if any(weights) else [1] * len(weights), REGION_DRAWS
    )
