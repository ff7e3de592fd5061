"""ISO 8601 texts as people write them, and the instants they stand for.

An instant is an `int`: microseconds since 1970-01-01T00:00:00Z.
"""

import re
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_EPOCH = datetime(1970, 1, 1)
_MICROSECOND = timedelta(microseconds=1)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
# Digits beyond the nanosecond are cut off.
_FRACTION = r"(?:[.,](\d{1,9})\d*)?"
_OFFSET = r" ?([Zz]|[Uu][Tt][Cc]|[+\-\u2212]\d\d(?::?\d\d)?)"
_EXTENDED = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[Tt ](\d\d)(?::(\d\d)(?::(\d\d)"
    rf"{_FRACTION})?)?(?:{_OFFSET})?)?",
    re.ASCII,
)
_BASIC = re.compile(
    r"(\d{4})(\d\d)(\d\d)"
    r"(?:[Tt ](\d\d)(?:(\d\d)(?:(\d\d)"
    rf"{_FRACTION})?)?(?:{_OFFSET})?)?",
    re.ASCII,
)
_WEEK_DATE = re.compile(r"(\d{4})(-?)W(\d\d)\2([1-7])(?!\d)", re.ASCII)
_ORDINAL_DATE = re.compile(r"(\d{4})-(\d{3})(?!\d)", re.ASCII)
_WHAT_IT_IS_NOT = (
    "not an ISO 8601 date or time, such as 2025-01-31, 2025-01-31T23:59:59Z,"
    " 2025-01-31 23:59:59.5+05:30 or 20250131T235959Z"
)


@dataclass(frozen=True, slots=True)
class Written:
    """A moment at the precision it was written.

    `local_ns` is the wall-clock reading in nanoseconds since 1970, `unit_ns` the length of the
    smallest part written (a day for a date), `offset` the UTC offset in seconds, `None` if the
    text has none and the request's zone holds.
    """

    local_ns: int
    unit_ns: int
    offset: int | None

    @property
    def is_date(self) -> bool:
        """Whether only a date was written."""
        return self.unit_ns == DAY * 1000

    @property
    def local(self) -> int:
        """The wall-clock reading in microseconds, finer digits cut off."""
        return self.local_ns // 1000

    @property
    def first(self) -> int:
        """The first instant (µs) that it stands for, in UTC where the text has no offset."""
        return self.local - (self.offset or 0) * SECOND

    @property
    def last(self) -> int:
        """The last instant (µs) that it stands for, in UTC where the text has no offset."""
        whole = (self.local_ns + self.unit_ns - 1) // 1000
        return whole - (self.offset or 0) * SECOND


# Times of one record are often the same, and those without an offset are read twice.
@lru_cache(1_024)
def parse_iso(text: str) -> Written:
    """Read an ISO 8601 date, or a time to the hour, minute, second or fraction of a second.

    Both the extended form, with a space for the `T` as well, and the basic one are read. The date
    may be written by week (`2025-W05-5`) or by the day of the year (`2025-031`). An offset may be
    left out, have hours only, or be `UTC`. Raises `ValueError` with a sentence for people where
    the text is none of these or does not exist.
    """
    match = _match(text) or _match(_by_month(text))
    if match is None:
        raise ValueError(_WHAT_IT_IS_NOT)
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    try:
        wall = datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0)
        )
    except ValueError as error:
        raise ValueError(f"no such date: {error}") from None
    nanos = int(fraction.ljust(9, "0")) if fraction else 0
    local_ns = micros(wall) * 1000 + nanos
    return Written(local_ns, _unit_ns(hour, minute, second, fraction), offset_seconds(offset))


def _match(text: str) -> re.Match[str] | None:
    return _EXTENDED.fullmatch(text) or _BASIC.fullmatch(text)


def _by_month(text: str) -> str:
    """The text with a date by week, or by day of the year, rewritten to one by month."""
    try:
        if found := _WEEK_DATE.match(text):
            year, hyphen, week, weekday = found.groups()
            day = date.fromisocalendar(int(year), int(week), int(weekday))
            return day.isoformat().replace("-", hyphen) + text[found.end() :]
        if found := _ORDINAL_DATE.match(text):
            year, number = int(found[1]), int(found[2])
            day = date.fromordinal(date(year, 1, 1).toordinal() + number - 1)
            if number == 0 or day.year != year:
                raise ValueError("day is out of range for year")
            return day.isoformat() + text[found.end() :]
    except ValueError as error:
        raise ValueError(f"no such date: {error}") from None
    return text


def _unit_ns(hour: str | None, minute: str | None, second: str | None, fraction: str | None) -> int:
    if hour is None:
        return DAY * 1000
    if minute is None:
        return HOUR * 1000
    if second is None:
        return MINUTE * 1000
    return int(10 ** (9 - len(fraction or "")))


def offset_seconds(text: str | None) -> int | None:
    """The seconds of a UTC offset, where there is one: `Z`, `UTC`, `+05`, `+0530` or `+05:30`.

    Raises `ValueError` for a day or more, and for 60 minutes or more beside the hours.
    """
    if text is None:
        return None
    if text.upper() in ("Z", "UTC"):
        return 0
    hours, minutes = int(text[1:3]), int(text[3:].lstrip(":") or 0)
    if hours > 23 or minutes > 59:
        raise ValueError("no such UTC offset")
    seconds = hours * 3600 + minutes * 60
    return seconds if text[0] == "+" else -seconds


def now() -> int:
    """The machine's clock as an instant."""
    return time.time_ns() // 1000


def is_within(moment: int, since: int, length: int) -> bool:
    """Whether an instant lies within the time of a length that began with another.

    Not where that is yet to come: a clock that was ahead has told it, and is no reason to wait.
    """
    return since <= moment < since + length


def to_millisecond(instant: int) -> int:
    """An instant without what is finer than a millisecond."""
    return instant // 1000 * 1000


def micros(moment: datetime) -> int:
    """Microseconds since 1970 of a naive datetime, taken as it reads."""
    return (moment - _EPOCH) // _MICROSECOND


def naive(instant: int) -> datetime:
    """The naive datetime that reads as the instant does in UTC. The inverse of `micros`."""
    return _EPOCH + timedelta(microseconds=instant)


def date_of(day: int) -> date:
    """The date of a day number: days since 1970-01-01."""
    return date.fromordinal(day + _EPOCH_DAY)


def number_of(day: date) -> int:
    """The day number of a date."""
    return day.toordinal() - _EPOCH_DAY


def lasting(length: int) -> str:
    """A length of whole seconds (µs) in the largest unit that it is a whole number of: `2 days`."""
    units = (("day", DAY), ("hour", HOUR), ("minute", MINUTE), ("second", SECOND))
    name, unit = next(one for one in units if length % one[1] == 0 and (length or one[1] == SECOND))
    number = length // unit
    return f"{number:,} {name}" + "s" * (number != 1)


LAST_WRITTEN = micros(datetime(9999, 12, 31, 23, 59, 59, 999_999))
"""The last instant that `utc_text` can write."""


def utc_text(instant: int) -> str:
    """RFC 3339 text of an instant in UTC, microseconds only where there are any."""
    return naive(instant).isoformat() + "Z"


def utc_text_of(local: int, offset: int | None) -> str:
    """UTC text of a wall-clock reading (µs) with its offset (s), and without `Z` if it has none."""
    text = utc_text(local - (offset or 0) * SECOND)
    return text.removesuffix("Z") if offset is None else text


def utc_text_or_none(instant: int | None) -> str | None:
    """As `utc_text`, where there is an instant."""
    return None if instant is None else utc_text(instant)
