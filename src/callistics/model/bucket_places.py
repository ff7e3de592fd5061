"""The buckets of a range by their place in it, however many there are: none is written out."""

from collections.abc import Iterator
from dataclasses import dataclass

from callistics.model.buckets import (
    Granularity,
    clock_runs,
    period_begin,
    period_number,
    period_of,
)
from callistics.model.zones import Zone


@dataclass(frozen=True, slots=True)
class _Run:
    """Buckets whose numbers follow each other evenly; the number of the first one may be later."""

    numbers: range
    first: int

    def place(self, number: int) -> int | None:
        if number == self.first:
            return 0
        return self.numbers.index(number) if number in self.numbers else None

    def number(self, place: int) -> int:
        return self.first if place == 0 else self.numbers[place]


class BucketPlaces:
    """The buckets that have an instant in [begin, end), in order of time, by place from 0.

    Buckets go by their keys, as `model.buckets` has them.
    """

    def __init__(self, zone: Zone, granularity: Granularity, begin: int, end: int) -> None:
        self._granularity = granularity
        runs = _clock if granularity.is_clock else _calendar
        self._runs = list(runs(zone, granularity, begin, end)) if begin < end else []

    def __len__(self) -> int:
        return sum(len(run.numbers) for run in self._runs)

    def place(self, key: int) -> int | None:
        """The place of a bucket; None where it is not in the range."""
        number = key if self._granularity.is_clock else period_number(self._granularity, key)
        before = 0
        for run in self._runs:
            place = run.place(number)
            if place is not None:
                return before + place
            before += len(run.numbers)
        return None

    def key(self, place: int) -> int | None:
        """The bucket in a place; None where there are not so many."""
        for run in self._runs:
            if place < len(run.numbers):
                number = run.number(place)
                return (
                    number if self._granularity.is_clock else period_of(self._granularity, number)
                )
            place -= len(run.numbers)
        return None


def _clock(zone: Zone, granularity: Granularity, begin: int, end: int) -> Iterator[_Run]:
    for run in clock_runs(zone, granularity, begin, end):
        yield _Run(run.starts, run.first)


def _calendar(zone: Zone, granularity: Granularity, begin: int, end: int) -> Iterator[_Run]:
    days = zone.day_at(begin), zone.day_at(end - 1)
    first, last = (period_number(granularity, period_begin(granularity, day)) for day in days)
    if granularity is Granularity.DAY:
        for gone in zone.skipped_days(begin, end):
            if first < gone:
                yield _Run(range(first, gone), first)
            first = gone + 1
    if first <= last:
        yield _Run(range(first, last + 1), first)
