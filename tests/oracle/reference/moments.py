"""ISO 8601 texts and the stretch of time that each of them covers."""

import re
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from .zones import DAY, HOUR, MINUTE, SECOND, day_begin, local_at, micros, occurrences, wall

WRITTEN = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[Tt ]([0-9]{2}:[0-9]{2})(?::([0-9]{2})(?:\.([0-9]+))?)?([Zz]|[+-][0-9]{2}:[0-9]{2})?)?"
)


class Span(NamedTuple):
    """From `start` up to but not including `end`."""

    start: int
    end: int


class Written(NamedTuple):
    """A text taken apart: local time, offset if one is given, precision (none for a date)."""

    local: int
    offset: int | None
    precision: int | None


def _offset(text: str | None) -> int | None:
    if text is None:
        return None
    if text in "Zz":
        return 0
    hours, minutes = text[1:].split(":")
    size = int(hours) * HOUR + int(minutes) * MINUTE
    return -size if text[0] == "-" else size


def take_apart(text: str) -> Written | None:
    """None for a text that is no date, or names one that does not exist."""
    match = WRITTEN.fullmatch(text)
    if match is None:
        return None
    day, minute, second, fraction, offset = match.groups()
    try:
        base = datetime.fromisoformat(f"{day}T{minute or '00:00'}:{second or '00'}")
    except ValueError:
        return None
    digits = (fraction or "")[:6]
    local = micros(base) + int(digits.ljust(6, "0"))
    if minute is None:
        return Written(local, None, None)
    if second is None:
        return Written(local, _offset(offset), MINUTE)
    return Written(local, _offset(offset), SECOND // 10 ** len(digits))


@lru_cache(20_000)
def span(text: str, zone: str) -> Span | None:
    """What a text covers: a repeated local time from its first to the end of its last showing."""
    written = take_apart(text)
    if written is None:
        return None
    if written.precision is None:
        day = wall(written.local).date()
        return Span(day_begin(zone, day), day_begin(zone, day + timedelta(days=1)))
    if written.offset is not None:
        start = written.local - written.offset
        return Span(start, start + written.precision)
    shown = occurrences(zone, written.local)
    return Span(shown[0], shown[-1] + written.precision)


@lru_cache(20_000)
def reading(text: str, zone: str) -> Span | None:
    """What a text covers of the clocks' readings, from the one at which it begins."""
    written = take_apart(text)
    if written is None:
        return None
    start = written.local
    if written.offset is not None:
        start = micros(local_at(zone, written.local - written.offset))
    return Span(start, start + (written.precision or DAY))


def has_offset(text: str) -> bool:
    """Whether a text says how far its clocks are from UTC."""
    written = take_apart(text)
    return written is not None and written.offset is not None


def instant(text: str, zone: str) -> int:
    """The instant a time in a record means."""
    covered = span(text, zone)
    assert covered is not None, f"records are valid, {text!r} is not"
    return covered.start
