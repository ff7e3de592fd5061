"""The range of time that an answer is about, and how far it is over."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache

from callistics.model.instants import DAY, naive, number_of, to_millisecond
from callistics.model.zones import Zone, written_offset

_OPEN = ".."
_FIRST, _LAST = number_of(date.min) * DAY, (number_of(date.max) + 1) * DAY - 1


@dataclass(frozen=True, slots=True)
class TimeRange:
    """A half-open range of instants in a zone; an end that is None is open."""

    zone: Zone
    begin: int | None
    end: int | None

    @property
    def text(self) -> str:
        """Both ends as RFC 3339 texts, parted by a slash, `..` for an open one."""
        return "/".join(
            _OPEN if end is None else instant_text(self.zone, end) for end in (self.begin, self.end)
        )

    def complete_until(self, now: int) -> str:
        """RFC 3339 text of the earlier of the end and now: what lies behind is still to come."""
        cut = to_millisecond(now)
        return instant_text(self.zone, cut if self.end is None else min(self.end, cut))


def wall(local: int) -> datetime:
    """What clocks read; beyond the years 1 to 9999 the first or last moment of them."""
    return naive(min(max(local, _FIRST), _LAST))


def instant_text(zone: Zone, instant: int) -> str:
    """RFC 3339 text of an instant by the clocks of a zone, a fraction only where it is not zero."""
    offset = written_offset(zone.offset_at(instant))
    seconds, point, fraction = wall(instant + offset).isoformat().partition(".")
    return seconds + point + fraction.rstrip("0") + _offset_text(offset)


@lru_cache(maxsize=1024)
def _offset_text(offset: int) -> str:
    return time(tzinfo=timezone(timedelta(microseconds=offset))).isoformat()[len("00:00:00") :]
