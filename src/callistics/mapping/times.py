"""Times as people and platforms write them: ISO 8601, other unambiguous forms, formats, epochs."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from callistics.mapping.errors import MappingError
from callistics.mapping.numbers import scaled
from callistics.model.instants import micros, offset_seconds, parse_iso, utc_text, utc_text_of
from callistics.model.payload import is_wide
from callistics.model.zones import Zone

EPOCHS = {"s": 0, "ms": -3, "us": -6, "ns": -9}
"""Units of numbers that count the time since 1970, with their power of ten in seconds."""

_FIRST, _AFTER = (micros(datetime(year, 1, 1)) for year in (1990, 2101))
_TIME = (
    r"(?:(?:T|,? +)(?P<hour>\d{1,2}):(?P<minute>\d\d)"
    r"(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9})\d*)?)?"
    r"(?: *(?P<half>[AaPp])\.?[Mm]\.?)?(?: *(?P<offset>[Zz]|UTC|GMT|[+-]\d\d(?::?\d\d)?))?)?"
)
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTH = r"(?P<name>[A-Za-z]{3,9})\.?"
_FORMS = tuple(
    re.compile(form + _TIME, re.ASCII)
    for form in (
        r"(?P<year>\d{4})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})",
        rf"(?:[A-Za-z]{{3,9}},? +)?(?P<day>\d{{1,2}})[- /]{_MONTH}[- /,] ?(?P<year>\d{{4}})",
        rf"(?:[A-Za-z]{{3,9}},? +)?{_MONTH} +(?P<day>\d{{1,2}}),? +(?P<year>\d{{4}})",
    )
)
_COMPACT = re.compile(r"\d{14}", re.ASCII)
_EITHER = re.compile(r"(?P<a>\d{1,2})([/.-])(?P<b>\d{1,2})\2(?P<year>\d{4})" + _TIME, re.ASCII)
# Browsers and Excel put those that do not break before AM and PM.
_BLANKS = str.maketrans("\u00a0\u202f\u2009", "   ")
_COUNT = re.compile(r"\d{9,19}(?:\.\d+)?", re.ASCII)


class Moment(NamedTuple):
    """A wall-clock reading in microseconds since 1970, and its UTC offset in seconds if it has one.

    `text` is how it was written, where that is ISO 8601 already.
    """

    local: int
    offset: int | None
    text: str = ""

    def written(self, zone: Zone | None) -> str:
        """ISO 8601 text: in UTC where it has an offset, or has one occurrence in the `zone`.

        A time that the clocks of the zone showed twice is left for the server, which reads it
        together with the record's other times.
        """
        if self.offset is not None:
            return self.text or utc_text_of(self.local, self.offset)
        if zone is not None:
            first, last = (zone.instant(self.local, last=last) for last in (False, True))
            if first == last:
                return utc_text(first)
        return self.text or utc_text_of(self.local, self.offset)


class DateText(str):
    """ISO 8601 text of what is a date in its file, and no text that has to be read by a format."""

    __slots__ = ()


class AmbiguousDateError(ValueError):
    """A date whose day and month may be either way round; `readings` are the two dates."""

    def __init__(self, text: str, readings: tuple[str, str]) -> None:
        self.readings = readings
        day, month = readings
        super().__init__(
            f"{text} is {day} if the day comes first and {month} if the month does:"
            " say which by a time format"
        )


def is_plain(text: str) -> bool:
    """Whether a text has the shape of ISO 8601, as far as its date; quickly."""
    return text[4:5] == "-" and text[7:8] == "-" and text[-1:] not in "Mm."


def with_blanks(text: str) -> str:
    """The text with plain blanks for those that do not break, and none around it."""
    return text.translate(_BLANKS).strip()


def read(text: str) -> Moment | None:
    """The moment that a text says, None where it is of no known form.

    Raises `AmbiguousDateError` where day and month may be either way round, and `ValueError` for
    a date that does not exist.
    """
    try:
        written = parse_iso(text)
    except ValueError:
        return _otherwise(text)
    return Moment(written.local, written.offset, text)


def _otherwise(text: str) -> Moment | None:
    if _COMPACT.fullmatch(text):
        return Moment(micros(datetime.strptime(text, "%Y%m%d%H%M%S")), None)
    for form in _FORMS:
        found = form.fullmatch(text)
        if found is not None:
            return _by_name(found.groupdict())
    found = _EITHER.fullmatch(text)
    return None if found is None else _either_way(text, found.groupdict())


def _by_name(parts: dict[str, str | None]) -> Moment | None:
    name = parts.get("name")
    if name is None:
        return _moment(parts, int(parts["month"] or 0), int(parts["day"] or 0))
    month = _month(name)
    return None if month is None else _moment(parts, month, int(parts["day"] or 0))


def _month(name: str) -> int | None:
    """The number of a month by its name, or by the first letters of it, three at least."""
    found = (number for number, one in enumerate(_MONTHS, 1) if one.startswith(name.lower()))
    return next(found, None)


def _either_way(text: str, parts: dict[str, str | None]) -> Moment:
    a, b = int(parts["a"] or 0), int(parts["b"] or 0)
    if a != b and a <= 12 and b <= 12:
        dates = (datetime(int(parts["year"] or 0), *pair) for pair in ((b, a), (a, b)))
        first, second = (date.date().isoformat() for date in dates)
        raise AmbiguousDateError(text, (first, second))
    month, day = (b, a) if a > 12 or a == b else (a, b)
    return _moment(parts, month, day)


def _moment(parts: dict[str, str | None], month: int, day: int) -> Moment:
    hour, minute, second = (int(parts[name] or 0) for name in ("hour", "minute", "second"))
    half = (parts["half"] or "").lower()
    if half and not 1 <= hour <= 12:
        raise ValueError("no such hour of the morning or the afternoon")
    if half:
        hour = hour % 12 + 12 * (half == "p")
    wall = datetime(int(parts["year"] or 0), month, day, hour, minute, second)
    fraction = int((parts["fraction"] or "").ljust(6, "0")[:6])
    offset = parts["offset"]
    return Moment(micros(wall) + fraction, 0 if offset == "GMT" else offset_seconds(offset))


def by_format(text: str, formats: Sequence[str]) -> Moment:
    """The moment that a text says in one of the formats, or a `DateText` as it is.

    Raises `ValueError` where it fits none.
    """
    found = read(str(text)) if isinstance(text, DateText) else None
    if found is not None:
        return found
    for form in formats:
        try:
            found = datetime.strptime(text, form)
        except ValueError:
            continue
        offset = found.utcoffset()
        local = micros(found.replace(tzinfo=None))
        return Moment(local, None if offset is None else offset // timedelta(seconds=1))
    hint = ", but ISO 8601, which needs none" if _is_iso(text) else ""
    raise ValueError(f"{text} is not of the time format {' or '.join(formats)}{hint}")


def _is_iso(text: str) -> bool:
    try:
        parse_iso(text)
    except ValueError:
        return False
    return True


@cache
def check_format(form: str) -> None:
    """Raises `MappingError` for a format that is none, or that does not say a whole date."""
    example = datetime(2003, 11, 25, 13, 42, 56, tzinfo=UTC)
    try:
        back = datetime.strptime(example.strftime(form), form)
    except ValueError as error:
        raise MappingError(f"{form} is no time format: {error}") from None
    if "%Z" in form:
        raise MappingError(f"{form}: %Z names no offset; write %z, or give the time zone")
    if "%I" in form and "%p" not in form:
        raise MappingError(f"{form}: %I without %p does not say which half of the day")
    if back.date() != example.date():
        raise MappingError(f"{form} does not say day, month and year: use %d, %m and %Y")


def of_epoch(count: int | Decimal, unit: str) -> Moment:
    """The moment that lies so many units after 1970 began.

    Raises `ValueError` for one outside the years 1990 to 2100, which is a sign of another unit.
    """
    instant = int(scaled(count, Decimal(1).scaleb(6 + EPOCHS[unit])))
    if not _FIRST <= instant < _AFTER:
        fits = [other for other in EPOCHS if is_epoch(count, other)]
        hint = f": with the unit {fits[0]} it would not" if fits else ""
        raise ValueError(f"{count} {unit} since 1970 lies outside the years 1990 to 2100{hint}")
    return Moment(instant, 0)


def is_epoch(count: int | Decimal, unit: str) -> bool:
    """Whether so many units after 1970 began is a time between 1990 and 2100."""
    if is_wide(count):
        return False
    return _FIRST <= scaled(count, Decimal(1).scaleb(6 + EPOCHS[unit])) < _AFTER


def units_of(value: object) -> list[str]:
    """The units with which a bare number would be a time of these years."""
    text = str(value) if isinstance(value, int | Decimal) else value
    if isinstance(value, bool) or not isinstance(text, str) or not _COUNT.fullmatch(text.strip()):
        return []
    return [unit for unit in EPOCHS if is_epoch(Decimal(text.strip()), unit)]
