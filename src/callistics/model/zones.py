"""Time zones: offsets, transitions, and what a wall-clock reading means in a zone.

No zone is read from the session: every function takes the zone it works in.
"""

from bisect import bisect_right
from collections.abc import Callable
from datetime import UTC, date
from functools import cache, lru_cache

from callistics.errors import did_you_mean
from callistics.model.instants import (
    DAY,
    MINUTE,
    SECOND,
    Written,
    date_of,
    micros,
    naive,
    number_of,
)
from callistics.timezones import rules, zone_names

# No zone has ever changed its offset twice within so little time: Freetown did within four days.
_STEP = 3 * DAY
_FIRST_YEAR, _LAST_YEAR = 3, 9997
_FIRST_MONTH, _LAST_MONTH = date.min.year * 12, date.max.year * 12 + 11
_FIRST_DAY, _AFTER_LAST_DAY = number_of(date.min), number_of(date.max) + 1
# Records lie between these instants; no telephone rang before, and a later year is a mistake.
FIRST_INSTANT = micros(naive(0).replace(year=1900))
LAST_INSTANT = micros(naive(0).replace(year=2200))
_MANY_CENTURIES = 400 * 366 * DAY
_CLAMP_LOW = micros(naive(0).replace(year=_FIRST_YEAR))
_CLAMP_HIGH = micros(naive(0).replace(year=_LAST_YEAR))


@cache
def zone(name: str) -> "Zone":
    """The zone of an IANA name, exactly as written. Raises `ValueError` if there is none."""
    return Zone(name)


def zone_asked_for(name: str) -> "Zone":
    """The zone that somebody names. Raises `ValueError`, with the name that may be meant."""
    try:
        return zone(name)
    except ValueError as error:
        raise ValueError(f"{error}{did_you_mean(name, zone_names())}") from None


class Zone:
    """One IANA zone. Offsets are microseconds east of UTC. Raises `ValueError` if there is none."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._info = rules(name)
        self._year = lru_cache(maxsize=1024)(self._transitions_of_year)
        self._whole_day = lru_cache(maxsize=4096)(self._offset_of_whole_day)

    def __reduce__(self) -> tuple[Callable[[str], "Zone"], tuple[str]]:
        """Another process has its own: what is worked out of a zone is kept with it."""
        return zone, (self.name,)

    def offset_at(self, instant: int) -> int:
        """The offset in force at an instant."""
        offset = self._whole_day(instant // DAY)
        return self._looked_up(instant) if offset is None else offset

    def _offset_of_whole_day(self, day: int) -> int | None:
        """The offset all through a day of UTC, None where it changes in it."""
        first, last = (self._looked_up(instant) for instant in (day * DAY, (day + 1) * DAY - 1))
        return first if first == last else None

    def _looked_up(self, instant: int) -> int:
        moment = naive(_clamp(instant)).replace(tzinfo=UTC).astimezone(self._info)
        delta = moment.utcoffset()
        assert delta is not None
        return delta.days * DAY + delta.seconds * SECOND

    def local(self, instant: int) -> int:
        """What the clocks of the zone read at an instant, in microseconds."""
        return instant + self.offset_at(instant)

    def instant(self, local: int, *, last: bool = False) -> int:
        """The instant of a wall-clock reading.

        A reading that occurs twice is its first occurrence, or with `last` its second; one in a
        gap moves forward by the length of the gap.
        """
        first, second = self._offsets_for(local)
        return local - (second if last and first > second else first)

    def _offsets_for(self, local: int) -> tuple[int, int]:
        moment = naive(_clamp(local)).replace(tzinfo=self._info)
        before, after = moment.utcoffset(), moment.replace(fold=1).utcoffset()
        assert before is not None
        assert after is not None
        return before.days * DAY + before.seconds * SECOND, (
            after.days * DAY + after.seconds * SECOND
        )

    def transitions(self, low: int, high: int) -> list[tuple[int, int]]:
        """(instant, offset from then on) of each change of offset with low < instant < high.

        Of a range of many centuries only the changes in the years that records may lie in: nobody
        has calls at the others, and looking for them would take long. Those before count as one
        change, as these years begin.
        """
        before: list[tuple[int, int]] = []
        if high - low > _MANY_CENTURIES:
            offset = self.offset_at(FIRST_INSTANT)
            if low < FIRST_INSTANT < high and offset != self.offset_at(low):
                before = [(FIRST_INSTANT, offset)]
            low, high = max(low, FIRST_INSTANT), min(high, LAST_INSTANT)
        if high <= low:
            return before
        years = range(naive(_clamp(low)).year, naive(_clamp(high)).year + 1)
        found = [change for year in years for change in self._year(year)]
        return [*before, *(change for change in found if low < change[0] < high)]

    def _transitions_of_year(self, year: int) -> list[tuple[int, int]]:
        begin = micros(naive(0).replace(year=year))
        end = micros(naive(0).replace(year=year + 1))
        found: list[tuple[int, int]] = []
        last, before = begin - 1, self.offset_at(begin - 1)
        for step in [*range(begin, end, _STEP), end - 1]:
            after = self.offset_at(step)
            if after != before:
                found.append((self._bisect(last, step), after))
            last, before = step, after
        return found

    def _bisect(self, low: int, high: int) -> int:
        old = self.offset_at(low)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.offset_at(middle) == old else (low, middle)
        return high

    # Series of days ask for the same ones again and again; a zone is kept for good anyway.
    @lru_cache(maxsize=65_536)  # noqa: B019
    def day_begin(self, day: int) -> int:
        """The first instant whose local date is the day (a day number) or a later one."""
        local = day * DAY
        first, second = self._offsets_for(local)
        if first >= second:
            return local - first
        gap = self.transitions(local - first - 2 * DAY, local - first + 2 * DAY)
        instants = [moment for moment, _ in gap]
        return instants[bisect_right(instants, local - first) - 1]

    def day_at(self, instant: int) -> int:
        """The day number of the day that an instant belongs to."""
        day = self.local(instant) // DAY
        return day + 1 if self.day_begin(day + 1) <= instant else day

    def dated(self, instant: int) -> int:
        """The instant, or the nearest one at which the clocks show a date, or midnight after all.

        With an offset a time may be written that lies before the year 1, or after the year 9999.
        """
        first, last = self.day_begin(_FIRST_DAY), self.day_begin(_AFTER_LAST_DAY)
        return min(max(instant, first), last)

    def skipped_days(self, begin: int, end: int) -> list[int]:
        """The day numbers that the clocks left out between two instants, in order."""
        found: list[int] = []
        for at, after in self.transitions(begin, end):
            before = self.offset_at(at - 1)
            # Whole days alone: shorter gaps leave the rest of a day.
            found += range(-(-(at + before) // DAY), (at + after) // DAY)
        return found

    def begin_of(self, written: Written) -> int:
        """The first instant a written moment covers."""
        if written.offset is not None:
            return -(-(written.local_ns - written.offset * SECOND * 1000) // 1000)
        if written.is_date:
            return self.day_begin(written.local // DAY)
        local, finer = divmod(written.local_ns, 1000)
        return self.instant(local) + (finer > 0)

    def end_of(self, written: Written) -> int:
        """The first instant after what a written moment covers."""
        if written.offset is not None:
            end_ns = written.local_ns - written.offset * SECOND * 1000 + written.unit_ns
            return -(-end_ns // 1000)
        if written.is_date:
            return self.day_begin(written.local // DAY + 1)
        local, finer = divmod(written.local_ns, 1000)
        return self.instant(local, last=True) - (-(finer + written.unit_ns) // 1000)


def written_offset(offset: int) -> int:
    """An offset (µs) as times are written with it: in whole minutes.

    Of the days before zones had these, the same instant is written by the next one that has.
    """
    return offset // MINUTE * MINUTE


def _clamp(instant: int) -> int:
    return min(max(instant, _CLAMP_LOW), _CLAMP_HIGH)


def month_number(day: int) -> int:
    """The months from the year 0 to the one that a day lies in."""
    if day >= _AFTER_LAST_DAY:
        return _LAST_MONTH + 1
    moment = date_of(max(day, _FIRST_DAY))
    return moment.year * 12 + moment.month - 1


def month_first(month: int) -> int:
    """The day number of the first day of a month, counted from the year 0.

    Of months that no date lies in it is that of the first date, or of the day after the last.
    """
    if month > _LAST_MONTH:
        return _AFTER_LAST_DAY
    if month < _FIRST_MONTH:
        return _FIRST_DAY
    return number_of(date(month // 12, month % 12 + 1, 1))


def year_before(day: int) -> int:
    """The day number of the same date one year before; of 29 February that of the 28th."""
    month = month_number(day)
    same, following = (month_first(month - less) for less in (12, 11))
    return min(same + day - month_first(month), following - 1)
