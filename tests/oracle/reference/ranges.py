"""What the names of ranges mean: whole days, weeks, months, quarters and years, or up to now."""

import re
from datetime import date, timedelta

from .buckets import DAYS, day_at
from .zones import HOUR, MINUTE, day_begin, local_at, micros, occurrences

NAME = re.compile(r"(today|yesterday|this|last|past)(?:_([0-9]+))?(?:_([a-z]+))?")
LENGTHS = {"minutes": MINUTE, "hours": HOUR}


def _before(unit: str, first: date, count: int) -> date:
    """The first day of the period that many before the one that begins on a day."""
    for _ in range(count):
        first = DAYS[unit](first - timedelta(days=1))[0]
    return first


def named(name: str, zone: str, now: int) -> tuple[int, int]:
    """The first instant inside and the first one after, of a name that is valid."""
    match = NAME.fullmatch(name)
    assert match is not None
    word, count, unit = match.groups()
    moment = now - now % 1000
    if word == "past":
        if unit in LENGTHS:
            return moment - int(count) * LENGTHS[unit], moment
        days = timedelta(days=int(count))
        return occurrences(zone, micros(local_at(zone, moment) - days))[0], moment
    if word in ("today", "yesterday"):
        word, unit = {"today": "this", "yesterday": "last"}[word], "day"
    unit = unit.removesuffix("s")
    first, following = DAYS[unit](day_at(zone, now))
    if word == "this":
        return day_begin(zone, first), day_begin(zone, following)
    return day_begin(zone, _before(unit, first, int(count or 1))), day_begin(zone, first)
